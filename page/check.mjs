// Opens the page of a running server in a headless browser and uses it as a person would.
//
//   npm run check -- http://127.0.0.1:8080/ [SCREENSHOT.png]
//
// Exits with 1 when the browser reports a violation of the content security policy or any other error, when the page
// asks another host for anything, or when a query typed into the editor does not answer. Needs a Chromium: the one of
// the system at /usr/bin/chromium, or the one that CHROMIUM names.
import { chromium } from 'playwright-core';

const [base, screenshot] = process.argv.slice(2);
if (base === undefined || !URL.canParse(base)) {
  console.error('usage: node check.mjs BASE_URL [SCREENSHOT.png]');
  process.exit(2);
}
const origin = new URL(base).origin;
const complaints = [];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  // A container's root has no user namespaces for the sandbox; the page is our own.
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(15_000);

  const hosts = new Set();
  page.on('request', (request) => {
    const url = new URL(request.url());
    hosts.add(url.protocol === 'data:' ? 'data:' : url.origin);
    if (url.protocol !== 'data:' && url.origin !== origin) {
      complaints.push(`request to another host: ${url.href}`);
    }
  });
  page.on('websocket', (socket) => {
    const url = new URL(socket.url());
    if (url.host !== new URL(origin).host) {
      complaints.push(`WebSocket to another host: ${url.href}`);
    }
  });
  page.on('response', (response) => {
    if (response.status() >= 400) {
      complaints.push(`HTTP ${response.status()} for ${response.url()}`);
    }
  });
  page.on('console', (message) => {
    if (message.type() === 'error' || /content security policy/i.test(message.text())) {
      complaints.push(`console: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`content security policy: ${event.violatedDirective} forbids ${event.blockedURI}`);
    });
  });

  const response = await page.goto(base);
  const policy = response.headers()['content-security-policy'];
  if (policy === undefined || /unsafe-(inline|eval)|\*|https?:/.test(policy)) {
    complaints.push(`the content security policy is missing or lax: ${policy}`);
  }

  // The reference is there once the schema has been fetched.
  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
  await page.locator('.graphiql-doc-explorer-content').getByText('query', { exact: true }).waitFor();

  // Each of the parts that are made when they are first seen: dialogs and menus bring styles of their own.
  for (const name of ['Open short keys dialog', 'Open settings dialog']) {
    await page.getByRole('button', { name }).click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }
  if ((await page.getByText('Persist headers').count()) > 0) {
    complaints.push('the page offers to store headers, which hold tokens');
  }

  // A token for whoever looks into the browser's storage later must not be there.
  const secret = 'Bearer check-of-the-page';
  await page.locator('.graphiql-editor-tool .CodeMirror').last().click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(JSON.stringify({ 'X-Check': secret }));

  const editor = page.getByRole('region', { name: 'Query Editor' }).locator('.CodeMirror');
  await editor.click();
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText('query Check { __typename }');
  // The tab takes the operation's name a moment after it was typed, and what runs is the operation of that name.
  await page.getByRole('tab', { name: 'Check' }).waitFor();
  const answer = page.waitForResponse((got) => got.request().postData()?.includes('query Check') ?? false);
  await page.getByRole('button', { name: /^Execute query/ }).click();
  const answered = await answer;
  const data = await answered.json();
  if (typeof data?.data?.__typename !== 'string') {
    complaints.push(`query Check { __typename } was answered with ${JSON.stringify(data)}`);
  }
  const shown = page.locator('.result-window').getByText(`"${data?.data?.__typename}"`);
  await shown.waitFor().catch(() => complaints.push('the answer is not shown'));

  if (answered.request().headers()['x-check'] !== secret) {
    complaints.push('a header of the headers editor was not sent');
  }
  if (await page.evaluate((text) => JSON.stringify({ ...localStorage, ...sessionStorage }).includes(text), secret)) {
    complaints.push('the browser has stored a header, which can hold a token');
  }

  // What was typed is still there after a reload, and the header is not.
  await page.reload();
  await page.getByRole('tab', { name: 'Check' }).waitFor();
  await page.locator('.graphiql-query-editor').getByText('__typename').waitFor();
  if ((await page.getByText(secret).count()) > 0) {
    complaints.push('a reload brings a header back');
  }

  if (screenshot !== undefined) {
    await page.screenshot({ path: screenshot });
  }
  console.log(`hosts asked: ${[...hosts].join(', ')}`);
} catch (error) {
  complaints.push(error.message);
  if (screenshot !== undefined) {
    await browser.contexts()[0]?.pages()[0]?.screenshot({ path: screenshot }).catch(() => {});
  }
} finally {
  await browser.close();
}

for (const complaint of complaints) {
  console.error(complaint);
}
console.log(complaints.length === 0 ? 'the page works' : `${complaints.length} complaints`);
process.exitCode = complaints.length === 0 ? 0 : 1;

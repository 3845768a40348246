// Follows the live feed in the page of a running demo while another actor accepts an invitation.
//
//   OWNER_TOKEN=... PARTNER_TOKEN=... npm run alert -- http://127.0.0.1:8080/ [SCREENSHOT.png]
//
// The owner's organization makes an opportunity and invites the partner's; the page is signed in as the owner. Exits
// with 1 when the alert of the acceptance does not appear in the page. Needs a Chromium, as check.mjs does.
import { chromium } from 'playwright-core';

const [base, screenshot] = process.argv.slice(2);
const { OWNER_TOKEN: owner, PARTNER_TOKEN: partner } = process.env;
if (base === undefined || !URL.canParse(base) || !owner || !partner) {
  console.error('usage: OWNER_TOKEN=... PARTNER_TOKEN=... node alert.mjs BASE_URL [SCREENSHOT.png]');
  process.exit(2);
}

async function ask(token, query, variables = {}) {
  const response = await fetch(new URL('/graphql', base), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  const refusals = Object.values(data ?? {}).flatMap((payload) => payload?.userErrors ?? []);
  if (errors !== undefined || refusals.length > 0) {
    throw new Error(JSON.stringify(errors ?? refusals));
  }
  return data;
}

const { viewer } = await ask(partner, '{ viewer { organization { slug } } }');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  // A container's root has no user namespaces for the sandbox; the page is our own.
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
let failed = false;
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(15_000);
  await page.goto(base);
  await page.locator('.graphiql-editor-tool .CodeMirror').last().click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(JSON.stringify({ Authorization: `Bearer ${owner}` }));
  const editor = page.getByRole('region', { name: 'Query Editor' }).locator('.CodeMirror');
  await editor.click();
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(`subscription Live {
  coSellAlerts(filter: { kinds: [INVITATION] }) {
    alert { __typename occurredAt ... on InvitationAlert { change invitation { status opportunityTitle } } }
  }
}`);
  await page.getByRole('tab', { name: 'Live' }).waitFor();
  // Heard from before the click on: the frames may be gone by the time that somebody asks for them.
  const subscribed = new Promise((resolve) => {
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => String(payload).includes('"subscribe"') && resolve());
    });
  });
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error('the page did not subscribe within 15 s')), 15_000).unref();
  });
  await page.getByRole('button', { name: /^Execute query/ }).click();
  await Promise.race([subscribed, late]);

  const result = page.locator('.result-window');
  // The server does not say when it has begun to listen, and an alert from before that does not come: one of three does.
  for (let rest = 2; rest >= 0; rest -= 1) {
    const made = await ask(owner, `mutation ($input: OpportunityCreateInput!) {
      opportunityCreate(input: $input) { opportunity { id } userErrors { field message code } } }`, {
      input: { title: 'Seen in the browser', customer: { name: 'Harbor Foods', websiteUrl: 'https://harbor-foods.example' } },
    });
    const invited = await ask(owner, `mutation ($id: ID!, $input: OpportunityInviteInput!) {
      opportunityInvite(id: $id, input: $input) { invitation { id } userErrors { field message code } } }`, {
      id: made.opportunityCreate.opportunity.id,
      input: { organization: viewer.organization.slug, message: 'Shall we win this one together?', role: 'SERVICE_PARTNER' },
    });
    await ask(partner, `mutation ($id: ID!) {
      invitationAccept(id: $id) { invitation { id } userErrors { field message code } } }`, {
      id: invited.opportunityInvite.invitation.id,
    });
    try {
      await result.getByText('"ACCEPTED"').first().waitFor({ timeout: 6_000 });
      break;
    } catch (error) {
      if (rest === 0) {
        throw error;
      }
    }
  }
  await result.getByText('"InvitationAlert"').first().waitFor();
  console.log('the page shows the acceptance');
} catch (error) {
  failed = true;
  console.error(error.message);
} finally {
  if (screenshot !== undefined) {
    await browser.contexts()[0]?.pages()[0]?.screenshot({ path: screenshot }).catch(() => {});
  }
  await browser.close();
}
process.exitCode = failed ? 1 : 0;

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
// The feed is followed from here, so that nothing depends on when the server begins to listen.
const { alerts } = await ask(owner, '{ alerts(first: 1) { headCursor } }');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  // A container's root has no user namespaces for the sandbox; the page is our own.
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
let failed = false;
const frames = [];
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  // Only a page that does not come to it at all runs into this; a busy machine may be slow.
  page.setDefaultTimeout(60_000);
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => frames.push(`< ${String(payload).slice(0, 300)}`));
    socket.on('close', () => frames.push('closed'));
  });
  await page.goto(base);
  await page.locator('.graphiql-editor-tool .CodeMirror').last().click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(JSON.stringify({ Authorization: `Bearer ${owner}` }));
  const editor = page.getByRole('region', { name: 'Query Editor' }).locator('.CodeMirror');
  await editor.click();
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(`subscription Live {
  coSellAlerts(after: ${JSON.stringify(alerts.headCursor)}, filter: { kinds: [INVITATION] }) {
    alert { __typename occurredAt ... on InvitationAlert { change invitation { status opportunityTitle } } }
  }
}`);
  await page.getByRole('tab', { name: 'Live' }).waitFor();
  await page.getByRole('button', { name: /^Execute query/ }).click();

  const made = await ask(owner, `mutation ($input: OpportunityCreateInput!) {
    opportunityCreate(input: $input) { opportunity { id } userErrors { field message code } } }`, {
    input: { title: 'Seen in the browser', customer: { name: 'Harbor Foods', websiteUrl: 'https://harbor-foods.example' } },
  });
  const invited = await ask(owner, `mutation ($id: ID!, $input: OpportunityInviteInput!) {
    opportunityInvite(id: $id, input: $input) { invitation { id } userErrors { field message code } } }`, {
    id: made.opportunityCreate.opportunity.id,
    input: { organization: viewer.organization.slug, message: 'Shall we win this one together?', role: 'SERVICE_PARTNER' },
  });
  // The invitation is in the page before it is accepted: the acceptance reaches a page that is listening.
  const result = page.locator('.result-window');
  await result.getByText('"InvitationAlert"').first().waitFor();
  await ask(partner, `mutation ($id: ID!) {
    invitationAccept(id: $id) { invitation { id } userErrors { field message code } } }`, {
    id: invited.opportunityInvite.invitation.id,
  });
  await result.getByText('"ACCEPTED"').first().waitFor();
  console.log('the page shows the acceptance');
} catch (error) {
  failed = true;
  console.error(error.message);
  console.error(`The page got:\n${frames.slice(-20).join('\n')}`);
  const shown = browser.contexts()[0]?.pages()[0]?.locator('.result-window').innerText({ timeout: 1_000 });
  console.error(`The page shows:\n${await shown?.catch(() => 'nothing')}`);
} finally {
  if (screenshot !== undefined) {
    await browser.contexts()[0]?.pages()[0]?.screenshot({ path: screenshot }).catch(() => {});
  }
  await browser.close();
}
process.exitCode = failed ? 1 : 0;

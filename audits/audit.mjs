// Runs every server audit of the graphql-http package against a running server, and fails unless all of them pass.
// Usage: node audit.mjs BASE_URL        for example: node audit.mjs http://127.0.0.1:8080
import { serverAudits } from 'graphql-http';

const [base] = process.argv.slice(2);
if (!base) {
  console.error('usage: node audit.mjs BASE_URL   (the server of which /graphql is audited)');
  process.exit(2);
}
const url = new URL('/graphql', base).toString();

// Each audit gets a signal of its own, so that a server which does not answer fails instead of hanging the run.
const fetchFn = (resource, options = {}) => fetch(resource, { ...options, signal: AbortSignal.timeout(10_000) });

let passed = 0;
const failures = [];
for (const audit of serverAudits({ url, fetchFn })) {
  try {
    const result = await audit.fn();
    if (result.status === 'ok') passed += 1;
    else failures.push(`${audit.id} ${result.status}: ${audit.name}: ${result.reason}`);
  } catch (error) {
    failures.push(`${audit.id} broken: ${audit.name}: ${error.cause ?? error}`);
  }
}
const total = passed + failures.length;
for (const failure of failures) console.error(failure);
console.log(`${passed} of ${total} audits of graphql-http pass at ${url}`);
// A version of the package without audits would otherwise pass them all.
process.exit(failures.length === 0 && total > 0 ? 0 : 1);

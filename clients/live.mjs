// Subscribes as front ends do, with the clients graphql-ws and graphql-sse, at the server of the transport tests
// (`api/tests/it/transport/clients.rs` starts it and this): results in order, errors as their clients tell them, closing
// codes that they come back after and those that they do not.
import assert from "node:assert/strict";
import { createClient as createSocket } from "graphql-ws";
import { createClient as createEvents } from "graphql-sse";
import WebSocket from "ws";

const base = process.argv[2];
if (!base) throw new Error("usage: node live.mjs http://127.0.0.1:8080");
const url = `${base.replace(/\/$/, "")}/graphql`;

const socket = (options) => createSocket({ url: url.replace(/^http/, "ws"), webSocketImpl: WebSocket, retryAttempts: 0, ...options });
const events = (options) => createEvents({ url, retryAttempts: 0, ...options });

async function collect(client, query, variables) {
  const results = [];
  for await (const result of client.iterate({ query, variables })) results.push(result);
  return results;
}

for (const [name, open] of [["graphql-ws", socket], ["graphql-sse", events]]) {
  const client = open();
  assert.deepEqual(
    (await collect(client, "subscription Count($to: Int!) { count(to: $to) }", { to: 3 })).map((result) => result.data.count),
    [1, 2, 3],
  );
  assert.deepEqual(await collect(client, "{ hello }"), [{ data: { hello: "world" } }]);
  const [changed] = await collect(client, "mutation { change }");
  assert.ok(changed.data.change > 0);
  const failed = await collect(client, "{ fails hello }");
  assert.equal(failed[0].errors[0].extensions.code, "INTERNAL");
  assert.equal(failed[0].data.hello, "world");

  // What is refused: graphql-ws throws the errors, graphql-sse has them in a result.
  for (const [query, code] of [["{", "GRAPHQL_PARSE_FAILED"], ["subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"]]) {
    let errors;
    try {
      const results = await collect(client, query);
      assert.equal(results.length, 1);
      errors = results[0].errors;
    } catch (thrown) {
      assert.ok(Array.isArray(thrown), `${name}: ${thrown}`);
      errors = thrown;
    }
    assert.equal(errors[0].extensions.code, code, name);
  }

  // Several at once, and one that is left early.
  const many = await Promise.all(Array.from({ length: 10 }, () => collect(client, "subscription { count(to: 20) }")));
  assert.ok(many.every((results) => results.length === 20));
  for await (const result of client.iterate({ query: "subscription { ticks { n } }" })) {
    assert.equal(result.data.ticks.n, 0);
    break;
  }
  client.dispose();
  console.log(`${name}: results, errors and ends as its client expects them`);
}

// Credentials: in connection_init, and in a header.
const known = socket({ connectionParams: { Authorization: "Bearer me" } });
assert.equal((await collect(known, "{ who }"))[0].data.who, "Bearer me");
known.dispose();
const header = events({ headers: { authorization: "Bearer me" } });
assert.equal((await collect(header, "subscription { who }"))[0].data.who, "Bearer me");
header.dispose();

const forged = socket({ connectionParams: { authorization: "Bearer forged" } });
await assert.rejects(collect(forged, "{ who }"), (close) => close.code === 4403);
forged.dispose();
await assert.rejects(collect(events({ headers: { authorization: "Bearer forged" } }), "{ who }"), /401/);

// A client with other credentials each time comes back after 4403.
let attempts = 0;
const returning = socket({
  retryAttempts: 2,
  retryWait: async () => {},
  connectionParams: () => ({ authorization: attempts++ === 0 ? "Bearer forged" : "Bearer me" }),
});
assert.equal((await collect(returning, "{ who }"))[0].data.who, "Bearer me");
assert.equal(attempts, 2);
await returning.dispose();
console.log("credentials: in connection_init and in a header; 4403 is one that a client comes back after");

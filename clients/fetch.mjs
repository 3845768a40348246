// Asks a running demo as front ends do: pages to the end with Apollo Client and with urql, persisted queries by POST and
// GET, a normalized cache over global ids, and refusals as data.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { Client, fetchExchange } from "@urql/core";

const base = process.argv[2];
if (!base) throw new Error("usage: node fetch.mjs http://127.0.0.1:8080");
const uri = `${base.replace(/\/$/, "")}/graphql`;
const directory = readFileSync("made/documents/ProgramDirectory.graphql", "utf8");
const sha256 = (text) => createHash("sha256").update(text).digest("hex");

async function pages(ask) {
  const seen = [];
  let total;
  for (let after = null, turns = 0; turns < 100; turns += 1) {
    const partners = (await ask(after)).program.partners;
    total = partners.totalCount;
    seen.push(...partners.edges.map((edge) => edge.node.id));
    if (!partners.pageInfo.hasNextPage) break;
    after = partners.pageInfo.endCursor;
  }
  assert.equal(new Set(seen).size, seen.length, "a partner came twice");
  assert.equal(seen.length, total, "the pages do not add up to the total");
  return total;
}

const requests = [];
const counting = (input, init) => {
  requests.push(init?.method ?? "GET");
  return fetch(input, init);
};
const apollo = new ApolloClient({
  cache: new InMemoryCache(),
  link: ApolloLink.from([
    new PersistedQueryLink({ sha256, useGETForHashedQueries: true }),
    new HttpLink({ uri, fetch: counting }),
  ]),
});

const found = await apollo.query({ query: gql`{ programs(first: 1) { nodes { id slug } } }` });
const program = found.data.programs.nodes[0].slug;
const variables = (after) => ({ program, first: 7, after, filter: null, orderBy: { field: "NAME", direction: "ASC" } });

const ask = async (after) => (await apollo.query({ query: gql(directory), variables: variables(after), fetchPolicy: "network-only" })).data;
const total = await pages(ask);
assert.ok(total > 7, "the demo has more than one page of partners");
assert.ok(requests.includes("GET"), "hashed queries go by GET");
console.log(`Apollo Client: ${total} partners in pages of 7, ${requests.length} requests`);

const node = apollo.cache.extract();
assert.ok(Object.keys(node).some((key) => key.startsWith("Organization:org_")), "objects are normalized by their ids");

const refused = await apollo.mutate({
  mutation: gql`mutation { organizationUpdate(id: "org_00000000000070008000000000000000", input: {}) { userErrors { code } } }`,
  errorPolicy: "all",
});
assert.ok(refused.error, "a visitor may not change anything");

const urql = new Client({ url: uri, exchanges: [fetchExchange], preferGetMethod: false });
const byUrql = await pages(async (after) => {
  const result = await urql.query(directory, variables(after)).toPromise();
  if (result.error) throw result.error;
  return result.data;
});
assert.equal(byUrql, total);
console.log(`urql: ${byUrql} partners`);

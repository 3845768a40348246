// Splits the contract documents into one file an operation: plain ones for graphql-codegen, and tagged ones in
// TypeScript for Relay's compiler, which wants an operation to be named after its module and its kind.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Kind, parse, print } from "graphql";

// Those that the schema does not have yet come with their parts of it.
const CONTRACTS = ["directory.graphql"];

rmSync("made", { recursive: true, force: true });
mkdirSync("made/documents", { recursive: true });
mkdirSync("made/relay/__generated__", { recursive: true });

let count = 0;
for (const contract of CONTRACTS) {
  const document = parse(readFileSync(`../contracts/${contract}`, "utf8"));
  for (const operation of document.definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION)) {
    const name = operation.name.value;
    writeFileSync(`made/documents/${name}.graphql`, print(operation));
    const kind = operation.operation[0].toUpperCase() + operation.operation.slice(1);
    const named = { ...operation, name: { kind: Kind.NAME, value: `${name}${kind}` } };
    writeFileSync(`made/relay/${name}.ts`, `import { graphql } from "relay-runtime";\n\nexport default graphql\`\n${print(named)}\n\`;\n`);
    count += 1;
  }
}
if (count === 0) throw new Error("no operation was found");
console.log(`${count} operations`);

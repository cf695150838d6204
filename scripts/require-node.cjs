// Runs on any Node, so that an old one gets a sentence and not a riddle about file extensions.
const required = 24;
const found = process.versions.node;
if (Number(found.split('.')[0]) < required) {
  console.error(
    `fleetgraph needs Node ${required}, this is ${found}. It comes with npm ci on Linux (x64, arm64) and Windows (x64); elsewhere install it first.`,
  );
  process.exit(2);
}

#!/usr/bin/env node
/** The executable: picks the command, says in one line what was asked wrongly, and ends with the exit code. */
const REQUIRED_NODE = 24;
const [major = '0'] = process.versions.node.split('.');
if (Number(major) < REQUIRED_NODE) {
  console.error(`fleetgraph needs Node ${REQUIRED_NODE}, this is ${process.versions.node}; run it by npm start, which brings its own`);
  process.exit(2);
}
// Until a command takes them over: asked to end while it starts, it ends as it would later.
process.once('SIGTERM', () => process.exit(0));
process.once('SIGINT', () => process.exit(130));
// Only now: what is imported needs the right Node to be understood.
const { run } = await import('./program/run.ts');
process.exit(await run(process.argv.slice(2)));

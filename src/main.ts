#!/usr/bin/env -S node --max-semi-space-size=16
/** The executable: picks the command, says in one line what was asked wrongly, and ends with the exit code. */
import { untilAskedToEnd } from './program/signals.ts';

const REQUIRED_NODE = 24;
const [major = '0'] = process.versions.node.split('.');
if (Number(major) < REQUIRED_NODE) {
  console.error(`fleetgraph needs Node ${REQUIRED_NODE}, this is ${process.versions.node}; run it by npm start, which brings its own`);
  process.exit(2);
}
// From the first moment: asked to end while it starts, it ends as it would later.
const asked = untilAskedToEnd(process);
// Only now: what is imported needs the right Node to be understood.
const { run } = await import('./program/run.ts');
process.exit(await run(process.argv.slice(2), asked));

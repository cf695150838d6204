/** `npm run bench` lists the benches, `npm run bench -- NAME [--full] [--KEY=NUMBER]` runs one. */
import { FLEET_START } from './fleet-start.ts';
import { INFORMER_EVENTS } from './informer-events.ts';
import { INFORMER_SYNC } from './informer-sync.ts';
import { INGEST_DECODE } from './ingest-decode.ts';
import { SOAK } from './soak.ts';
import { STORE_MEMORY } from './store-memory.ts';
import { STORE_MILLION } from './store-million.ts';
import { type Bench, printResult } from './support/report.ts';

const BENCHES: Readonly<Record<string, Bench>> = {
  'store-memory': STORE_MEMORY,
  'informer-sync': INFORMER_SYNC,
  'informer-events': INFORMER_EVENTS,
  'ingest-decode': INGEST_DECODE,
  'store-million': STORE_MILLION,
  'fleet-start': FLEET_START,
  soak: SOAK,
};

const [name, ...options] = process.argv.slice(2);
const bench = name === undefined ? undefined : BENCHES[name];
if (name === undefined) for (const [known, { describes }] of Object.entries(BENCHES)) console.log(`${known.padEnd(16)} ${describes}`);
else if (bench === undefined) {
  console.error(`no bench ${name}: ${Object.keys(BENCHES).join(', ')}`);
  process.exitCode = 2;
} else printResult(name, await bench.run({ isFull: options.includes('--full'), number: numberIn(options) }));

function numberIn(given: readonly string[]): (option: string, usual: number) => number {
  return (option, usual) => {
    const text = given.find((one) => one.startsWith(`--${option}=`))?.slice(option.length + 3);
    const value = text === undefined ? usual : Number(text);
    if (!Number.isFinite(value)) throw new RangeError(`--${option} is a number`);
    return value;
  };
}

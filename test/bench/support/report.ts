import { availableParallelism, cpus, totalmem } from 'node:os';

/** Numbers by name; null: it could not be measured, and `notes` say why. */
export type Figures = Readonly<Record<string, number | null>>;

export interface BenchResult {
  /** What the bench is about. */
  readonly figures: Figures;
  /** What no implementation could be below, or the least work that does the like. */
  readonly floors: Figures;
  readonly peers: Figures;
  /** Of figures measured in this run. */
  readonly ratios: Figures;
  readonly notes: readonly string[];
}

export interface BenchOptions {
  /** The default is bounded for a CI; `true` runs what was asked for at full length. */
  readonly isFull: boolean;
  /** `--NAME=NUMBER` of the command line, else the default. */
  number(name: string, usual: number): number;
}

export interface Bench {
  readonly describes: string;
  run(options: BenchOptions): Promise<BenchResult>;
}

/** A table for people, then one line of JSON for programs. */
export function printResult(bench: string, result: BenchResult): void {
  for (const part of ['figures', 'floors', 'peers', 'ratios'] as const) {
    for (const [name, value] of Object.entries(result[part])) console.log(`${part.padEnd(8)} ${name.padEnd(44)} ${value ?? '-'}`);
  }
  for (const note of result.notes) console.log(`note     ${note}`);
  const { figures, floors, peers, ratios, notes } = result;
  console.log(JSON.stringify({ bench, figures, floors, peers, ratios, notes, machine: machine() }));
}

function machine() {
  const [cpu] = cpus();
  return {
    node: process.version,
    cpu: cpu?.model ?? 'unknown',
    threads: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
}

import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { ConfigError } from '../config/problem.ts';
import { systemClock } from '../runtime/clock.ts';
import { Pump } from '../runtime/pump.ts';
import { systemRandom } from '../runtime/random.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { HELP } from './help.ts';
import type { ProgramRuntime } from './runtime.ts';
import { StartFailure } from './start-failure.ts';

/** Runs one command to its end; `asked` resolves when the process is asked to end. Commands are loaded when asked for: a schema is printed without loading a simulation. */
export async function run(args: readonly string[], asked: Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await dispatch(args, asked);
  } catch (error) {
    if (error instanceof StartFailure) {
      console.error(`fleetgraph: ${error.message}`);
      return EXIT.failure;
    }
    if (!(error instanceof ConfigError)) throw error;
    for (const { key, message } of error.problems) console.error(`fleetgraph: ${key}: ${message}`);
    return EXIT.usage;
  }
}

async function dispatch(args: readonly string[], asked: Promise<ExitCode>): Promise<ExitCode> {
  const [command = 'serve', ...rest] = args;
  if (args.includes('--help') || args.includes('-h') || command === 'help') return print(HELP);
  if (args[0] === '--version' || command === 'version') return print(`fleetgraph ${version()}\n`);
  if (command.startsWith('-')) return serve(args, asked);
  switch (command) {
    case 'serve':
      return serve(rest, asked);
    case 'simulate':
      return (await import('./simulate-command.ts')).simulate(rest, runtime(asked));
    case 'schema':
      return printSchema(rest);
    default:
      return unknown(command);
  }
}

async function serve(args: readonly string[], asked: Promise<ExitCode>): Promise<ExitCode> {
  return (await import('./serve-command.ts')).serve(args, runtime(asked));
}

async function printSchema(args: readonly string[]): Promise<ExitCode> {
  if (args.length !== 1 || args[0] !== 'print') return unknown(`schema ${args.join(' ')}`.trim());
  const { printSortedSchema } = await import('../graph/print-schema.ts');
  return print(printSortedSchema());
}

function unknown(command: string): ExitCode {
  console.error(`fleetgraph: ${command}: there is no such command; known are serve, simulate, schema print; see --help`);
  return EXIT.usage;
}

function print(text: string): ExitCode {
  process.stdout.write(text);
  return EXIT.success;
}

function runtime(asked: Promise<ExitCode>): ProgramRuntime {
  return {
    asked,
    clock: systemClock,
    random: systemRandom,
    pump: new Pump(systemClock),
    environment: process.env,
    userName: userName(),
    version: version(),
  };
}

/** A container may have no name for its user. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}

/** From package.json, which lies beside `src` and beside `dist` alike. */
function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return String((JSON.parse(text) as { version?: unknown }).version);
}

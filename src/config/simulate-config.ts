import { OptionReader, present } from './option-reader.ts';
import { SIMULATE_OPTIONS } from './option-table.ts';
import { ConfigError } from './problem.ts';
import { optionsFromEnvironment, optionsFromFlags } from './raw-options.ts';

/** What `fleetgraph simulate` was asked for. */
export interface SimulateConfig {
  /** The fleet string, '' for the default fleet. */
  readonly fleet: string;
  readonly host: string;
  readonly port: number;
  readonly writeKubeconfig?: string;
  readonly readyFile?: string;
  readonly log?: 'json' | 'text';
  /** An option as the person wrote it, for problems that only the world shows. */
  readonly keyOf: (option: string) => string;
}

/** `fleetgraph simulate [clusters=6,pods=2000,seed=7] [options]`. Throws `ConfigError`. */
export function parseSimulateConfig(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): SimulateConfig {
  const flags = optionsFromFlags(args, SIMULATE_OPTIONS);
  const fromEnvironment = optionsFromEnvironment(environment, SIMULATE_OPTIONS);
  const reader = new OptionReader(new Map([...fromEnvironment.options, ...flags.options]), [
    ...flags.problems,
    ...fromEnvironment.problems,
  ]);
  const config: SimulateConfig = {
    fleet: fleetOf(flags.positionals, flags.options.has('simulate'), reader),
    host: reader.text('host') ?? '127.0.0.1',
    port: reader.port(0),
    keyOf: (option) => reader.keyOf(option),
    ...present('writeKubeconfig', reader.text('write-kubeconfig')),
    ...present('readyFile', reader.text('ready-file')),
    ...present('log', reader.choice('log', ['json', 'text'])),
  };
  if (reader.problems.length > 0) throw new ConfigError(reader.problems);
  return config;
}

/** As a word of its own or as the value of --simulate. */
function fleetOf([fleet, ...stray]: readonly string[], hasFlag: boolean, reader: OptionReader): string {
  for (const word of stray)
    reader.problems.push({ key: word, message: 'is one word too many; a fleet is one word such as clusters=3,pods=100' });
  if (fleet !== undefined && hasFlag) reader.problem('simulate', 'gives the fleet a second time; give it once');
  const named = reader.text('simulate');
  return fleet ?? (named === undefined || named === 'true' ? '' : named);
}

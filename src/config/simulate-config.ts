import { SIMULATE_OPTIONS } from './option-table.ts';
import { ConfigError } from './problem.ts';
import { optionsFromEnvironment, optionsFromFlags, type RawOptions } from './raw-options.ts';

/** What `fleetgraph simulate` was asked for. */
export interface SimulateConfig {
  /** The fleet string, '' for the default fleet. */
  readonly fleet: string;
  readonly host: string;
  readonly port: number;
  readonly writeKubeconfig?: string;
  readonly readyFile?: string;
  readonly log?: 'json' | 'text';
}

/** `fleetgraph simulate [clusters=6,pods=2000,seed=7] [options]`. Throws `ConfigError`. */
export function parseSimulateConfig(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): SimulateConfig {
  const flags = optionsFromFlags(args, SIMULATE_OPTIONS);
  const fromEnvironment = optionsFromEnvironment(environment, SIMULATE_OPTIONS);
  const problems = [...flags.problems, ...fromEnvironment.problems];
  const options: RawOptions = new Map([...fromEnvironment.options, ...flags.options]);
  const text = (name: string) => options.get(name)?.values[0];
  const named = text('simulate');
  const [fleet, ...stray] = flags.positionals;
  for (const word of stray) problems.push({ key: word, message: 'is one word too many; a fleet is one word such as clusters=3,pods=100' });
  if (fleet !== undefined && flags.options.has('simulate'))
    problems.push({ key: fleet, message: 'the fleet is given twice; give it once' });
  const port = text('port') ?? '0';
  if (!/^\d+$/.test(port) || Number(port) > 65_535)
    problems.push({ key: options.get('port')?.key ?? '--port', message: `'${port}' is not a port: a whole number from 0 to 65535` });
  const log = text('log');
  if (log !== undefined && log !== 'json' && log !== 'text')
    problems.push({ key: options.get('log')?.key ?? '--log', message: `'${log}' is not one of json, text` });
  if (problems.length > 0) throw new ConfigError(problems);
  const writeKubeconfig = text('write-kubeconfig');
  const readyFile = text('ready-file');
  return {
    fleet: fleet ?? (named === undefined || named === 'true' ? '' : named),
    host: text('host') ?? '127.0.0.1',
    port: Number(port),
    ...(writeKubeconfig === undefined ? {} : { writeKubeconfig }),
    ...(readyFile === undefined ? {} : { readyFile }),
    ...(log === 'json' || log === 'text' ? { log } : {}),
  };
}

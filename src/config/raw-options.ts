import { parseArgs } from 'node:util';
import { parse as parseYaml } from 'yaml';
import { environmentName, type OptionSpec, optionNamed, SERVE_OPTIONS } from './option-table.ts';
import type { ConfigProblem } from './problem.ts';

/** An option as somebody wrote it, with the name to blame. `values` has one entry unless the option is a list. */
export interface RawOption {
  readonly key: string;
  readonly values: readonly string[];
}
export type RawOptions = ReadonlyMap<string, RawOption>;

interface Collected {
  readonly options: Map<string, RawOption>;
  readonly problems: ConfigProblem[];
}

/** The value that an option given without one stands for. */
const PRESENT = 'true';

export function optionsFromFlags(args: readonly string[], table: readonly OptionSpec[]): Collected & { readonly positionals: string[] } {
  const collected: Collected = { options: new Map(), problems: [] };
  const positionals: string[] = [];
  const declared = Object.fromEntries(
    table.map((option) => [
      option.name,
      { type: option.kind === 'value' || option.kind === 'list' ? ('string' as const) : ('boolean' as const) },
    ]),
  );
  const { tokens } = parseArgs({ args: [...args], options: declared, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind === 'option') collectFlag(token.rawName, token.value, optionNamed(table, token.name), collected);
  }
  return { ...collected, positionals };
}

function collectFlag(rawName: string, value: string | undefined, option: OptionSpec | undefined, { options, problems }: Collected): void {
  if (option === undefined) {
    problems.push({ key: rawName, message: 'there is no such option; see --help' });
  } else if ((option.kind === 'value' || option.kind === 'list') && (value === undefined || value === '')) {
    problems.push({ key: rawName, message: `needs a value: ${rawName} ${option.example}` });
  } else if (option.kind === 'flag' && value !== undefined && value !== 'true' && value !== 'false') {
    problems.push({ key: rawName, message: `'${value}' is not true or false; write ${rawName} alone` });
  } else {
    const before = options.get(option.name);
    if (before !== undefined && option.kind !== 'list') {
      problems.push({ key: rawName, message: 'is given twice; give it once' });
    } else {
      options.set(option.name, { key: rawName, values: [...(before?.values ?? []), value ?? PRESENT] });
    }
  }
}

export function optionsFromEnvironment(environment: Readonly<Record<string, string | undefined>>, table: readonly OptionSpec[]): Collected {
  const collected: Collected = { options: new Map(), problems: [] };
  for (const option of table) {
    const key = environmentName(option);
    const value = environment[key];
    if (value === undefined || value === '') continue;
    if (option.kind === 'flag' && !['true', 'false', '1', '0'].includes(value)) {
      collected.problems.push({ key, message: `'${value}' is not one of true, false, 1, 0` });
      continue;
    }
    const values =
      option.kind === 'list' ? value.split(',').map((part) => part.trim()) : [value === '1' && option.kind === 'flag' ? PRESENT : value];
    collected.options.set(option.name, { key, values });
  }
  for (const key of unknownVariables(environment, table)) collected.problems.push({ key, message: 'there is no such option; see --help' });
  return collected;
}

/** Kubernetes sets variables of its own for a Service whose name begins with fleetgraph. */
const SERVICE_LINK = /_SERVICE_(HOST|PORT)|_PORT$|_PORT_\d+_(TCP|UDP|SCTP)/;

function unknownVariables(environment: Readonly<Record<string, string | undefined>>, table: readonly OptionSpec[]): string[] {
  const known = new Set([...table, ...SERVE_OPTIONS].map(environmentName));
  return Object.keys(environment).filter((key) => key.startsWith('FLEETGRAPH_') && !known.has(key) && !SERVICE_LINK.test(key));
}

/** Labels for clusters whose source has none. */
export interface ClusterEntry {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** `text` is the YAML of the file called `fileName`. */
export function optionsFromFile(
  text: string,
  fileName: string,
  table: readonly OptionSpec[],
): Collected & { readonly clusters: ClusterEntry[] } {
  const collected: Collected = { options: new Map(), problems: [] };
  const document = readDocument(text, fileName, collected.problems);
  const { clusters, ...settings } = document;
  for (const [name, value] of Object.entries(settings)) {
    const key = `${name} in ${fileName}`;
    const option = optionNamed(table, name);
    if (option === undefined || name === 'config') {
      collected.problems.push({ key, message: 'there is no such option; see --help' });
      continue;
    }
    const values = (Array.isArray(value) && option.kind === 'list' ? value : [value]).map(scalarText);
    if (values.some((text) => text === undefined)) {
      collected.problems.push({ key, message: option.kind === 'list' ? 'must be a text or a list of texts' : 'must be one plain value' });
    } else {
      collected.options.set(name, { key, values: values.filter((text) => text !== undefined) });
    }
  }
  return { ...collected, clusters: clusterEntries(clusters, fileName, collected.problems) };
}

function readDocument(text: string, fileName: string, problems: ConfigProblem[]): Record<string, unknown> {
  try {
    const document: unknown = parseYaml(text, { maxAliasCount: 0 }) ?? {};
    if (typeof document === 'object' && document !== null && !Array.isArray(document)) return document as Record<string, unknown>;
    problems.push({ key: fileName, message: 'must be a YAML mapping of options, such as "port: 4000"' });
  } catch (error) {
    const firstLine = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    problems.push({ key: fileName, message: `is not YAML: ${firstLine}` });
  }
  return {};
}

function scalarText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function clusterEntries(value: unknown, fileName: string, problems: ConfigProblem[]): ClusterEntry[] {
  const key = `clusters in ${fileName}`;
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    problems.push({ key, message: 'must be a list such as [{name: a, labels: {region: eu}}]' });
    return [];
  }
  return value.flatMap((entry: unknown, index) => {
    const { name, labels = {}, ...rest } = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<string, unknown>;
    const pairs = typeof labels === 'object' && labels !== null ? Object.entries(labels) : undefined;
    const unknown = Object.keys(rest)[0];
    if (typeof name !== 'string' || name === '') problems.push({ key: `${key}[${index}]`, message: 'needs a name' });
    else if (unknown !== undefined)
      problems.push({ key: `${key}[${index}]`, message: `there is no such key: ${unknown}; known are name, labels` });
    else if (pairs?.every(([, text]) => typeof text === 'string') !== true)
      problems.push({ key: `${key}[${index}].labels`, message: 'must map texts to texts' });
    else return [{ name, labels: Object.fromEntries(pairs as [string, string][]) }];
    return [];
  });
}

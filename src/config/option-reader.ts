import type { ConfigProblem } from './problem.ts';
import type { RawOptions } from './raw-options.ts';

const MAX_SECONDS = 86_400;

/** Reads single options and collects what is wrong with them, each under the name that the person wrote. */
export class OptionReader {
  readonly problems: ConfigProblem[];
  readonly #options: RawOptions;

  constructor(options: RawOptions, problems: ConfigProblem[]) {
    this.#options = options;
    this.problems = problems;
  }

  has(name: string): boolean {
    return this.#options.has(name);
  }

  text(name: string): string | undefined {
    return this.#options.get(name)?.values[0];
  }

  list(name: string): readonly string[] {
    return this.#options.get(name)?.values ?? [];
  }

  flag(name: string): boolean {
    const value = this.text(name);
    if (value === undefined || value === 'false' || value === '0') return false;
    if (value !== 'true' && value !== '1') this.problem(name, `'${value}' is not true or false`);
    return true;
  }

  choice<const T extends string>(name: string, choices: readonly T[]): T | undefined {
    const value = this.text(name);
    const choice = choices.find((candidate) => candidate === value);
    if (value !== undefined && choice === undefined) this.problem(name, `'${value}' is not one of ${choices.join(', ')}`);
    return choice;
  }

  port(fallback: number): number {
    const text = this.text('port') ?? String(fallback);
    if (/^\d+$/.test(text) && Number(text) <= 65_535) return Number(text);
    const remedy = text.startsWith('tcp://')
      ? ' (set by Kubernetes for a Service called fleetgraph: set enableServiceLinks: false on the pod)'
      : '';
    this.problem('port', `'${text}' is not a port: a whole number from 0 to 65535${remedy}`);
    return fallback;
  }

  /** Whole seconds, from 1 to a day. */
  seconds(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= MAX_SECONDS) return Number(text);
    this.problem(name, `'${text}' is not a number of seconds: a whole number from 1 to ${MAX_SECONDS}`);
    return undefined;
  }

  /** The option as the person wrote it: a flag, a variable, or a key of the file. */
  keyOf(name: string): string {
    return this.#options.get(name)?.key ?? `--${name}`;
  }

  /** The option with `name` breaks a rule. */
  problem(name: string, message: string): void {
    this.problems.push({ key: this.keyOf(name), message });
  }
}

/** `{ [key]: value }`, or nothing at all for an absent value. */
export function present<const K extends string, const V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V });
}

/** One mistake in what was asked for: key, value, rule and remedy, in a line an operator understands. */
export interface ConfigProblem {
  /** The option as the person wrote it: "--port", "FLEETGRAPH_PORT" or "port in fleet.yaml". */
  readonly key: string;
  readonly message: string;
}

/** The program was asked for something it cannot do; exit code 2, one line per problem. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map((problem) => `${problem.key}: ${problem.message}`).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

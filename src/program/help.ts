import { type OptionSpec, SERVE_OPTIONS, SIMULATE_OPTIONS } from '../config/option-table.ts';

function optionLines(options: readonly OptionSpec[]): string {
  return options.map((option) => `  ${usageOf(option).padEnd(44)} ${option.description}`).join('\n');
}

function usageOf({ name, kind, example }: OptionSpec): string {
  if (kind === 'flag') return `--${name}`;
  return kind === 'optional-value' ? `--${name}[=${example}]` : `--${name} ${example}`;
}

export const HELP = `Fleetgraph: one GraphQL endpoint over a fleet of Kubernetes clusters.

Usage:
  fleetgraph [serve] [options]       the gateway
  fleetgraph simulate [FLEET]        only the simulated API servers, for kubectl and any client
  fleetgraph schema print            the GraphQL schema
  fleetgraph --help | --version

Options of serve (each also as environment variable FLEETGRAPH_NAME and as key of the --config file):
${optionLines(SERVE_OPTIONS)}

Options of simulate:
${optionLines(SIMULATE_OPTIONS)}

Exit codes: 0 success, 1 failure, 2 wrong usage or configuration, 130 interrupted.
`;

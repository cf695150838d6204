import type { CommandDeps } from './command-runner.ts';
import type { Commands } from './commands.ts';
import { podDelete, podEvict } from './pod-commands.ts';

/** The door with everything behind it. */
export function createCommands(deps: CommandDeps): Commands {
  return {
    podDelete: (principal, input) => podDelete(principal, input, deps),
    podEvict: (principal, input) => podEvict(principal, input, deps),
  };
}

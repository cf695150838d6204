import { rolloutCapabilities, workloadCapabilities } from './capabilities.ts';
import { type CommandOptionsOfProcess, commandDeps } from './command-runner.ts';
import type { Commands } from './commands.ts';
import { podDelete, podEvict } from './pod-commands.ts';
import { rolloutStart } from './rollout-start.ts';
import { rolloutCommand } from './run-commands.ts';
import { rolloutsCommand } from './runs-command.ts';
import { workloadPause, workloadRestart, workloadResume, workloadScale, workloadSetPartition, workloadUndo } from './workload-commands.ts';

/** The door with everything behind it. */
export function createCommands(options: CommandOptionsOfProcess): Commands {
  const deps = commandDeps(options);
  return {
    podDelete: (principal, input) => podDelete(principal, input, deps),
    podEvict: (principal, input) => podEvict(principal, input, deps),
    rolloutStart: (principal, input) => rolloutStart(principal, input, deps),
    rolloutCommand: (principal, verb, input) => rolloutCommand(principal, verb, input, deps),
    rolloutsCommand: (principal, input) => rolloutsCommand(principal, input, deps),
    workloadScale: (principal, input) => workloadScale(principal, input, deps),
    workloadRestart: (principal, input) => workloadRestart(principal, input, deps),
    workloadPause: (principal, input) => workloadPause(principal, input, deps),
    workloadResume: (principal, input) => workloadResume(principal, input, deps),
    workloadSetPartition: (principal, input) => workloadSetPartition(principal, input, deps),
    workloadUndo: (principal, input) => workloadUndo(principal, input, deps),
    workloadCapabilities: (principal, workload) => workloadCapabilities(principal, workload, deps),
    rolloutCapabilities: (principal, run) => rolloutCapabilities(principal, run, deps),
  };
}

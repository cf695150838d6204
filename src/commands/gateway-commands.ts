import type { CommandDeps } from './command-runner.ts';
import type { CommandError, Commands, RunCapabilities, WorkloadCapabilities } from './commands.ts';
import { podDelete, podEvict } from './pod-commands.ts';

/** The door with everything behind it. */
export function createCommands(deps: CommandDeps): Commands {
  const refuse = async () => ({ replayed: false, errors: [NOT_THERE_YET] });
  return {
    podDelete: (principal, input) => podDelete(principal, input, deps),
    podEvict: (principal, input) => podEvict(principal, input, deps),
    rolloutStart: refuse,
    rolloutCommand: refuse,
    rolloutsCommand: async () => ({ results: [], replayed: false, errors: [NOT_THERE_YET] }),
    workloadScale: refuse,
    workloadRestart: refuse,
    workloadPause: refuse,
    workloadResume: refuse,
    workloadSetPartition: refuse,
    workloadUndo: refuse,
    workloadCapabilities: () => NO_WORKLOAD_VERBS,
    rolloutCapabilities: () => NO_RUN_VERBS,
  };
}

const NOT_THERE_YET: CommandError = {
  type: 'UnsupportedError',
  code: 'NOT_IMPLEMENTED',
  message: 'this gateway does not carry that out yet',
  path: [],
  unblock: [],
};

const no = { allowed: false, reason: NOT_THERE_YET.message };
const NO_WORKLOAD_VERBS: WorkloadCapabilities = {
  ...{ startRollout: no, scale: no, restart: no, pause: no, resume: no, setPartition: no, undo: no },
};
const NO_RUN_VERBS: RunCapabilities = { advance: no, pause: no, resume: no, abort: no, rollback: no, retry: no };

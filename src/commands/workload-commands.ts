import type { Principal } from '../auth/principal.ts';
import type { WorkloadRecord } from '../model/workload-record.ts';
import { keptWhole } from './answer.ts';
import { invalid } from './command-error.ts';
import { type Command, type CommandDeps, runCommand } from './command-runner.ts';
import type { CommandResult, WorkloadCommand, WorkloadScale, WorkloadSetPartition, WorkloadUndo } from './commands.ts';
import { type FetchedWorkload, targetFromName } from './fetch-workload.ts';
import { readRevisions } from './read-revisions.ts';
import { isSameTemplate, undoTo } from './undo.ts';
import { restarted, scaled, type WorkloadChange, withPartition, withPause, withTemplate } from './workload-change.ts';
import { Editing, type WorkloadEdit } from './workload-edit.ts';

type Result = Promise<CommandResult<WorkloadRecord>>;

const MAX_INT32 = 2_147_483_647;

export function workloadScale(principal: Principal, input: WorkloadScale, deps: CommandDeps): Result {
  const { replicas } = input;
  return run(
    {
      ...{ mutation: 'workloadScale', verb: 'scale', principal, input },
      validate() {
        if (Number.isSafeInteger(replicas) && replicas >= 0 && replicas <= MAX_INT32) return undefined;
        return invalid(['input', 'replicas'], `${replicas} is no number of pods: from 0 to ${MAX_INT32}`);
      },
      change: ({ object, record }) => scaled(object, record, replicas),
    },
    deps,
  );
}

export function workloadRestart(principal: Principal, input: WorkloadCommand, deps: CommandDeps): Result {
  return run({ mutation: 'workloadRestart', verb: 'restart', principal, input, change: ({ object }, at) => restarted(object, at) }, deps);
}

export function workloadPause(principal: Principal, input: WorkloadCommand, deps: CommandDeps): Result {
  const change = ({ object, record }: FetchedWorkload) => withPause(object, record, true);
  return run({ mutation: 'workloadPause', verb: 'pause', principal, input, change }, deps);
}

export function workloadResume(principal: Principal, input: WorkloadCommand, deps: CommandDeps): Result {
  const change = ({ object, record }: FetchedWorkload) => withPause(object, record, false);
  return run({ mutation: 'workloadResume', verb: 'resume', principal, input, change }, deps);
}

export function workloadSetPartition(principal: Principal, input: WorkloadSetPartition, deps: CommandDeps): Result {
  const change = ({ object, record }: FetchedWorkload) => withPartition(object, record, input.partition);
  return run({ mutation: 'workloadSetPartition', verb: 'setPartition', principal, input, change }, deps);
}

export function workloadUndo(principal: Principal, input: WorkloadUndo, deps: CommandDeps): Result {
  const change = async (fetched: FetchedWorkload): Promise<WorkloadChange> => {
    const undo = undoTo(await readRevisions(principal, fetched), input.toRevision);
    if ('refusal' in undo) return undo;
    if (isSameTemplate(fetched.object.spec?.['template'], undo.template)) return { changes: [] };
    return withTemplate(fetched.object, undo.template);
  };
  return run({ mutation: 'workloadUndo', verb: 'undo', principal, input, change }, deps);
}

function run<I extends WorkloadCommand>(edit: WorkloadEdit<I>, deps: CommandDeps): Result {
  const { mutation, principal, input } = edit;
  const { requestId: _id, dryRun: _dryRun, ...question } = input;
  const command: Command<WorkloadRecord> = {
    ...{ mutation, principal, options: input, question, keeping: keptWhole() },
    target: targetFromName(input.workload, deps),
    validate: () => edit.validate?.(),
    act: (attempt) => new Editing(edit, attempt, deps).answer(),
  };
  return runCommand(command, deps);
}

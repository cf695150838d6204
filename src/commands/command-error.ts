import type { WorkloadRecord } from '../model/workload-record.ts';
import type { Run } from '../rollout/run.ts';
import { isFinished } from '../rollout/state.ts';
import type { CommandError } from './commands.ts';
import type { OperationTarget } from './operation.ts';

/** Refusals that more than one command knows. `path` leads to the argument at fault. */

type Path = readonly string[];

export function invalid(path: Path, message: string, code = 'INVALID'): CommandError {
  return { type: 'ValidationError', code, message, path, unblock: [] };
}

export function notFound(path: Path, message: string, code = 'NOT_FOUND'): CommandError {
  return { type: 'NotFoundError', code, message, path, unblock: [] };
}

export function unsupported(path: Path, message: string, { code = 'UNSUPPORTED', unblock = [] }: Hint = {}): CommandError {
  return { type: 'UnsupportedError', code, message, path, unblock };
}

export function blocked(code: string, message: string, path: Path = [], unblock: readonly string[] = []): CommandError {
  return { type: 'BlockedError', code, message, path, unblock };
}

interface Hint {
  readonly code?: string;
  readonly unblock?: readonly string[];
}

export function readOnlyRefusal(): CommandError {
  return blocked('READ_ONLY', 'this gateway was started with --read-only; nothing can be changed through it');
}

/** `leader`: '' when nobody leads. */
export function notLeading(leader: string): CommandError {
  const who = leader === '' ? 'none leads at the moment: ask again' : `the gateway ${leader} leads: ask that one`;
  return blocked('NOT_LEADING', `only the leading gateway moves runs, and ${who}`);
}

/** A run of ours is at work on the object. */
export function runInTheWay(workload: Workload, run: Run, path: Path): CommandError {
  const isGoingBack = run.state.status.phase === 'ROLLING_BACK';
  return {
    type: 'BlockedError',
    code: 'RUN_ACTIVE',
    message: `the run ${run.uid} of ${run.state.spec.author.username} is ${run.state.status.phase} on ${workload.kind} ${workload.name}`,
    path,
    unblock: isGoingBack ? ['rolloutAbort'] : ['rolloutAbort', 'rolloutRollback'],
    by: targetOfWorkload(workload),
    run: run.uid,
  };
}

/** The object carries the label of a run that this gateway knows nothing of. */
export function foreignRunInTheWay(workload: Workload, runId: string, path: Path): CommandError {
  return {
    type: 'BlockedError',
    code: 'RUN_OF_ANOTHER_GATEWAY',
    message: `${workload.kind} ${workload.name} carries the label of the run ${runId}, of which this gateway has no record: ask the gateway that has it, or remove the label once that run is over`,
    path,
    unblock: [],
    by: targetOfWorkload(workload),
  };
}

type Workload = Pick<WorkloadRecord, 'cluster' | 'resource' | 'apiVersion' | 'kind' | 'namespace' | 'name' | 'uid'>;

export function targetOfWorkload({ cluster, resource, apiVersion, kind, namespace, name, uid }: Workload): OperationTarget {
  return { cluster, resource, apiVersion, kind, namespace, name, uid };
}

/** The workload that a run moves. */
export function targetOfRun({ cluster, resource, apiVersion, kind, namespace, state }: Run): OperationTarget {
  const { name, uid } = state.spec.target;
  return { cluster, resource, apiVersion, kind, namespace, name, uid };
}

export function isActive(run: Run | undefined): run is Run {
  return run !== undefined && !isFinished(run.state);
}

export function forbidden(path: Path, message: string): CommandError {
  return { type: 'ForbiddenError', code: 'FORBIDDEN', message, path, unblock: [] };
}

export function unreachable(path: Path, cluster: string, message: string, code = 'UNREACHABLE'): CommandError {
  return { type: 'ClusterUnreachableError', code, message, path, unblock: [], cluster };
}

export function noSuchCluster(cluster: string, path: Path): CommandError {
  return notFound(path, `there is no cluster ${cluster}`, 'NO_SUCH_CLUSTER');
}

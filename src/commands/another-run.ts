import type { RolloutVerb } from '../rollout/events.ts';
import type { Run } from '../rollout/run.ts';
import type { Runs, RunTarget } from '../rollout/run-book.ts';
import { isFinished } from '../rollout/state.ts';
import { isActive, runInTheWay } from './command-error.ts';
import type { CommandError } from './commands.ts';

/** A run that has ended is taken up again only while no other run moves the workload, or has moved it since. */
export function anotherRunMoves(verb: RolloutVerb, run: Run, runs: Runs): CommandError | undefined {
  if (verb !== 'rollback' || !isFinished(run.state)) return undefined;
  const target = placeOf(run);
  const active = runs.activeOn(target);
  if (isActive(active) && active.uid !== run.uid) return runInTheWay(workloadOf(run), active, []);
  const later = laterOf(run, runs.ofWorkload(target)).find((other) => hasMoved(other, run));
  return later && movedSince(run, later);
}

function workloadOf({ cluster, resource, apiVersion, kind, namespace, state }: Run) {
  const { name, uid } = state.spec.target;
  return { cluster, resource, apiVersion, kind, namespace, name, uid };
}

function placeOf({ cluster, resource, namespace, state }: Run): RunTarget {
  return { cluster, resource, namespace, name: state.spec.target.name };
}

/** `all`: newest first. */
function laterOf(run: Run, all: readonly Run[]): readonly Run[] {
  return all.slice(
    0,
    all.findIndex(({ uid }) => uid === run.uid),
  );
}

/** What it wrote still stands: it has not been rolled back. */
function hasMoved({ state: { spec, status } }: Run, run: Run): boolean {
  return spec.target.uid === run.state.spec.target.uid && status.applied !== undefined && status.applied.shape !== 'ORIGINAL';
}

function movedSince(run: Run, later: Run): CommandError {
  const workload = workloadOf(run);
  const { kind, name } = workload;
  const message = `the run ${later.uid} has moved ${kind} ${name} since: roll that one back, or start a run to the revision that you want`;
  const unblock = ['rolloutRollback', 'rolloutStart'];
  return { type: 'BlockedError', code: 'MOVED_SINCE', message, path: [], unblock, by: workload, run: later.uid };
}

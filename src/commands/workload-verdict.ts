import type { KubeObject } from '../model/kube-object.ts';
import { labelOf } from '../model/labels.ts';
import type { WorkloadRecord } from '../model/workload-record.ts';
import { MARKER_LABEL, parseMarker } from '../rollout/marker.ts';
import { isBrakeLeft } from '../rollout/min-ready-brake.ts';
import { planRollout } from '../rollout/plan.ts';
import type { Runs } from '../rollout/run-book.ts';
import { blocked, foreignRunInTheWay, isActive, runInTheWay, targetOfWorkload, unsupported } from './command-error.ts';
import type { CommandError, WorkloadVerb } from './commands.ts';
import { refusalOfProblem } from './plan-problem.ts';
import { layoutOf } from './workload-layout.ts';

const PATH = ['input', 'workload'];

/**
 * Whether a verb makes sense for the workload as it is; undefined: it does. The one table for mutations, which ask it
 * about the object fresh from its cluster, and for `viewerCan`, which asks it about our copy.
 */
export function verdictOnWorkload(verb: WorkloadVerb, workload: WorkloadRecord, runs: Runs): CommandError | undefined {
  return runOnIt(workload, runs) ?? deletion(workload) ?? VERDICTS[verb](workload, runs);
}

/** A run that is at work on it, ours by the book or another gateway's by its label. `except`: the run that may be. */
export function runOnIt(workload: WorkloadRecord, runs: Runs, except?: string): CommandError | undefined {
  const { cluster, resource, namespace, name } = workload;
  const active = runs.activeOn({ cluster, resource, namespace, name });
  if (isActive(active) && active.uid !== except) return runInTheWay(workload, active, PATH);
  const marked = markedBy(workload);
  if (marked === undefined || marked === except || runs.get(marked) !== undefined) return undefined;
  return foreignRunInTheWay(workload, marked, PATH);
}

/** The run whose label the object carries, where no run is at work on it: one that is over, or at work on another object. */
export function labelLeftBy(workload: WorkloadRecord, runs: Runs): string | undefined {
  return runOnIt(workload, runs) === undefined ? markedBy(workload) : undefined;
}

function markedBy({ labels }: WorkloadRecord): string | undefined {
  return parseMarker(labelOf(labels, MARKER_LABEL) ?? '')?.runId;
}

function deletion({ kind, name, deletionRequestedAt }: WorkloadRecord): CommandError | undefined {
  if (deletionRequestedAt === undefined) return undefined;
  return { type: 'ConflictError', code: 'BEING_DELETED', message: `${kind} ${name} is being deleted`, path: PATH, unblock: [] };
}

/** What an aborted run left to hold the pods: a new template would stand still behind it for ever. */
export function brakeLeft(workload: WorkloadRecord, runs: Runs): CommandError | undefined {
  const { workloadKind, kind, name, uid, minReadySeconds } = workload;
  if (workloadKind !== 'DEPLOYMENT' || !isBrakeLeft(minReadySeconds)) return undefined;
  const by = targetOfWorkload(workload);
  const run = runs.ofWorkload(workload).find(({ state }) => state.spec.target.uid === uid && state.status.applied?.shape === 'HELD');
  const held = `${kind} ${name} is held by the brake (minReadySeconds and strategy) of`;
  if (run === undefined) {
    const message = `${held} a run that this gateway has no record of: give it its own minReadySeconds, progressDeadlineSeconds and strategy first`;
    return { ...blocked('BRAKE_LEFT', message, PATH), type: 'BlockedError', by };
  }
  const message = `${held} the run ${run.uid}, which is ${run.state.status.phase}: roll that run back, or give the workload its strategy by hand, first`;
  return { ...blocked('BRAKE_LEFT', message, PATH, ['rolloutRollback']), type: 'BlockedError', by, run: run.uid };
}

type Verdict = (workload: WorkloadRecord, runs: Runs) => CommandError | undefined;

const VERDICTS: Readonly<Record<WorkloadVerb, Verdict>> = {
  startRollout: (workload, runs) => brakeLeft(workload, runs) ?? plannable(workload),
  scale: (workload) =>
    layoutOf(workload).replicas === undefined ? lacks(workload, 'a number of replicas: its pods follow the nodes') : undefined,
  restart: (workload, runs) => brakeLeft(workload, runs) ?? paused(workload, 'restarted') ?? restartable(workload),
  pause: pausable,
  resume: pausable,
  setPartition: partitionable,
  undo: (workload, runs) => brakeLeft(workload, runs) ?? paused(workload, 'taken back'),
};

function lacks({ kind }: WorkloadRecord, what: string, unblock: readonly string[] = []): CommandError {
  return unsupported(PATH, `a ${kind} has no ${what.replace(/^an? /, '')}`, { unblock });
}

/** As kubectl has it: what is paused does nothing with a new template, and would do it all at once later. */
function paused({ kind, name, strategy }: WorkloadRecord, done: string): CommandError | undefined {
  if (!strategy.paused) return undefined;
  return blocked('PAUSED', `${kind} ${name} is paused: resume it before it is ${done}`, PATH, ['workloadResume']);
}

/** In place only images and metadata change: the annotation would reach the pods, and no container would start anew. */
function restartable({ kind, name, strategy }: WorkloadRecord): CommandError | undefined {
  if (!strategy.inPlace) return undefined;
  return unsupported(PATH, `${kind} ${name} updates its pods in place, which restarts no container: delete pods instead`, {
    code: 'IN_PLACE',
    unblock: ['podDelete', 'podEvict'],
  });
}

function pausable(workload: WorkloadRecord): CommandError | undefined {
  const { pause, partition } = layoutOf(workload);
  if (pause === undefined) return lacks(workload, 'pause', partition === undefined ? [] : ['workloadSetPartition']);
  return onDelete(workload);
}

function partitionable(workload: WorkloadRecord): CommandError | undefined {
  if (layoutOf(workload).partition === undefined)
    return lacks(workload, 'partition', workload.workloadKind === 'DEPLOYMENT' ? ['rolloutStart'] : []);
  return onDelete(workload);
}

/** Where the brake is a member of the rolling update, a server wants none beside OnDelete, and nothing heeds it. */
function onDelete({ kind, name, strategy, workloadKind }: WorkloadRecord): CommandError | undefined {
  if (strategy.type !== 'OnDelete' || workloadKind === 'DEPLOYMENT') return undefined;
  return unsupported(PATH, `${kind} ${name} updates a pod when somebody deletes it (OnDelete): nothing else holds it back`, {
    unblock: ['podDelete'],
  });
}

/** The planner itself decides, about as much of the object as the record tells. */
function plannable(workload: WorkloadRecord): CommandError | undefined {
  const { cluster, workloadKind, resource } = workload;
  const context = { cluster, workloadKind, resource: resource.slice(0, resource.indexOf('.')), now: 0, revisions: [] };
  const outcome = planRollout(sketchOf(workload), { restart: true }, [], context);
  return outcome.ok ? undefined : outcome.problems[0] && refusalOfProblem(outcome.problems[0]);
}

function sketchOf({ apiVersion, kind, namespace, name, uid, replicas, strategy, workloadKind }: WorkloadRecord): KubeObject {
  const brake = strategy.partition === undefined ? {} : { partition: strategy.partition };
  const field = workloadKind === 'DEPLOYMENT' ? 'strategy' : 'updateStrategy';
  const spec = { replicas: replicas.desired, template: { spec: {} }, [field]: { type: strategy.type, ...brake } };
  return { apiVersion, kind, metadata: { namespace, name, uid }, spec };
}

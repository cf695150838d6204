import type { Principal } from '../auth/principal.ts';
import type { WorkloadRecord } from '../model/workload-record.ts';
import { ROLLOUT_VERBS, type RolloutVerb } from '../rollout/events.ts';
import type { Run } from '../rollout/run.ts';
import { revisionsOf } from '../status/revisions.ts';
import { notLeading, readOnlyRefusal, targetOfRun } from './command-error.ts';
import type { CommandDeps } from './command-runner.ts';
import type { Capability, CommandError, RunCapabilities, WorkloadCapabilities, WorkloadVerb } from './commands.ts';
import { WORKLOAD_VERBS } from './commands.ts';
import type { OperationTarget } from './operation.ts';
import { isDown, type Right, refusalOfRight } from './rights.ts';
import { refusedBeforehand, refusedByRight, refusedByRun } from './run-commands.ts';
import { nothingBefore } from './undo.ts';
import { verdictOnWorkload } from './workload-verdict.ts';

/** What would not be refused, by the functions that refuse; only what they know comes from our copy. */
export function workloadCapabilities(
  principal: Principal,
  workload: WorkloadRecord,
  deps: CommandDeps,
): WorkloadCapabilities | Promise<WorkloadCapabilities> {
  const { readOnly, driver } = deps;
  const always = readOnly ? readOnlyRefusal() : undefined;
  const verdicts = workloadVerdicts(workload, deps);
  return withRight(principal, workload, deps, (right) => {
    const missing = refusalOfRight(right, principal, workload, []);
    return asCapabilities(WORKLOAD_VERBS, (verb) => always ?? leading(verb, driver) ?? missing ?? verdicts[verb]);
  });
}

function workloadVerdicts(workload: WorkloadRecord, deps: CommandDeps): Readonly<Partial<Record<WorkloadVerb, CommandError | undefined>>> {
  const verdictOn = (verb: WorkloadVerb) => verdictOnWorkload(verb, workload, deps.runs) ?? history(verb, workload, deps);
  return Object.fromEntries(WORKLOAD_VERBS.map((verb) => [verb, verdictOn(verb)]));
}

function leading(verb: WorkloadVerb, { leads, leader }: CommandDeps['driver']): CommandError | undefined {
  return verb === 'startRollout' && !leads ? notLeading(leader) : undefined;
}

/** Where the copy has the history at all. */
function history(verb: WorkloadVerb, workload: WorkloadRecord, { store }: CommandDeps): CommandError | undefined {
  const cluster = store.cluster(workload.cluster);
  if (verb !== 'undo' || cluster === undefined) return undefined;
  return revisionsOf(cluster, workload).all.length === 1 ? nothingBefore() : undefined;
}

export function rolloutCapabilities(principal: Principal, run: Run, deps: CommandDeps): RunCapabilities | Promise<RunCapabilities> {
  const always = deps.readOnly ? readOnlyRefusal() : undefined;
  return withRight(principal, targetOfRun(run), deps, (right) =>
    asCapabilities(
      ROLLOUT_VERBS,
      (verb: RolloutVerb) =>
        always ??
        refusedBeforehand(deps) ??
        refusedByRight(right, { principal, verb, run, path: [] }) ??
        refusedByRun(verb, run, deps.runs),
    ),
  );
}

/** A cluster that is known not to answer is not waited for. */
function withRight<T>(
  principal: Principal,
  target: OperationTarget,
  { rights, store }: CommandDeps,
  then: (right: Right) => T,
): T | Promise<T> {
  const known = rights.known(principal, target);
  if (known !== undefined) return then(known);
  return isDown(store, target.cluster) ? then(rights.remembered(principal, target)) : rights.ask(principal, target).then(then);
}

function asCapabilities<V extends string>(
  verbs: readonly V[],
  refusalOf: (verb: V) => CommandError | undefined,
): Readonly<Record<V, Capability>> {
  return Object.fromEntries(verbs.map((verb) => [verb, capabilityOf(refusalOf(verb))])) as Record<V, Capability>;
}

function capabilityOf(refusal: CommandError | undefined): Capability {
  return refusal === undefined ? { allowed: true } : { allowed: false, reason: refusal.message };
}

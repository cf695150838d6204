import type { NewRollout, RolloutProgress, RolloutRecord } from '../../hub/rollout-record.ts';
import type { JsonObject } from '../../model/kube-object.ts';
import { groupResourceOf, parseApiVersion } from '../../model/resource.ts';
import { isObject } from '../json.ts';
import { isFinished, type RolloutSpec, type RolloutState, type RolloutStatus, STATE_FORMAT } from '../state.ts';

/**
 * A run as the hub keeps it: `plan` is the spec, `state` is `{format, status}`. What never changes is told from what
 * does, and is written once.
 */
export function newRolloutOf(state: RolloutState): NewRollout {
  const { runId, createdAt, author, target } = state.spec;
  const { cluster, apiVersion, kind, namespace, name, uid } = target;
  const resource = groupResourceOf({ group: parseApiVersion(apiVersion).group, resource: target.resource });
  return {
    id: runId,
    target: { cluster, resource, apiVersion, kind, namespace, name, uid },
    createdBy: author.username,
    createdAt,
    plan: state.spec as unknown as JsonObject,
    ...progressOf(state),
  };
}

export function progressOf({ format, spec, status }: RolloutState): RolloutProgress {
  const { phase, reason, steps, currentStep, finishedAt } = status;
  return {
    state: { format, status } as unknown as JsonObject,
    phase,
    reason: reason.code,
    step: `${Math.min(currentStep + 1, steps.length)}/${steps.length}`,
    // What has ended is told by the phase: an end that was reopened has none.
    ...(isFinished({ status }) && { finishedAt: finishedAt ?? spec.createdAt }),
  };
}

/** Undefined: written by a version that knows another layout. Such a run is left alone. */
export function stateOf({ plan, state }: Pick<RolloutRecord, 'plan' | 'state'>): RolloutState | undefined {
  const { format, status } = state;
  if (format !== STATE_FORMAT || !isObject(status) || !isObject(plan['target'])) return undefined;
  return { format: STATE_FORMAT, spec: plan as unknown as RolloutSpec, status: status as unknown as RolloutStatus };
}

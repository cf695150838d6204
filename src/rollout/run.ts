import type { ObjectRecord } from '../model/object-record.ts';
import type { RolloutState } from './state.ts';

/**
 * A run as readers see it, shaped like every other record so that lists and streams treat it alike: `cluster`,
 * `resource`, `apiVersion`, `kind` and `namespace` are those of the workload that it moves (who may see the workload
 * may see its runs); `name` and `uid` are the run's id.
 */
export interface Run extends ObjectRecord {
  readonly state: RolloutState;
}

/** `version`: of the hub's object when it was last heard of; ordered by nothing. */
export function runOfState(state: RolloutState, version: string): Run {
  const { target, runId, createdAt } = state.spec;
  const { cluster, resource, apiVersion, kind, namespace } = target;
  const group = apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')));
  return {
    ...{ cluster, apiVersion, kind, namespace, createdAt, state },
    resource: group === '' ? resource : `${resource}.${group}`,
    name: runId,
    uid: runId,
    resourceVersion: version,
    labels: {},
  };
}

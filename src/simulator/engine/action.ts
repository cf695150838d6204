import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import type { Resource } from '../../model/resource.ts';

/** What a controller wants done. Carried out in order; the first failure ends the pass, which is then looked at again. */
export type Action =
  /** `owner` hears of the outcome by an event: SuccessfulCreate or FailedCreate. */
  | { readonly do: 'create'; readonly resource: Resource; readonly object: KubeObject; readonly owner?: KubeObject }
  /** Replaces the object as it was observed; somebody else's change in between is a reason to look again. */
  | { readonly do: 'update'; readonly resource: Resource; readonly object: KubeObject; readonly subresource?: string }
  /** A merge patch, for single members that nobody else decides about. */
  | {
      readonly do: 'patch';
      readonly resource: Resource;
      readonly object: KubeObject;
      readonly body: JsonObject;
      readonly subresource?: string;
    }
  /** `owner` hears of it by an event SuccessfulDelete. */
  | {
      readonly do: 'delete';
      readonly resource: Resource;
      readonly object: KubeObject;
      readonly options?: Deletion;
      readonly owner?: KubeObject;
    }
  /** Deletes all events of a namespace: they are not cached. */
  | { readonly do: 'forget-events'; readonly namespace: string }
  /** Lets a terminating namespace go. */
  | { readonly do: 'finalize'; readonly namespace: KubeObject }
  | { readonly do: 'bind'; readonly pod: KubeObject; readonly nodeName: string }
  | { readonly do: 'record'; readonly event: EventDraft };

export interface Deletion {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
}

export interface EventDraft {
  readonly regarding: KubeObject;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** Who says so: "kubelet", "deployment-controller". */
  readonly component: string;
  readonly host?: string;
  /** Which part of the object: "spec.containers{app}". */
  readonly fieldPath?: string;
}

export interface Decision {
  readonly actions: readonly Action[];
  /** When to look again although nothing changed. */
  readonly lookAgainInMs?: number;
}

export const NOTHING_TO_DO: Decision = { actions: [] };

/** The soonest of several reasons to look again. */
export function soonest(...waitsMs: readonly (number | undefined)[]): { lookAgainInMs?: number } {
  const given = waitsMs.filter((wait) => wait !== undefined);
  return given.length === 0 ? {} : { lookAgainInMs: Math.min(...given) };
}

export function replaceStatus(resource: Resource, object: KubeObject, status: JsonObject): Action {
  return { do: 'update', resource, object: { ...object, status }, subresource: 'status' };
}

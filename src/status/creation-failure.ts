import type { ConditionRecord } from '../model/object-record.ts';
import type { CauseCode, CauseSource } from './cause.ts';
import type { Observation } from './observation.ts';

/** Pods that should be there cannot be made. */
export interface CreationFailure {
  readonly code: CauseCode;
  /** A clause: "the quota ... allows no more pods". */
  readonly text: string;
  readonly attributedTo: CauseSource;
  readonly since?: number;
  /** It is certain: a condition that the controller keeps true, or a warning that it repeats. */
  readonly lasting: boolean;
}

/** The controller's latest complaint, while pods are missing. */
export function creationFailure(observation: Observation): CreationFailure | undefined {
  const { workload, active, updated, target, now } = observation;
  if (active >= workload.replicas.desired && updated >= target) return undefined;
  return fromConditions(workload.conditions, now) ?? fromWarnings(observation) ?? fromStickyConditions(workload.conditions);
}

const PATIENCE_MS = 60_000;
/** Controllers repeat a failed creation after at most a quarter of an hour. */
const WARNING_LIFE_MS = 1_000_000;
const MAX_TEXT = 240;

function fromConditions(conditions: readonly ConditionRecord[], now: number): CreationFailure | undefined {
  const failed = conditions.find(
    ({ type, status, reason }) =>
      (type === 'ReplicaFailure' && status === 'True') || (type === 'Progressing' && reason === 'ReplicaSetCreateError'),
  );
  return failed && failureOf(failed.message, failed.since, failed.since === undefined || now - failed.since >= PATIENCE_MS);
}

/** OpenKruise sets these and never takes them back: good for an explanation, not for a conclusion. */
function fromStickyConditions(conditions: readonly ConditionRecord[]): CreationFailure | undefined {
  const failed = conditions.find(
    ({ type, status }) =>
      status === 'True' && (type === 'FailedScale' || type === 'FailedCreatePod' || type === 'FailedUpdate' || type === 'FailedUpdatePod'),
  );
  return failed && failureOf(failed.message, failed.since, false);
}

function fromWarnings({ view, pods, now }: Observation): CreationFailure | undefined {
  const warning = view.warnings().find((event) => event.reason === 'FailedCreate');
  if (warning?.lastSeenAt === undefined || now - warning.lastSeenAt > WARNING_LIFE_MS) return undefined;
  const lastSeenAt = warning.lastSeenAt;
  if (pods.some(({ pod }) => pod.createdAt > lastSeenAt)) return undefined;
  const firstSeenAt = warning.firstSeenAt ?? lastSeenAt;
  return failureOf(warning.message, firstSeenAt, now - firstSeenAt >= PATIENCE_MS);
}

function failureOf(message: string | undefined, since: number | undefined, lasting: boolean): CreationFailure {
  return { ...explain(message ?? ''), ...(since !== undefined && { since }), lasting };
}

/** A webhook's own words are left out: they may quote the object, and everybody who sees the workload reads this. */
function explain(message: string): Pick<CreationFailure, 'code' | 'text' | 'attributedTo'> {
  const quota = message.indexOf('exceeded quota:');
  if (quota >= 0)
    return { code: 'QuotaExceeded', text: `a quota allows no more pods (${cut(message.slice(quota))})`, attributedTo: 'POLICY' };
  const webhook = quotedAfter(message, 'webhook "');
  if (message.includes('failed calling webhook')) {
    return { code: 'WebhookFailed', text: `the admission webhook ${webhook} does not answer`, attributedTo: 'ENVIRONMENT' };
  }
  if (message.includes('admission webhook')) {
    return { code: 'WebhookDenied', text: `the admission webhook ${webhook} refuses the pods`, attributedTo: 'POLICY' };
  }
  if (message.includes('disruption budget') || message.includes('PodUnavailableBudget')) {
    return { code: 'PodDisruptionBudget', text: 'a disruption budget lets no pod go', attributedTo: 'POLICY' };
  }
  if (message.includes('is forbidden'))
    return { code: 'AdmissionDenied', text: `the pods are refused (${cut(message)})`, attributedTo: 'POLICY' };
  return {
    code: 'ReplicaFailure',
    text: message === '' ? 'pods cannot be created' : `pods cannot be created (${cut(message)})`,
    attributedTo: 'UNKNOWN',
  };
}

function quotedAfter(message: string, opening: string): string {
  const start = message.indexOf(opening);
  const end = start < 0 ? -1 : message.indexOf('"', start + opening.length);
  return end < 0 ? 'of the cluster' : message.slice(start + opening.length, end);
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}

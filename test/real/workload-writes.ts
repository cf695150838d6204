import type { AuditEvent } from '../controlplane/cluster-client.ts';
import type { Target, WorkloadWrite } from '../scenarios/stage.ts';

const LABEL = '/metadata/labels/fleetgraph.io~1rollout';

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

/** The successful writes of a workload by anybody but the administrator, who made it, as the audit log has them. */
export function writesIn(events: readonly AuditEvent[], target: Target): WorkloadWrite[] {
  return writeEventsIn(events, target).map(({ requestObject, user, impersonatedUser }) => ({
    marker: markerSetBy(requestObject),
    user: user?.username ?? '',
    impersonated: impersonatedUser?.username,
  }));
}

/** The same as the events themselves. */
export function writeEventsIn(events: readonly AuditEvent[], { kind, namespace, name }: Target): AuditEvent[] {
  const ofTarget = events.filter(
    ({ verb, objectRef, requestURI, user }) =>
      objectRef?.resource === (kind === 'CLONE_SET' ? 'clonesets' : 'deployments') &&
      objectRef.namespace === namespace &&
      objectRef.name === name &&
      (objectRef.subresource === undefined || objectRef.subresource === 'scale') &&
      ['patch', 'update', 'delete'].includes(verb) &&
      !requestURI.includes('dryRun=All') &&
      user?.username !== 'admin',
  );
  return ofTarget.filter((event, at) => isDone(event, ofTarget.slice(at + 1)));
}

/**
 * A client that is killed takes the server's answer with it: the log then has a cancelled request (504), also of a write
 * that was carried out, as one in twenty are. That it was is said by the next write that succeeds, which holds the
 * object to the label of this one; of the last write, which takes the label away, by there being no other.
 */
function isDone({ responseStatus, requestObject }: AuditEvent, later: readonly AuditEvent[]): boolean {
  if (responseStatus?.code === 200) return true;
  if (responseStatus?.code !== 504) return false;
  const marker = markerSetBy(requestObject);
  if (marker === null) return later.every((event) => markerSetBy(event.requestObject) !== null);
  const next = later.find((event) => event.responseStatus?.code === 200);
  return marker !== undefined && (next?.requestObject as Operation[] | undefined)?.some((operation) => holdsTo(operation, marker)) === true;
}

function holdsTo({ op, path, value }: Operation, marker: string): boolean {
  return op === 'test' && path === LABEL && value === marker;
}

/** Of a JSON Patch: the label that it sets, null when it takes it away. */
function markerSetBy(body: unknown): string | null | undefined {
  if (!Array.isArray(body)) return undefined;
  for (const { op, path, value } of body as Operation[]) {
    if (path === LABEL && op === 'remove') return null;
    if (path === LABEL && (op === 'add' || op === 'replace')) return String(value);
    if (path === '/metadata/labels' && op === 'add') return (value as Record<string, string>)['fleetgraph.io/rollout'];
  }
  return undefined;
}

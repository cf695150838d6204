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
  return events.filter(
    ({ verb, objectRef, responseStatus, requestURI, user }) =>
      objectRef?.resource === (kind === 'CLONE_SET' ? 'clonesets' : 'deployments') &&
      objectRef.namespace === namespace &&
      objectRef.name === name &&
      (objectRef.subresource === undefined || objectRef.subresource === 'scale') &&
      ['patch', 'update', 'delete'].includes(verb) &&
      responseStatus?.code === 200 &&
      !requestURI.includes('dryRun=All') &&
      user?.username !== 'admin',
  );
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

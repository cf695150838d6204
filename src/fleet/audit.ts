import { INTERRUPTED, type Interrupted, interruptible } from '../informer/interruptible.ts';
import { isApiError } from '../kube/api-error.ts';
import type { ApiServer, ListPage } from '../kube/api-server.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { ObjectRecord } from '../model/object-record.ts';
import { groupResourceOf, type Resource } from '../model/resource.ts';
import { compareResourceVersions, type ResourceVersion } from '../model/resource-version.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ClusterStore } from '../store/graph-store.ts';
import { recordsOf } from './records-of.ts';

export interface AuditOptions {
  readonly apiServer: ApiServer;
  readonly resource: Resource;
  /** The cluster as it is held now; undefined when it has left. */
  readonly held: () => ClusterStore | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly pageSize: number;
  /** How long the copy may take to reach the state that the comparison is with. */
  readonly patienceMs: number;
}

/** `not-compared`: the copy moved in ways that make a comparison unfair, or the kind's versions have no order. */
export type AuditResult = 'equal' | 'different' | 'not-compared';

/** Looked into one by one: one true difference is enough. */
const MAX_SUSPECTS = 20;
const STEP_MS = 500;

type Suspect = { readonly uid: string } & (
  | { readonly is: 'missing'; readonly name: string; readonly namespace?: string }
  | { readonly is: 'old'; readonly version: ResourceVersion }
  | { readonly is: 'impossible'; readonly version: ResourceVersion }
);

/**
 * Compares what is held of a kind with the server, by uid and version alone, and never takes for a defect what is only
 * on its way: differences are judged when the copy has reached the version that the list shows. Throws `ApiError`.
 */
export async function auditKind(options: AuditOptions): Promise<AuditResult> {
  const { clock, signal, patienceMs } = options;
  const listed = await compareWithList(options);
  if (listed === undefined) return 'not-compared';
  const { suspects, named, version, epoch } = listed;
  for (let waitedMs = 0; !isReached(options, version); waitedMs += STEP_MS) {
    if (signal.aborted || waitedMs >= patienceMs) return 'not-compared';
    await clock.sleep(STEP_MS, signal);
  }
  if (epochOf(options) !== epoch) return 'not-compared';
  if (hasGhost(options, named, version)) return 'different';
  for (const suspect of suspects) if (await isConfirmed(suspect, options)) return epochOf(options) === epoch ? 'different' : 'not-compared';
  return 'equal';
}

interface Listed {
  readonly version: ResourceVersion;
  readonly epoch: number;
  readonly named: ReadonlySet<string>;
  readonly suspects: readonly Suspect[];
}

async function compareWithList(options: AuditOptions): Promise<Listed | undefined> {
  const epoch = epochOf(options);
  const named = new Set<string>();
  const suspects: Suspect[] = [];
  let version: ResourceVersion | undefined;
  for (let token: string | undefined = ''; token !== undefined; ) {
    const page = await listPage(options, token);
    if (page === INTERRUPTED || epoch === undefined) return undefined;
    version ??= page.resourceVersion;
    for (const item of page.items) {
      named.add(item.metadata.uid ?? '');
      const suspect = suspicionOf(item, version, options);
      if (suspect !== undefined && suspects.length < MAX_SUSPECTS) suspects.push(suspect);
    }
    token = page.continue === token ? undefined : page.continue;
  }
  return version === undefined || epoch === undefined || compareResourceVersions(version, '0') === undefined
    ? undefined
    : { version, epoch, named, suspects };
}

function listPage({ apiServer, resource, pageSize, signal }: AuditOptions, token: string): Promise<ListPage | Interrupted> {
  const from = token === '' ? {} : { continue: token };
  return interruptible(apiServer.list(resource, { limit: pageSize, metadataOnly: true, fields: {}, signal, ...from }), signal);
}

function suspicionOf({ metadata }: KubeObject, listVersion: ResourceVersion, { held, resource }: AuditOptions): Suspect | undefined {
  const { uid = '', name, namespace, resourceVersion = '' } = metadata;
  const record = held()?.byUid(groupResourceOf(resource), uid);
  if (record === undefined) return { is: 'missing', uid, name, ...(namespace !== undefined && { namespace }) };
  if (isOlder(record.resourceVersion, resourceVersion)) return { is: 'old', uid, version: resourceVersion };
  // A version that the object never had, as far as the list goes: of a history that was lost when the server was restored.
  const isImpossible = isOlder(resourceVersion, record.resourceVersion) && !isOlder(listVersion, record.resourceVersion);
  return isImpossible ? { is: 'impossible', uid, version: record.resourceVersion } : undefined;
}

/** Held, not named by the list, and not younger than it; or of a version that its kind has not come to. */
function hasGhost({ held, resource }: AuditOptions, named: ReadonlySet<string>, version: ResourceVersion): boolean {
  const cluster = held();
  const key = groupResourceOf(resource);
  if (cluster === undefined) return false;
  const position = cluster.position(key)?.resourceVersion ?? '';
  for (const record of recordsOf(cluster, key)) {
    if (!named.has(record.uid) && !isOlder(version, record.resourceVersion)) return true;
    if (isOlder(position, record.resourceVersion)) return true;
  }
  return false;
}

/** Still so, now that the copy has caught up; an object that is not held must be there on the server. */
async function isConfirmed(suspect: Suspect, { apiServer, resource, held, signal }: AuditOptions): Promise<boolean> {
  const key = groupResourceOf(resource);
  const record = (): ObjectRecord | undefined => held()?.byUid(key, suspect.uid);
  if (suspect.is === 'impossible') return record()?.resourceVersion === suspect.version;
  if (suspect.is === 'old') return isOlder(record()?.resourceVersion ?? suspect.version, suspect.version);
  if (record() !== undefined) return false;
  try {
    const { name, namespace } = suspect;
    const object = await interruptible(
      apiServer.get(resource, namespace === undefined ? { name } : { name, namespace }, { signal }),
      signal,
    );
    return object !== INTERRUPTED && object.metadata.uid === suspect.uid && record() === undefined;
  } catch (error) {
    if (isApiError(error, 'not-found')) return false;
    throw error;
  }
}

function isReached({ held, resource }: AuditOptions, version: ResourceVersion): boolean {
  const position = held()?.position(groupResourceOf(resource))?.resourceVersion;
  return position !== undefined && (compareResourceVersions(position, version) ?? -1) >= 0;
}

function epochOf({ held, resource }: AuditOptions): number | undefined {
  return held()?.position(groupResourceOf(resource))?.epoch;
}

function isOlder(a: ResourceVersion, b: ResourceVersion): boolean {
  return (compareResourceVersions(a, b) ?? 0) < 0;
}

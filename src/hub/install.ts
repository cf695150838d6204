import { type ApiError, isApiError } from '../kube/api-error.ts';
import type { AccessAttributes, ApiServer } from '../kube/api-server.ts';
import type { JsonObject, KubeObject } from '../model/kube-object.ts';
import { apiVersionOf, type Resource } from '../model/resource.ts';
import type { Clock } from '../runtime/clock.ts';
import { DEFINITIONS_REVISION, HUB_DEFINITIONS, REVISION_ANNOTATION } from './crds.ts';
import { HubError } from './hub-error.ts';
import { DEFINITIONS, HUB_GROUP, HUB_NAMESPACE, HUB_VERSION, LEASES, NAMESPACES, OPERATIONS, ROLLOUTS } from './resources.ts';

export interface InstallOptions {
  readonly clock: Clock;
  /** How long to wait until the kinds are served; default 30 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const TIMEOUT_MS = 30_000;
const LOOK_AGAIN_MS = 250;
const ATTEMPTS = 5;

/**
 * Makes `apiServer` a hub: our kinds, our namespace, and proof that we may use them. May be repeated at any time, and by
 * several gateways at once. Kinds that an administrator has installed are enough: then no right to install is needed.
 * Throws `HubError` `not-allowed` or `not-installed`, or `ApiError` when the server cannot be reached.
 */
export async function installHub(apiServer: ApiServer, { clock, timeoutMs = TIMEOUT_MS, signal }: InstallOptions): Promise<void> {
  for (const definition of HUB_DEFINITIONS) {
    const refusal = await refusalOf(() => applyDefinition(apiServer, definition));
    if (refusal !== undefined && !(await isServed(apiServer, definition.metadata.name))) throw notAllowed(refusal.message, refusal);
  }
  const refusal = await refusalOf(() => createNamespace(apiServer));
  await untilServed(apiServer, { clock, timeoutMs, ...(signal && { signal }) });
  await checkRights(apiServer);
  if (refusal !== undefined) await checkNamespace(apiServer, refusal);
}

/** Without the right to install, what is there decides. */
async function refusalOf(action: () => Promise<void>): Promise<ApiError | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    if (!isApiError(error, 'forbidden')) throw error;
    return error;
  }
}

async function isServed(apiServer: ApiServer, name: string): Promise<boolean> {
  return (await apiServer.discover()).some(({ group, resource }) => `${resource}.${group}` === name);
}

/** Whether a namespace that we may not look at is there, only a write tells. */
async function checkNamespace(apiServer: ApiServer, refusal: ApiError): Promise<void> {
  const metadata = { name: '', generateName: 'fleetgraph-probe-', namespace: HUB_NAMESPACE };
  try {
    await apiServer.create(LEASES, { apiVersion: apiVersionOf(LEASES), kind: LEASES.kind, metadata, spec: {} }, { dryRun: true });
  } catch (error) {
    if (isApiError(error, 'not-found')) throw notAllowed(refusal.message, error);
    throw error;
  }
}

async function applyDefinition(apiServer: ApiServer, wanted: KubeObject): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const present = await found(() => apiServer.get(DEFINITIONS, { name: wanted.metadata.name }));
    if (present !== undefined && revisionOf(present) >= DEFINITIONS_REVISION) return;
    try {
      if (present === undefined) await apiServer.create(DEFINITIONS, wanted);
      else await apiServer.update(DEFINITIONS, replacing(present, wanted));
      return;
    } catch (error) {
      // Another gateway was faster: look again.
      if (!isApiError(error, 'conflict')) throw error;
    }
  }
  throw new HubError('conflict', `${wanted.metadata.name} keeps changing while it is being installed`);
}

function revisionOf({ metadata }: KubeObject): number {
  return Number(metadata.annotations?.[REVISION_ANNOTATION] ?? 0);
}

function replacing(present: KubeObject, { metadata: { labels, annotations }, spec }: KubeObject): KubeObject {
  const metadata = {
    ...present.metadata,
    labels: { ...present.metadata.labels, ...labels },
    annotations: { ...present.metadata.annotations, ...annotations },
  };
  return { ...present, metadata, spec: spec as JsonObject };
}

async function createNamespace(apiServer: ApiServer): Promise<void> {
  if ((await found(() => apiServer.get(NAMESPACES, { name: HUB_NAMESPACE }))) !== undefined) return;
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: HUB_NAMESPACE } };
  await apiServer.create(NAMESPACES, namespace).catch((error: unknown) => {
    if (!isApiError(error, 'conflict')) throw error;
  });
}

async function found(get: () => Promise<KubeObject>): Promise<KubeObject | undefined> {
  try {
    return await get();
  } catch (error) {
    if (isApiError(error, 'not-found')) return undefined;
    throw error;
  }
}

async function untilServed(apiServer: ApiServer, { clock, timeoutMs = TIMEOUT_MS, signal }: InstallOptions): Promise<void> {
  const deadline = clock.monotonic() + timeoutMs;
  while (!(await areServed(apiServer))) {
    signal?.throwIfAborted();
    if (clock.monotonic() >= deadline)
      throw new HubError(
        'not-installed',
        `the hub does not serve ${HUB_GROUP}/${HUB_VERSION} ${timeoutMs / 1_000} s after its installation`,
      );
    await clock.sleep(LOOK_AGAIN_MS, signal);
  }
}

/** Not only discovered: a fresh kind answers 404 or 503 for a moment after it is announced. */
async function areServed(apiServer: ApiServer): Promise<boolean> {
  const served = await apiServer.discover();
  for (const kind of [ROLLOUTS, OPERATIONS]) {
    if (!served.some((each) => each.group === kind.group && each.version === kind.version && each.resource === kind.resource)) return false;
    if (!(await answers(apiServer, kind))) return false;
  }
  return true;
}

async function answers(apiServer: ApiServer, kind: Resource): Promise<boolean> {
  try {
    await apiServer.list(kind, { namespace: HUB_NAMESPACE, limit: 1 });
    return true;
  } catch (error) {
    // Whether we may is asked next, and for all verbs.
    if (isApiError(error, 'forbidden')) return true;
    if (isApiError(error, 'not-found', 'throttled', 'server-error')) return false;
    throw error;
  }
}

const OUR_VERBS = ['get', 'list', 'watch', 'create', 'update', 'delete'];
const NEEDED: readonly (readonly [Resource, readonly string[]])[] = [
  [ROLLOUTS, OUR_VERBS],
  [OPERATIONS, OUR_VERBS],
  [LEASES, ['get', 'create', 'update']],
];

async function checkRights(apiServer: ApiServer): Promise<void> {
  const questions = NEEDED.flatMap(([{ group, resource }, verbs]) =>
    verbs.map((verb): AccessAttributes => ({ verb, group, resource, namespace: HUB_NAMESPACE })),
  );
  const answered = await Promise.all(questions.map(async (access) => ({ access, ...(await apiServer.reviewOwnAccess(access)) })));
  const missing = answered.filter(({ allowed }) => !allowed).map(({ access }) => `${access.verb} ${access.resource}.${access.group}`);
  if (missing.length > 0) throw notAllowed(`in namespace ${HUB_NAMESPACE} we may not: ${missing.join(', ')}`);
}

function notAllowed(what: string, cause?: unknown): HubError {
  const remedy = 'grant these rights on the hub cluster, or let an administrator start the gateway there once, or leave out --hub';
  return new HubError('not-allowed', `the hub refuses its installation: ${what}; ${remedy}`, cause);
}

import { ApiServerCore } from '../../src/apiserver/api-server-core.ts';
import type { Fault, FaultHook } from '../../src/apiserver/http/fault.ts';
import { startHttpsServer } from '../../src/apiserver/https-server.ts';
import { type Fleet, startFleet } from '../../src/fleet/fleet.ts';
import type { FleetTuning } from '../../src/fleet/fleet-tuning.ts';
import { ApiError } from '../../src/kube/api-error.ts';
import type { ApiServer, ListOptions, WatchOptions } from '../../src/kube/api-server.ts';
import { staticCredentials } from '../../src/kube/http/credentials.ts';
import { HttpApiServer } from '../../src/kube/http/http-api-server.ts';
import { NodeTransport } from '../../src/kube/http/node-transport.ts';
import type { ClusterSync } from '../../src/model/cluster.ts';
import type { Resource } from '../../src/model/resource.ts';
import { type Clock, systemClock } from '../../src/runtime/clock.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { seededRandom } from '../../src/runtime/random.ts';
import { VirtualClock } from '../../src/runtime/virtual-clock.ts';
import type { Commit } from '../../src/store/commit.ts';
import type { ClusterStore } from '../../src/store/graph-store.ts';
import { InMemoryGraphStore } from '../../src/store/in-memory-graph-store.ts';
import { aDefinition } from './a-fleet.ts';

const ADMIN = { token: 'admin-token', user: { username: 'admin', groups: ['system:masters'] } };
const POLL_MS = 5;

/** How the informers reach the server: in this process and in virtual time, or over loopback with TLS. */
export type Way = 'in process' | 'http/1.1' | 'h2';

/** One cluster, its informers, and the ways to trouble them; the same scripts run whatever lies in between. */
export interface InformerStage extends AsyncDisposable {
  readonly core: ApiServerCore;
  readonly client: ApiServer;
  readonly commits: readonly Commit[];
  readonly fleet: Fleet;
  sync(): ClusterSync;
  cluster(): ClusterStore;
  /** Throws when `condition` does not come true within so many milliseconds of the stage's own time. */
  until(condition: () => boolean, withinMs?: number): Promise<void>;
  pass(ms: number): Promise<void>;
  /** Ends every watch; over loopback by destroying the connections. */
  cut(): void;
  /** What happens to lists and watches of pods from now on. */
  troublePods(fault: Fault | undefined): void;
  /** Requests for pods so far, of all sorts. */
  podRequests(): number;
}

interface Wiring {
  readonly clock: Clock;
  readonly core: ApiServerCore;
  readonly faults: PodFaults;
  readonly apiServer: ApiServer;
  readonly until: InformerStage['until'];
  readonly pass: InformerStage['pass'];
  readonly cut: () => void;
  readonly close: () => Promise<void>;
}

export async function openStage(way: Way, prepare: (client: ApiServer) => Promise<void>, tuning: Partial<FleetTuning> = {}) {
  const wiring = way === 'in process' ? inProcess() : await overLoopback(way);
  const { clock, core, faults, apiServer } = wiring;
  await prepare(core.client());
  const store = new InMemoryGraphStore({ now: () => clock.now() });
  const commits: Commit[] = [];
  store.onCommit((commit) => commits.push(commit));
  const definitions = [aDefinition('dev', apiServer)];
  const fleet = startFleet({ definitions, store, clock, random: seededRandom(11), logger: silentLogger, tuning });
  const cluster = (): ClusterStore => {
    const found = store.cluster('dev');
    if (found === undefined) throw new Error('no cluster');
    return found;
  };
  const stage: InformerStage = {
    ...{ core, client: core.client(), commits, fleet, cluster, until: wiring.until, pass: wiring.pass, cut: wiring.cut },
    sync: () => cluster().record.sync,
    troublePods: (fault) => {
      faults.present = fault;
    },
    podRequests: () => faults.requests,
    async [Symbol.asyncDispose]() {
      await fleet[Symbol.asyncDispose]();
      await wiring.close();
    },
  };
  return stage;
}

/** Trouble for whoever asks for pods. */
class PodFaults {
  present: Fault | undefined;
  requests = 0;

  readonly hook: FaultHook = ({ path }) => {
    if (!path.endsWith('/pods')) return undefined;
    this.requests += 1;
    return this.present;
  };
}

function newCore(clock: Clock): ApiServerCore {
  return new ApiServerCore({ name: 'dev', clock, random: seededRandom(1), users: [ADMIN], history: { maxChanges: 200 } });
}

function inProcess(): Wiring {
  const clock = new VirtualClock();
  const core = newCore(clock);
  const faults = new PodFaults();
  return {
    ...{ clock, core, faults, apiServer: troubled(core.client(), faults) },
    until: (condition, withinMs = 60_000) => clock.advanceUntil(condition, withinMs),
    pass: (ms) => clock.advanceBy(ms),
    cut: () => core.closeWatches(),
    close: async () => core.close(),
  };
}

async function overLoopback(protocol: 'http/1.1' | 'h2'): Promise<Wiring> {
  const clock = systemClock;
  const core = newCore(clock);
  const faults = new PodFaults();
  const https = await startHttpsServer({ cores: [core], faults: faults.hook });
  const { server, caData } = https.address('dev');
  const ca = Buffer.from(caData, 'base64').toString('utf8');
  const trust = () => Promise.resolve({ ca, insecureSkipVerify: false });
  const transport = new NodeTransport({ server: new URL(server), clock, trust, protocols: [protocol] });
  const credentials = staticCredentials({ authorization: `Bearer ${ADMIN.token}` });
  const apiServer = new HttpApiServer({ transport, credentials, clock, userAgent: 'fleetgraph/test' });
  return {
    ...{ clock, core, faults, apiServer },
    until: (condition, withinMs = 20_000) => pollUntil(condition, clock, withinMs),
    pass: (ms) => clock.sleep(ms),
    cut() {
      https.stop('dev');
      https.resume('dev');
    },
    async close() {
      await apiServer.close();
      await https.close();
      core.close();
    },
  };
}

async function pollUntil(condition: () => boolean, clock: Clock, withinMs: number): Promise<void> {
  const endsAt = clock.monotonic() + withinMs;
  while (!condition()) {
    if (clock.monotonic() > endsAt) throw new Error(`condition not met within ${withinMs} ms`);
    await clock.sleep(POLL_MS);
  }
}

/** What the faults do on the wire, as errors of the port. */
function troubled(apiServer: ApiServer, faults: PodFaults): ApiServer {
  const meet = ({ resource }: Resource) => {
    const fault = faults.hook({ cluster: 'dev', method: 'GET', path: `/${resource}`, query: new URLSearchParams() });
    if (fault?.status !== undefined) throw errorOf(fault.status, fault.retryAfterSeconds);
    if (fault?.refuse === true || fault?.cutAfterBytes !== undefined)
      throw new ApiError('unreachable', 'cut off', { reason: 'ECONNRESET' });
  };
  return {
    async list(resource: Resource, options?: ListOptions) {
      meet(resource);
      return apiServer.list(resource, options);
    },
    async *watch(resource: Resource, options: WatchOptions) {
      meet(resource);
      yield* apiServer.watch(resource, options);
    },
    get: (...request) => apiServer.get(...request),
    create: (...request) => apiServer.create(...request),
    update: (...request) => apiServer.update(...request),
    patch: (...request) => apiServer.patch(...request),
    delete: (...request) => apiServer.delete(...request),
    evict: (...request) => apiServer.evict(...request),
    discover: (...request) => apiServer.discover(...request),
    version: (...request) => apiServer.version(...request),
    reviewAccess: (...request) => apiServer.reviewAccess(...request),
    reviewOwnAccess: (...request) => apiServer.reviewOwnAccess(...request),
    reviewToken: (...request) => apiServer.reviewToken(...request),
    close: () => apiServer.close(),
  };
}

function errorOf(status: number, retryAfterSeconds: number | undefined): ApiError {
  const retryAfterMs = retryAfterSeconds === undefined ? {} : { retryAfterMs: retryAfterSeconds * 1_000 };
  return new ApiError(status === 429 ? 'throttled' : 'server-error', 'on purpose', { status, ...retryAfterMs });
}

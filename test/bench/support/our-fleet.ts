import { ChangeLog } from '../../../src/feed/change-log.ts';
import { startFleet } from '../../../src/fleet/fleet.ts';
import { staticCredentials } from '../../../src/kube/http/credentials.ts';
import { HttpApiServer } from '../../../src/kube/http/http-api-server.ts';
import { NodeTransport } from '../../../src/kube/http/node-transport.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { Pump } from '../../../src/runtime/pump.ts';
import { systemRandom } from '../../../src/runtime/random.ts';
import { InMemoryGraphStore } from '../../../src/store/in-memory-graph-store.ts';

export interface OurFleet extends AsyncDisposable {
  readonly store: InMemoryGraphStore;
  /** Changes of objects that readers have been told of. */
  readonly published: number;
  pods(): number;
  liveClusters(): number;
}

/** As the program wires it: fleet, store and change log over our own transport. */
export function startOurFleet(urls: readonly string[], copies?: Parameters<typeof startFleet>[0]['copies']): OurFleet {
  const clock = systemClock;
  const store = new InMemoryGraphStore({ now: () => clock.now(), seed: systemRandom.int(2 ** 31) });
  const log = new ChangeLog({ clock, logger: silentLogger });
  let published = 0;
  store.onCommit((commit) => {
    log.append(commit);
    published += commit.changes.length;
  });
  const pump = new Pump(clock);
  const definitions = urls.map((url, at) => {
    const transport = new NodeTransport({ server: new URL(url), clock, trust: async () => ({ insecureSkipVerify: false }) });
    const options = { transport, credentials: staticCredentials({}), clock, userAgent: 'fleetgraph/bench', lane: pump.lane() };
    return { name: `c${at}`, source: 'KUBECONFIG' as const, labels: {}, apiServer: new HttpApiServer(options) };
  });
  const fleet = startFleet({
    ...{ definitions, store, clock, random: systemRandom, logger: silentLogger },
    ...(copies !== undefined && { copies }),
  });
  return {
    store,
    get published() {
      return published;
    },
    pods: () => store.clusters().reduce((sum, { pods }) => sum + pods.size, 0),
    liveClusters: () => store.clusters().filter(({ record }) => record.sync.state === 'LIVE').length,
    [Symbol.asyncDispose]: () => fleet[Symbol.asyncDispose](),
  };
}

import { join } from 'node:path';
import { openSqliteStorage } from '../apiserver/store/sqlite-storage.ts';
import { ConfigError } from '../config/problem.ts';
import { connectContext } from '../kube/http/connect-context.ts';
import { type FleetSize, parseFleetSize } from '../simulator/parse-fleet-size.ts';
import { type StartedFleet, startSimulatedFleet } from '../simulator/started-fleet.ts';
import type { OpenSource, SourceOptions } from './cluster-source.ts';
import type { ProgramRuntime } from './runtime.ts';

/** Throws `ConfigError` for a fleet string that cannot be understood; `key` is what it was given as. */
export function fleetSizeOf(fleet: string, key: string): FleetSize {
  const { size, problems } = parseFleetSize(fleet);
  if (size === undefined) throw new ConfigError(problems.map((message) => ({ key, message })));
  return size;
}

/** A fleet of our own, used exactly as a fleet of others: over HTTPS, with tokens. */
export async function simulatedClusters(fleet: string, options: SourceOptions): Promise<OpenSource> {
  const { runtime, logger, auth, labelsOf, dataDir } = options;
  const simulated = await startSimulatedFleet({
    ...fleetSizeOf(fleet, '--simulate'),
    clock: runtime.clock,
    logger,
    ...(dataDir === undefined ? {} : { storageFor: (name) => openSqliteStorage({ directory: join(dataDir, 'simulation'), name }) }),
  });
  const token = auth === 'token-review' ? simulated.gatewayToken : (simulated.tokens['admin'] ?? simulated.gatewayToken);
  return {
    definitions: simulated.clusters.map((cluster) => ({
      name: cluster.name,
      source: 'SIMULATED',
      labels: { ...cluster.labels, ...labelsOf(cluster.name) },
      apiServer: connect(cluster, token, runtime),
    })),
    tokens: simulated.tokens,
    connect: async (name) => {
      const cluster = simulated.clusters.find((each) => each.name === name);
      return cluster === undefined ? undefined : connect(cluster, token, runtime);
    },
    writeKubeconfig: (path) => simulated.writeKubeconfig(path),
    [Symbol.asyncDispose]: () => simulated[Symbol.asyncDispose](),
  };
}

function connect({ name, url, caData }: StartedFleet['clusters'][number], token: string, { clock, version, pump }: ProgramRuntime) {
  const context = {
    name,
    source: 'simulation',
    server: url,
    insecureSkipTlsVerify: false,
    ca: { text: Buffer.from(caData, 'base64').toString('utf8') },
    user: { token },
  };
  return connectContext(context, { clock, userAgent: `fleetgraph/${version}`, lane: pump.lane() });
}

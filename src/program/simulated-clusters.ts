import { ConfigError } from '../config/problem.ts';
import { parseFleetSize } from '../simulator/parse-fleet-size.ts';
import { createSimulatedFleet } from '../simulator/simulated-fleet.ts';
import { READY_MADE_USERS } from '../simulator/users.ts';
import type { OpenSource, SourceOptions } from './cluster-source.ts';

/** Throws `ConfigError` for a fleet string that cannot be understood. */
export async function simulatedClusters(fleet: string, options: SourceOptions): Promise<OpenSource> {
  const { size, problems } = parseFleetSize(fleet);
  if (size === undefined) throw new ConfigError(problems.map((message) => ({ key: '--simulate', message })));
  const { runtime, labelsOf, logger } = options;
  const simulated = await createSimulatedFleet({ ...size, clock: runtime.clock, logger });
  return {
    definitions: simulated.clusters.map((cluster) => ({
      name: cluster.name,
      source: 'SIMULATED',
      labels: { ...cluster.labels, ...labelsOf(cluster.name) },
      apiServer: cluster.core.client(),
    })),
    tokens: Object.fromEntries(READY_MADE_USERS.map(({ name, token }) => [name, token])),
    [Symbol.asyncDispose]: () => simulated[Symbol.asyncDispose](),
  };
}

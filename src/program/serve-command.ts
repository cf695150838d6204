import { readFileSync } from 'node:fs';
import { ConfigError } from '../config/problem.ts';
import { parseServeConfig, type ServeConfig } from '../config/serve-config.ts';
import { ROLLOUT_PHASES } from '../rollout/state.ts';
import type { Logger } from '../runtime/logger.ts';
import { GraphqlServer } from '../server/graphql-server.ts';
import type { HealthCheck } from '../server/health.ts';
import { type ReadyFile, removeReadyFile, writeReadyFile } from '../server/ready-file.ts';
import { createLogger } from '../telemetry/log-output.ts';
import { type ClusterSample, Metrics, type RolloutSample } from '../telemetry/metrics.ts';
import { announce } from './announcement.ts';
import { type OpenSource, openSource } from './cluster-source.ts';
import type { ExitCode } from './exit-code.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { openHub } from './open-hub.ts';
import { FIRST_QUERY, type Pasteable, quickstart } from './quickstart.ts';
import type { ProgramRuntime } from './runtime.ts';
import { asUsageError, refuseUnwritable } from './usage-error.ts';

/** How long a cluster may take before readiness no longer waits for it. */
const READY_LIMIT_MS = 10_000;

/** `fleetgraph serve`. Throws `ConfigError` for what was asked wrongly. */
export async function serve(args: readonly string[], runtime: ProgramRuntime): Promise<ExitCode> {
  const config = parseServeConfig({ args, environment: runtime.environment, readFile: (path) => readFileSync(path, 'utf8') });
  refuseUnwritable({ 'ready-file': config.readyFile, 'write-kubeconfig': config.writeKubeconfig }, config.keyOf);
  return serveAs(config, runtime).catch((error: unknown) => {
    throw asUsageError(error, config.keyOf);
  });
}

async function serveAs(config: ServeConfig, runtime: ProgramRuntime): Promise<ExitCode> {
  const logger = createLogger(config.log ?? (process.stderr.isTTY ? 'text' : 'json'), process.stderr);
  const { asked } = runtime;
  const labels = new Map(config.clusters.map((entry) => [entry.name, entry.labels]));
  await using source = await openSource(config.source, {
    runtime,
    logger,
    auth: config.auth,
    labelsOf: (name) => labels.get(name) ?? {},
    ...(config.dataDir === undefined ? {} : { dataDir: config.dataDir }),
  });
  refuseUnknownClusters(config, source);
  const hub = await openHub(config, source, { runtime, logger });
  if (hub === undefined) return await asked;
  await using _hub = { [Symbol.asyncDispose]: () => hub.close() };
  await using gateway = startGateway(config, { source, hub, runtime, logger });
  const state = { ready: false, hub: false };
  void gateway.driver.loaded.then(() => (state.hub = true));
  const ready: readonly HealthCheck[] = [
    { name: 'fleet', failure: () => (state.ready ? undefined : 'starting or stopping') },
    { name: 'hub', failure: () => (state.hub ? undefined : 'the runs are not loaded yet') },
  ];
  await using server = await startServer(config, gateway, { runtime, logger, ready });
  await Promise.race([Promise.all([gateway.fleet.whenReady(READY_LIMIT_MS), gateway.driver.loaded]), asked]);
  state.ready = true;
  await tellReady(config, source, gateway, server);
  try {
    const code = await asked;
    logger.info('stopping', { code });
    return code;
  } finally {
    state.ready = false;
    if (config.readyFile !== undefined) removeReadyFile(config.readyFile);
  }
}

/** A name in the configuration that no source has is a mistake worth a line, not a silence. */
function refuseUnknownClusters({ clusters, tokenReviewContext }: ServeConfig, { definitions }: OpenSource): void {
  const names = new Set(definitions.map(({ name }) => name));
  const asked = [
    ...clusters.map(({ name }) => ({ key: 'clusters in the configuration file', name })),
    ...(tokenReviewContext === undefined ? [] : [{ key: '--token-review-context', name: tokenReviewContext }]),
  ];
  const problems = asked
    .filter(({ name }) => !names.has(name))
    .map(({ key, name }) => ({ key, message: `there is no cluster '${name}'; known are ${[...names].slice(0, 20).join(', ')}` }));
  if (problems.length > 0) throw new ConfigError(problems);
}

interface ServerParts {
  readonly runtime: ProgramRuntime;
  readonly logger: Logger;
  readonly ready: readonly HealthCheck[];
}

function startServer(config: ServeConfig, gateway: Gateway, { runtime, logger, ready }: ServerParts): Promise<GraphqlServer> {
  return GraphqlServer.start({
    host: config.host,
    port: config.port,
    api: gateway.api,
    authenticator: gateway.callers.authenticator,
    metrics: new Metrics({
      clusters: () => clusterSamples(gateway, runtime.clock.now()),
      rollouts: () => rolloutSample(gateway),
    }),
    clock: runtime.clock,
    random: runtime.random,
    logger,
    live: [{ name: 'ping', failure: () => undefined }],
    ready,
    ...(config.playground
      ? { playground: { queries: () => [FIRST_QUERY, ...thingsToTry(config, gateway).map(({ document }) => document)] } }
      : {}),
  });
}

/** Of a cluster that is just leaving. */
const NOTHING_READ = { relists: new Map<string, number>(), reconnects: 0, comparisons: 0, differences: 0 };

function clusterSamples({ store, fleet }: Gateway, now: number): ClusterSample[] {
  return store.clusters().map(({ record: { name, sync } }) => ({
    name,
    state: sync.state,
    staleSeconds: sync.staleSince === undefined ? 0 : (now - sync.staleSince) / 1000,
    objects: sync.resources.reduce((sum, resource) => sum + resource.objects, 0),
    ...(fleet.readingCounts(name) ?? NOTHING_READ),
  }));
}

function rolloutSample({ runs, driver }: Gateway): RolloutSample {
  const phases = new Map<string, number>(ROLLOUT_PHASES.map((phase) => [phase, 0]));
  for (const { state } of runs.all()) phases.set(state.status.phase, (phases.get(state.status.phase) ?? 0) + 1);
  return { phases, leads: driver.leads };
}

async function tellReady(config: ServeConfig, source: OpenSource, gateway: Gateway, { url }: GraphqlServer): Promise<void> {
  const websocket = `${url.replace(/^http/, 'ws')}/graphql`;
  const playground = config.playground ? `${url}/playground` : undefined;
  const token = config.auth === 'token-review' ? source.tokens['admin'] : undefined;
  if (config.writeKubeconfig !== undefined) await source.writeKubeconfig?.(config.writeKubeconfig);
  console.log(
    announce({
      url,
      websocket,
      fleet: fleetCounts(gateway),
      query: FIRST_QUERY,
      ...(playground === undefined ? {} : { playground }),
      ...(token === undefined ? {} : { token }),
      ...(config.writeKubeconfig === undefined ? {} : { kubeconfig: config.writeKubeconfig }),
      ...(config.auth === 'local' && config.source.kind === 'real' && source.writer !== undefined && !config.readOnly
        ? { writer: source.writer }
        : {}),
      ...(config.readOnly ? {} : { quickstart: thingsToTry(config, gateway) }),
    }),
  );
  // Last: whoever waits for the file finds everything else done.
  if (config.readyFile !== undefined) {
    const content: ReadyFile = {
      url,
      graphql: `${url}/graphql`,
      websocket,
      playground: playground ?? null,
      pid: process.pid,
      token: token ?? null,
      tokens: source.tokens,
      kubeconfig: config.writeKubeconfig ?? null,
    };
    writeReadyFile(config.readyFile, content);
  }
}

function fleetCounts({ store }: Gateway) {
  const clusters = store.clusters();
  return {
    clusters: clusters.length,
    nodes: clusters.reduce((sum, cluster) => sum + cluster.nodes.size, 0),
    pods: clusters.reduce((sum, cluster) => sum + cluster.pods.size, 0),
    notLive: clusters.filter(({ record }) => record.sync.state !== 'LIVE').map(({ record }) => record.name),
  };
}

function thingsToTry({ source, readOnly }: ServeConfig, { store }: Gateway): readonly Pasteable[] {
  return readOnly ? [] : quickstart(store, source.kind === 'simulated');
}

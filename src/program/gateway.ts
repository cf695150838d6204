import { join } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { createCommands } from '../commands/gateway-commands.ts';
import type { ServeConfig } from '../config/serve-config.ts';
import { ChangeLog } from '../feed/change-log.ts';
import { ResumeTokens } from '../feed/resume-token.ts';
import { DirectoryCopies } from '../fleet/copies/copy-files.ts';
import { type Fleet, startFleet } from '../fleet/fleet.ts';
import { createGraphContext, type GraphServices } from '../graph/context.ts';
import { priceOperation } from '../graph/cost.ts';
import { maskError } from '../graph/errors.ts';
import { guardText, LIMIT_RULES } from '../graph/limits.ts';
import { buildSchema } from '../graph/schema.ts';
import { hmacSeal } from '../graph/seal.ts';
import type { Hub } from '../hub/hub.ts';
import { RolloutDriver } from '../rollout/driver/rollout-driver.ts';
import { RunBook, type Runs } from '../rollout/run-book.ts';
import type { Logger } from '../runtime/logger.ts';
import type { GraphqlApi } from '../server/graphql-api.ts';
import { InMemoryGraphStore } from '../store/in-memory-graph-store.ts';
import { createCallers } from './callers.ts';
import type { OpenSource } from './cluster-source.ts';
import { ownDirectory } from './open-hub.ts';
import { openOperations } from './operations.ts';
import type { ProgramRuntime } from './runtime.ts';

/** Of the heap: the rest is for lists under way and for those who ask. */
const COPIES_SHARE = 0.7;

/** Everything between the clusters and the sockets, running. */
export interface Gateway extends AsyncDisposable {
  readonly store: InMemoryGraphStore;
  readonly fleet: Fleet;
  readonly runs: Runs;
  readonly driver: RolloutDriver;
  readonly api: GraphqlApi;
  readonly callers: ReturnType<typeof createCallers>;
}

export interface GatewayParts {
  readonly source: OpenSource;
  /** Stays open as long as the gateway runs; closed by who opened it. */
  readonly hub: Hub;
  readonly runtime: ProgramRuntime;
  readonly logger: Logger;
}

export function startGateway(config: ServeConfig, { source, hub, runtime, logger }: GatewayParts): Gateway {
  const { clock, random } = runtime;
  const store = new InMemoryGraphStore({
    now: () => clock.now(),
    seed: random.int(2 ** 31),
    onListenerError: (error) => logger.error('a listener of the store failed', { error: String(error) }),
  });
  const log = new ChangeLog({ clock, logger });
  store.onCommit((commit) => log.append(commit));
  const directory = ownDirectory(config);
  const fleet = startFleet({
    ...{ definitions: source.definitions, store, clock, random, logger },
    tuning: { memoryBytes: getHeapStatistics().heap_size_limit * COPIES_SHARE },
    ...(directory !== undefined && { copies: new DirectoryCopies(join(directory, 'copies')) }),
  });
  const callers = createCallers(config, source, { fleet, store, hub, runtime, logger });
  const operations = openOperations({ hub, holder: random.uuid(), readOnly: config.readOnly, runtime, logger });
  const runs = new RunBook(new ChangeLog({ clock, logger }));
  const driver = new RolloutDriver({
    ...{ hub, book: runs, store, clock, random, logger },
    apiServer: (cluster) => fleet.apiServer(cluster),
    impersonates: config.auth !== 'local',
    isReadOnly: config.readOnly,
    holder: `${runtime.environment['HOSTNAME'] ?? 'fleetgraph'}_${random.uuid()}`,
  });
  const commands = createCommands({
    apiServer: (cluster) => fleet.apiServer(cluster),
    served: (cluster) => fleet.served(cluster),
    store,
    runs,
    driver,
    ledger: operations.ledger,
    operations: operations.book,
    clock,
    random,
    logger,
    patience: config.patience,
    readOnly: config.readOnly,
  });
  const services: GraphServices = {
    store,
    clock,
    random,
    commands,
    operations: operations.book,
    runs,
    seal: hmacSeal(random.uuid()),
    log,
    tokens: new ResumeTokens({ processId: random.uuid() }),
  };
  const api: GraphqlApi = {
    schema: buildSchema(),
    contextFor: ({ principal, signal, closing, requestId }) =>
      createGraphContext(services, { principal, signal, closing, requestId, logger, access: callers.accessOf(principal) }),
    guardText,
    validationRules: LIMIT_RULES,
    price: priceOperation,
    maskError: (error, requestId) => maskError(error, requestId, logger),
  };
  return {
    ...{ store, fleet, runs, driver, api, callers },
    async [Symbol.asyncDispose]() {
      // While the clusters can still be reached: what was sent is waited for.
      await driver[Symbol.asyncDispose]();
      await operations[Symbol.asyncDispose]();
      await fleet[Symbol.asyncDispose]();
    },
  };
}

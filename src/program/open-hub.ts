import { ConfigError } from '../config/problem.ts';
import type { ServeConfig } from '../config/serve-config.ts';
import type { Hub } from '../hub/hub.ts';
import { isHubError } from '../hub/hub-error.ts';
import { installHub } from '../hub/install.ts';
import { type ApiError, isApiError } from '../kube/api-error.ts';
import type { ApiServer } from '../kube/api-server.ts';
import { backoffMs, REFLECTOR_BACKOFF } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { OpenSource } from './cluster-source.ts';
import { type EmbeddedHubOptions, openEmbeddedHub } from './embedded-hub.ts';
import type { ProgramRuntime } from './runtime.ts';
import { StartFailure } from './start-failure.ts';

export interface HubParts {
  readonly runtime: ProgramRuntime;
  readonly logger: Logger;
}

/** Where state is kept when nobody says where. */
const DEFAULT_DIRECTORY = '.fleetgraph';
/** How long a hub cluster may be away when the gateway starts. */
const PATIENCE_MS = 30_000;

/**
 * The hub that the configuration asks for. Undefined: the process was asked to end before there was one. Throws
 * `ConfigError` for a name that there is not, `HubError` for rights that are missing, `StorageError` for a directory
 * that cannot be used, and `StartFailure` for a hub cluster that does not answer.
 */
export async function openHub(config: ServeConfig, source: OpenSource, parts: HubParts): Promise<Hub | undefined> {
  if (config.hub === undefined) return openEmbeddedHub({ place: placeOf(config), ...parts.runtime, logger: parts.logger });
  const apiServer = await source.connect(config.hub);
  if (apiServer === undefined) throw noSuchCluster(config.hub, config, source);
  const hub: Hub = { apiServer, isExclusive: false, close: () => apiServer.close() };
  // A gateway that only looks writes nothing, our kinds included.
  if (config.readOnly) return hub;
  try {
    if (await installed(config.hub, apiServer, parts)) return hub;
  } catch (error) {
    await hub.close();
    throw error;
  }
  await hub.close();
  return undefined;
}

/**
 * The directory that this gateway alone writes to. Who only looks, simulates, or keeps its state in a hub cluster has
 * none, unless one is named.
 */
export function ownDirectory({ dataDir, source, hub, readOnly }: ServeConfig): string | undefined {
  return dataDir ?? (source.kind === 'simulated' || readOnly || hub !== undefined ? undefined : DEFAULT_DIRECTORY);
}

function placeOf(config: ServeConfig): EmbeddedHubOptions['place'] {
  const directory = ownDirectory(config);
  return directory === undefined ? 'memory' : { directory };
}

function noSuchCluster(name: string, { keyOf }: ServeConfig, { definitions }: OpenSource): ConfigError {
  const known = definitions.map((definition) => definition.name).slice(0, 20);
  return new ConfigError([{ key: keyOf('hub'), message: `there is no cluster '${name}'; known are ${known.join(', ')}` }]);
}

/** False when the process is asked to end first. */
async function installed(name: string, apiServer: ApiServer, { runtime, logger }: HubParts): Promise<boolean> {
  const { clock, asked } = runtime;
  const ending = new AbortController();
  const end = asked.then(() => ending.abort());
  const done = untilInstalled({ name, apiServer, signal: ending.signal, runtime, logger });
  await Promise.race([done, end]);
  if (!ending.signal.aborted) {
    logger.info('hub', { cluster: name });
    return true;
  }
  // What was begun is let end before the connection is closed, but not for long.
  await Promise.race([done.catch(() => {}), clock.sleep(1_000)]);
  return false;
}

interface Installation extends HubParts {
  readonly name: string;
  readonly apiServer: ApiServer;
  readonly signal: AbortSignal;
}

/** A hub that does not answer is asked again, for a while. */
async function untilInstalled({ name, apiServer, signal, runtime, logger }: Installation): Promise<void> {
  const { clock, random } = runtime;
  const deadline = clock.monotonic() + PATIENCE_MS;
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    const failure = await tryToInstall(apiServer, clock, signal);
    if (failure === undefined) return;
    const waitMs = Math.max(failure.retryAfterMs ?? 0, backoffMs({ ...REFLECTOR_BACKOFF, capMs: 5_000 }, attempt, random.next()));
    if (clock.monotonic() + waitMs > deadline) throw unreachable(name, failure);
    logger.warn('the hub does not answer yet', { cluster: name, code: failure.code, reason: failure.reason });
    await clock.sleep(waitMs, signal);
  }
}

/** The failure that may pass; everything else is thrown. */
async function tryToInstall(apiServer: ApiServer, clock: Clock, signal: AbortSignal): Promise<ApiError | undefined> {
  try {
    await installHub(apiServer, { clock, signal });
    return undefined;
  } catch (error) {
    if (isApiError(error)) return error;
    if (isHubError(error, 'conflict', 'not-installed')) throw new StartFailure(error.message, error);
    throw error;
  }
}

function unreachable(name: string, failure: ApiError): StartFailure {
  const remedy = 'make it reachable, or leave out --hub to keep state in a directory';
  return new StartFailure(`the hub cluster ${name} could not be used for ${PATIENCE_MS / 1_000} s: ${failure.message}; ${remedy}`, failure);
}

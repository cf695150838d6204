import type { Access } from '../auth/access.ts';
import { AccessReviews } from '../auth/access-reviews.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { LOCAL_ACCESS } from '../auth/local-access.ts';
import { LocalAuthenticator } from '../auth/local-authenticator.ts';
import type { Principal } from '../auth/principal.ts';
import { TokenReviewAuthenticator } from '../auth/token-review-authenticator.ts';
import { TokenReviewer } from '../auth/token-reviewer.ts';
import type { ServeConfig } from '../config/serve-config.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { WATCHED_RESOURCES } from '../fleet/projection/projectors.ts';
import type { Hub } from '../hub/hub.ts';
import type { Logger } from '../runtime/logger.ts';
import type { GraphStore } from '../store/graph-store.ts';
import type { OpenSource } from './cluster-source.ts';
import type { ProgramRuntime } from './runtime.ts';

/** Who may call, and what each of them sees. */
export interface Callers {
  readonly authenticator: Authenticator;
  accessOf(principal: Principal): Access;
}

export interface CallerDeps {
  readonly fleet: Fleet;
  readonly store: GraphStore;
  readonly hub: Hub;
  readonly runtime: ProgramRuntime;
  readonly logger: Logger;
}

export function createCallers(config: ServeConfig, source: OpenSource, deps: CallerDeps): Callers {
  return config.auth === 'local'
    ? { authenticator: new LocalAuthenticator(deps.runtime.userName), accessOf: () => LOCAL_ACCESS }
    : tokenReviewCallers(config, source, deps);
}

function tokenReviewCallers(config: ServeConfig, source: OpenSource, { fleet, store, hub, runtime, logger }: CallerDeps): Callers {
  const { clock } = runtime;
  const server = () => reviewingServer(config, source, { fleet, hub });
  const reviewer = new TokenReviewer({ server, audience: config.audience, clock, logger });
  const reviews = new AccessReviews({
    server: (cluster) => fleet.apiServer(cluster),
    clock,
    logger,
    // Whoever sees anything mostly sees pods.
    kinds: ['pods', ...WATCHED_RESOURCES.map(({ resource }) => resource).filter((resource) => resource !== 'pods')],
    namespaces: (cluster) => namespacesOf(store, cluster),
  });
  return { authenticator: new TokenReviewAuthenticator(reviewer), accessOf: (principal) => reviews.accessFor(principal) };
}

/** The cluster that was named for it, else the hub cluster, else the first. */
function reviewingServer(
  { tokenReviewContext, hub: named }: ServeConfig,
  { definitions }: OpenSource,
  { fleet, hub }: Pick<CallerDeps, 'fleet' | 'hub'>,
) {
  if (tokenReviewContext === undefined && named !== undefined) return hub.apiServer;
  return fleet.apiServer(tokenReviewContext ?? definitions[0]?.name ?? '');
}

function* namespacesOf(store: GraphStore, cluster: string): Iterable<string> {
  for (const namespace of store.cluster(cluster)?.namespaces.all() ?? []) yield namespace.name;
}

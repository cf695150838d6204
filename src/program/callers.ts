import type { Access } from '../auth/access.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { LOCAL_ACCESS } from '../auth/local-access.ts';
import type { Principal } from '../auth/principal.ts';
import type { ServeConfig } from '../config/serve-config.ts';
import type { Fleet } from '../fleet/fleet.ts';
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
  readonly runtime: ProgramRuntime;
  readonly logger: Logger;
}

export function createCallers(_config: ServeConfig, _source: OpenSource, { runtime }: CallerDeps): Callers {
  const principal: Principal = { mode: 'LOCAL', user: { username: runtime.userName, groups: [] } };
  return {
    authenticator: { identify: async () => ({ principal }), refuseUpgrade: () => undefined, stillValid: async () => true },
    accessOf: () => LOCAL_ACCESS,
  };
}

import type { ApiServer } from '../../src/kube/api-server.ts';
import type { ResourceVersion } from '../../src/model/resource-version.ts';

/** What an implementation may lack; the suite skips those cases and prints the reason. */
export type Capability =
  /** Server-side apply with field ownership. */
  | 'server-side-apply'
  /** Tokens: there is somebody at the door who may refuse. */
  | 'authentication'
  /** Continue tokens can be made to expire. */
  | 'expiring-pages'
  /** Nobody answers an eviction before the API server does. */
  | 'plain-evictions';

export interface Implementation {
  readonly name: string;
  /** Why a capability is missing, by capability. */
  readonly lacks?: Partial<Readonly<Record<Capability, string>>>;
  start(): Promise<Subject>;
}

/** A running API server, as the suite uses it. */
export interface Subject extends AsyncDisposable {
  /** May do everything. */
  readonly admin: ApiServer;
  /** May do nothing but what every authenticated user may, and what the suite gives them. */
  readonly user: { readonly name: string; readonly groups: readonly string[]; readonly server: ApiServer };
  /** Somebody with a token: good for the audience `fleetgraph`. */
  readonly token: string;
  /** The port with a token that nobody has; only with the capability `authentication`. */
  readonly stranger?: ApiServer;
  /** A version that the history of the suite's own kind no longer has, or never had. */
  expiredVersion(): Promise<ResourceVersion>;
  /** Makes the continue tokens given out so far expire; only with the capability `expiring-pages`. */
  expirePages?(): Promise<void>;
  /** Resolves when pods can be created in a new namespace; absent where they can at once. */
  untilPodsAllowed?(namespace: string): Promise<void>;
}

import type { IncomingMessage } from 'node:http';
import type { Principal } from '../auth/principal.ts';

/** Why somebody is not let in. 401 says no reason on purpose. */
export interface Rejection {
  readonly status: 400 | 401 | 403 | 421 | 429 | 503;
  readonly message: string;
}
export type Caller = { readonly principal: Principal } | { readonly rejection: Rejection };

/**
 * Who is calling. `connectionParams` is the payload of a socket's `connection_init`; an upgrade request is
 * first asked about without it (`admitUpgrade`), because headers alone can already refuse it.
 */
export interface Gatekeeper {
  identify(request: IncomingMessage, connectionParams?: Readonly<Record<string, unknown>>): Promise<Caller>;
  /** Undefined when the upgrade may go on to `connection_init`. */
  refuseUpgrade(request: IncomingMessage): Rejection | undefined;
  /** Is this identity still good? Asked now and then while a socket is open. */
  stillValid(principal: Principal, request: IncomingMessage, connectionParams?: Readonly<Record<string, unknown>>): Promise<boolean>;
}

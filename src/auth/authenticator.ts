import type { Principal } from './principal.ts';

/** Headers as they came, names in lower case, one entry for each occurrence (`IncomingMessage.headersDistinct`). */
export interface AuthRequest {
  readonly headersDistinct: Readonly<Record<string, readonly string[] | undefined>>;
}

/** The payload of a socket's `connection_init`. */
export type ConnectionParams = Readonly<Record<string, unknown>>;

/** Why somebody is not let in. 401 says no reason on purpose. */
export interface Rejection {
  readonly status: 400 | 401 | 403 | 421 | 429 | 503;
  readonly message: string;
}
export type AuthResult = { readonly principal: Principal } | { readonly rejection: Rejection };

/** From a request, or a socket's upgrade and its first message, to who is calling. Never rejects. */
export interface Authenticator {
  identify(request: AuthRequest, connectionParams?: ConnectionParams): Promise<AuthResult>;
  /** What headers alone forbid, before anything else is done; undefined: nothing, so a socket goes on to `connection_init`. */
  refuse(request: AuthRequest): Rejection | undefined;
  /** Is the identity of an open socket still good and still the same? Asked every minute. */
  stillValid(principal: Principal, request: AuthRequest, connectionParams?: ConnectionParams): Promise<boolean>;
}

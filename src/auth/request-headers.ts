import type { AuthRequest, ConnectionParams, Rejection } from './authenticator.ts';

/** Headers by which a proxy or a client asserts an identity. None is believed, and dropping them has gone wrong elsewhere: they are refused. */
const IDENTITY_PREFIXES = ['impersonate-', 'x-remote-'];

/** Headers that must not occur twice: two readers would each believe another one. */
const SINGLE = ['host', 'origin', 'authorization'];

/** A hop may be told to drop its own headers, and nothing else. `http2-settings` is what Java's own client names in clear text. */
const CONNECTION_OPTIONS: ReadonlySet<string> = new Set(['keep-alive', 'close', 'upgrade', 'http2-settings', '']);

/** What no request may carry, whoever sends it; undefined when there is none of it. */
export function refuseHeaders({ headersDistinct }: AuthRequest): Rejection | undefined {
  for (const name of Object.keys(headersDistinct)) {
    const canonical = name.toLowerCase().replaceAll('_', '-');
    if (IDENTITY_PREFIXES.some((prefix) => canonical.startsWith(prefix)))
      return badRequest(`the header ${name} is not accepted: identity comes from credentials alone`);
  }
  for (const name of SINGLE) if ((headersDistinct[name]?.length ?? 0) > 1) return badRequest(`the header ${name} occurs more than once`);
  const options = (headersDistinct['connection'] ?? []).flatMap((value) => value.split(','));
  if (!options.every((option) => CONNECTION_OPTIONS.has(option.trim().toLowerCase())))
    return badRequest('the header connection may name keep-alive, close and upgrade only');
  return undefined;
}

/** Longer than any token in use. */
const MAX_TOKEN_CHARS = 16_384;

export type Bearer = { readonly token: string } | { readonly rejection: Rejection };

/** The token of a request: of its header or of `connection_init`, of exactly one of them. Never of the address. */
export function bearerOf({ headersDistinct }: AuthRequest, params: ConnectionParams | undefined): Bearer {
  const given: unknown[] = [...(headersDistinct['authorization'] ?? []), ...paramsNamed(params, 'authorization')];
  if (given.length > 1)
    return { rejection: badRequest('credentials are given more than once: use the header authorization or connection_init, not both') };
  const [value] = given;
  if (value !== undefined && typeof value !== 'string')
    return { rejection: badRequest('authorization in connection_init must be a text: "Bearer ..."') };
  const token = /^bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(value ?? '')?.[1];
  return token === undefined || token.length > MAX_TOKEN_CHARS ? { rejection: UNAUTHENTICATED } : { token };
}

/** Says nothing of why. */
export const UNAUTHENTICATED: Rejection = { status: 401, message: 'authentication required' };

function paramsNamed(params: ConnectionParams | undefined, name: string): unknown[] {
  return Object.entries(params ?? {}).flatMap(([key, value]) =>
    key.toLowerCase() === name && value !== undefined && value !== null ? [value] : [],
  );
}

function badRequest(message: string): Rejection {
  return { status: 400, message };
}

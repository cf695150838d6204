import type { AuthRequest, Rejection } from './authenticator.ts';

/** Names of this machine that no name server can point elsewhere. Any port: it may be forwarded. */
const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d{1,5})?$/i;

/**
 * For a listener that trusts whoever reaches it: only what was addressed to this machine by a loopback name, and
 * what a web page sends only if it is our own. A page elsewhere is named by its `Origin`, and a name that was
 * rebound to this machine by its `Host`. Undefined: let it in.
 */
export function guardHost({ headersDistinct }: AuthRequest, scheme: 'http' | 'https' = 'http'): Rejection | undefined {
  const [host, ...moreHosts] = headersDistinct['host'] ?? [];
  const [origin, ...moreOrigins] = headersDistinct['origin'] ?? [];
  if (host === undefined || moreHosts.length > 0 || !LOOPBACK.test(host)) {
    return { status: 421, message: 'in local mode the gateway answers to localhost, 127.0.0.1 and [::1] only' };
  }
  if (moreOrigins.length > 0 || (origin !== undefined && originOf(origin) !== originOf(`${scheme}://${host}`))) {
    return { status: 403, message: 'in local mode the gateway answers to no other web page than its own' };
  }
  return undefined;
}

/** Undefined for what is no origin. */
function originOf(text: string): string | undefined {
  const url = URL.parse(text);
  return url === null || url.origin === 'null' || `${url.protocol}//${url.host}` !== url.origin || url.pathname !== '/' || url.search !== ''
    ? undefined
    : url.origin;
}

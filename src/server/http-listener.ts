import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The address cannot be had. The message names the way out. */
export class ListenError extends Error {
  /** The option that is at fault. */
  readonly option: 'host' | 'port';

  constructor(option: 'host' | 'port', message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'ListenError';
    this.option = option;
  }
}

/**
 * Stricter than Node's defaults (60 s for headers, 300 s for a request): a slow sender holds a connection
 * for seconds, not minutes. Streams are not concerned: these limits end when the request has been read.
 */
const LIMITS = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 15_000,
  keepAliveTimeoutMs: 65_000,
  maxConnections: 10_000,
  maxHeaderBytes: 16_384,
};

export function createHttpServer(handler: (request: IncomingMessage, response: ServerResponse) => void): Server {
  const server = createServer(
    {
      headersTimeout: LIMITS.headersTimeoutMs,
      requestTimeout: LIMITS.requestTimeoutMs,
      keepAliveTimeout: LIMITS.keepAliveTimeoutMs,
      maxHeaderSize: LIMITS.maxHeaderBytes,
    },
    handler,
  );
  server.maxConnections = LIMITS.maxConnections;
  return server;
}

/** Resolves with the address once listening; throws `ListenError`. */
export async function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(listenError(error, host, port));
    server.once('error', fail);
    server.listen({ host: host.replace(/^\[(.*)\]$/, '$1'), port }, () => {
      server.off('error', fail);
      resolve();
    });
  });
  return server.address() as AddressInfo;
}

export function listenError(error: NodeJS.ErrnoException, host: string, port: number): ListenError {
  switch (error.code) {
    case 'EADDRINUSE':
      return new ListenError(
        'port',
        `${port} on ${host} is taken by another program; choose another port, or --port 0 for any free one`,
        error,
      );
    case 'EACCES':
      return new ListenError('port', `${port} may not be used by this user; choose one above 1023`, error);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ListenError('host', `${host} is no address of this machine; use 127.0.0.1, or 0.0.0.0 for all`, error);
    default:
      return new ListenError('host', `cannot listen on ${host}:${port}: ${error.message}`, error);
  }
}

/** An address as a URL without a trailing slash; IPv6 in brackets, "any" addresses as loopback. */
export function urlOf(address: AddressInfo): string {
  const host = address.address === '0.0.0.0' ? '127.0.0.1' : address.address === '::' ? '::1' : address.address;
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

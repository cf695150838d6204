import net from 'node:net';
import tls from 'node:tls';
import type { Clock } from '../../runtime/clock.ts';
import { deferred } from './deferred.ts';
import { type ClientCertificate, TransportError } from './transport.ts';
import { transportFailure } from './transport-failure.ts';

/** Whom to believe. Read anew for each connection, so that a changed authority needs no restart. */
export interface TlsTrust {
  /** PEM; absent: the authorities that Node comes with. */
  readonly ca?: string;
  /** The name that the certificate must have, instead of the address's host. */
  readonly serverName?: string;
  /** Only when the kubeconfig says so in so many words. */
  readonly insecureSkipVerify: boolean;
}

export interface ConnectOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly trust: TlsTrust;
  readonly certificate?: ClientCertificate | undefined;
  /** Protocols to offer, the preferred first. */
  readonly protocols: readonly string[];
  /** When it fires the connection ends, made already or not; what was being made fails with the signal's reason. */
  readonly signal: AbortSignal;
}

/** TCP keep-alive is how HTTP/1.1 notices a peer that has silently gone. */
const KEEP_ALIVE_MS = 30_000;

/** A connection to `server`, secured where it says https. Throws `TransportError`, never sent. */
export async function connectSocket(server: URL, options: ConnectOptions): Promise<net.Socket> {
  const { signal } = options;
  try {
    signal.throwIfAborted();
    const socket = server.protocol === 'https:' ? connectTls(server, options) : net.connect(addressOf(server));
    // Between two that listen to it nobody does, and an error that nobody hears ends the process.
    socket.on('error', () => {});
    endWith(signal, socket);
    return await connected(socket, options);
  } catch (error) {
    throw transportFailure(signal.aborted ? signal.reason : error, false);
  }
}

function endWith(signal: AbortSignal, socket: net.Socket): void {
  const end = () => socket.destroy();
  signal.addEventListener('abort', end);
  socket.once('close', () => signal.removeEventListener('abort', end));
}

function connectTls(server: URL, { trust, certificate, protocols }: ConnectOptions): tls.TLSSocket {
  const { host, port } = addressOf(server);
  return tls.connect({
    host,
    port,
    servername: trust.serverName ?? (net.isIP(host) === 0 ? host : ''),
    ALPNProtocols: [...protocols],
    minVersion: 'TLSv1.2',
    // Said always: left out, an environment variable of the process would decide.
    rejectUnauthorized: !trust.insecureSkipVerify,
    ...(trust.ca === undefined ? {} : { ca: trust.ca }),
    ...(certificate === undefined ? {} : { cert: certificate.cert, key: certificate.key }),
  });
}

async function connected(socket: net.Socket, { clock, timeoutMs }: ConnectOptions): Promise<net.Socket> {
  const { promise, resolve, reject } = deferred<void>();
  socket.once(socket instanceof tls.TLSSocket ? 'secureConnect' : 'connect', resolve);
  socket.once('error', reject);
  socket.once('close', () => reject(new TransportError('ConnectionReset', 'the server closed the connection', { sent: false })));
  using _deadline = clock.after(timeoutMs, () =>
    reject(new TransportError('TimedOut', `no connection within ${timeoutMs} ms`, { sent: false })),
  );
  try {
    await promise;
  } catch (error) {
    socket.destroy();
    throw error;
  }
  socket.removeListener('error', reject).setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
  return socket;
}

function addressOf(server: URL): { host: string; port: number } {
  const host = server.hostname.replace(/^\[(.*)\]$/, '$1');
  return { host, port: Number(server.port) || (server.protocol === 'https:' ? 443 : 80) };
}

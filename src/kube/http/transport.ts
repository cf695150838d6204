/**
 * Bytes to and from one API server: the only thing below `HttpApiServer` that a fault script has to replace.
 * The production one is `NodeTransport`.
 */
export interface Transport {
  /**
   * Sends `request` and resolves when status and headers have come.
   * `signal` covers the answer's body as well: when it fires the request is withdrawn from the server, and
   * whoever waits, here or in the body, gets a `TransportError` with the reason "Aborted".
   * Throws `TransportError` and nothing else.
   */
  open(request: TransportRequest, signal: AbortSignal): Promise<TransportResponse>;
  /** Lets go of every connection; requests in flight fail. */
  close(): Promise<void>;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Lower-case names. A name may occur several times and is then sent as several lines, never joined. */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

export interface TransportRequest {
  readonly method: Method;
  /** Path and query below the server's own address. */
  readonly path: string;
  readonly headers: HeaderLines;
  readonly body?: Uint8Array;
  /** Whom the connection itself speaks for: requests with different certificates never share one. */
  readonly certificate?: ClientCertificate;
}

export interface TransportResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** To be read once. Throws `TransportError` when it breaks off before its end. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** PEM texts. Compared by content: a changed one opens new connections and drains the old. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

export function isSameCertificate(a: ClientCertificate | undefined, b: ClientCertificate | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && a.cert === b.cert && a.key === b.key);
}

/** A request that got no (whole) answer. */
export class TransportError extends Error {
  /** CamelCase, e.g. "ConnectionRefused", "CertificateExpired". */
  readonly reason: string;
  /** False only when the server certainly did not act on the request. */
  readonly sent: boolean;

  constructor(reason: string, message: string, options: { sent: boolean; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TransportError';
    this.reason = reason;
    this.sent = options.sent;
  }
}

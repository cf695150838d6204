/** Requests and answers without sockets: what a carrier hands in and sends back. */

export interface ApiRequest {
  /** Upper case. */
  readonly method: string;
  /** Percent-encoded, within the cluster: "/api/v1/pods". */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names; a repeated header has several values. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
  /** What the client calls this server: "https://127.0.0.1:6443/clusters/a". */
  readonly origin: string;
}

export interface WholeAnswer {
  readonly type: 'whole';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** A watch: lines, each with its line feed, or frames of bytes, until undefined. Whoever carries it must call `cancel` when done. */
export interface LineStream {
  readonly type: 'lines';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A line that waits already, without waiting. */
  poll(): string | Uint8Array | undefined;
  next(): Promise<string | Uint8Array | undefined>;
  cancel(): void;
}

export type ApiAnswer = WholeAnswer | LineStream;

export function headerOf({ headers }: ApiRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
}

export function headersOf({ headers }: ApiRequest, name: string): readonly string[] {
  const value = headers[name];
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}

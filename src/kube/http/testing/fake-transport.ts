import type { Transport, TransportRequest, TransportResponse } from '../transport.ts';

export type Script = (request: TransportRequest, signal: AbortSignal) => TransportResponse | Promise<TransportResponse>;

/** A transport without sockets: `script` answers, and what was asked is kept. */
export class FakeTransport implements Transport {
  readonly requests: TransportRequest[] = [];
  readonly #script: Script;
  isClosed = false;

  constructor(script: Script) {
    this.#script = script;
  }

  async open(request: TransportRequest, signal: AbortSignal): Promise<TransportResponse> {
    this.requests.push(request);
    return this.#script(request, signal);
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

export function reply(status: number, body: unknown, headers: Record<string, string> = {}): TransportResponse {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers, body: bytes([text]) };
}

export async function* bytes(chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

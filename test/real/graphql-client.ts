import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import WebSocket from 'ws';

const timeoutMs = 20_000;

export type Variables = Readonly<Record<string, unknown>>;

export interface GraphqlAnswer {
  readonly status: number;
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly unknown[];
    readonly extensions?: { readonly code?: string; readonly retryable?: boolean };
  }[];
}

export interface OpenStream {
  readonly results: AsyncIterable<Pick<GraphqlAnswer, 'data' | 'errors'>>;
  /** Breaks the connection without a word to the other side. */
  cut(): void;
  /** Takes leave as the protocol wants it. */
  close(): Promise<void>;
}

export interface GraphqlAddress {
  readonly graphql: string;
  readonly websocket: string;
}

/** Asks one gateway as one caller, or as nobody in particular. */
export class GraphqlClient {
  readonly #address: GraphqlAddress;
  readonly #token: string | undefined;

  constructor(address: GraphqlAddress, token?: string) {
    this.#address = address;
    this.#token = token;
  }

  /** Any status and any error is an answer. */
  async ask(document: string, variables: Variables = {}, operationName?: string): Promise<GraphqlAnswer> {
    const response = await fetch(this.#address.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...this.#headers() },
      body: JSON.stringify({ query: document, variables, ...(operationName === undefined ? {} : { operationName }) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    try {
      return { ...(JSON.parse(text) as Omit<GraphqlAnswer, 'status'>), status: response.status };
    } catch {
      return { status: response.status, errors: [{ message: text }] };
    }
  }

  /** The data; an answer with errors throws them. */
  async query<T>(document: string, variables: Variables = {}, operationName?: string): Promise<T> {
    const answer = await this.ask(document, variables, operationName);
    if (answer.status !== 200 || answer.errors !== undefined) throw new Error(`GraphQL ${answer.status}: ${JSON.stringify(answer.errors)}`);
    return answer.data as T;
  }

  overSocket(document: string, variables: Variables = {}): OpenStream {
    let socket: WebSocket | undefined;
    const client = createSocketClient({
      url: this.#address.websocket,
      webSocketImpl: WebSocket,
      connectionParams: this.#headers(),
      retryAttempts: 0,
      on: { opened: (opened) => (socket = opened as WebSocket) },
    });
    return {
      results: client.iterate({ query: document, variables: { ...variables } }) as OpenStream['results'],
      cut: () => socket?.terminate(),
      close: async () => await client.dispose(),
    };
  }

  overSse(document: string, variables: Variables = {}): OpenStream {
    const client = createSseClient({ url: this.#address.graphql, headers: this.#headers(), retryAttempts: 0 });
    return {
      results: client.iterate({ query: document, variables: { ...variables } }) as OpenStream['results'],
      cut: () => client.dispose(),
      close: async () => client.dispose(),
    };
  }

  #headers(): Record<string, string> {
    return this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` };
  }
}

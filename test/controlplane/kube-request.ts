import { Agent, request } from 'node:https';

const timeoutMs = 30_000;

export interface KubeRequest {
  readonly method: string;
  readonly path: string;
  /** An object is sent as JSON, a string as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export class KubeResponse {
  readonly status: number;
  readonly text: string;

  constructor(status: number, text: string) {
    this.status = status;
    this.text = text;
  }

  get isOk(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  json<T>(): T {
    return JSON.parse(this.text) as T;
  }
}

/** One API server over HTTPS, with connections kept open between requests. */
export class KubeConnection {
  readonly #server: string;
  readonly #agent: Agent;

  constructor(server: string, ca: string) {
    this.#server = server;
    this.#agent = new Agent({ ca, keepAlive: true });
  }

  send(token: string | null, what: KubeRequest): Promise<KubeResponse> {
    const body = typeof what.body === 'string' || what.body === undefined ? what.body : JSON.stringify(what.body);
    const headers = {
      accept: 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      ...what.headers,
    };
    return new Promise((resolve, reject) => {
      const url = new URL(what.path, this.#server);
      const sent = request(url, { method: what.method, agent: this.#agent, headers, timeout: timeoutMs }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve(new KubeResponse(response.statusCode ?? 0, text)));
        response.on('error', reject);
      });
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${timeoutMs} ms: ${what.path}`)));
      sent.on('error', reject);
      sent.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Tokens, UserName } from './accounts.ts';
import { KubeConnection, type KubeResponse } from './kube-request.ts';
import { nodeNotReadyLabel } from './node-stages.ts';
import { until } from './until.ts';

const kubectlTimeoutMs = 120_000;
const nodeChangeTimeoutMs = 30_000;

/** All that another process needs to use a running cluster. */
export interface ClusterDescription {
  readonly name: string;
  readonly server: string;
  /** Base64 of the PEM. */
  readonly caData: string;
  readonly adminKubeconfigPath: string;
  readonly auditLogPath: string;
  readonly kubeletPort: number;
  readonly tokens: Tokens;
}

export interface RequestOptions {
  /** Who asks, default admin; `token` and null (anonymous) win over it. */
  readonly user?: UserName;
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the tests look at in a line of the audit log; there is more. */
export interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly userAgent?: string;
  readonly user?: { readonly username?: string; readonly groups?: readonly string[] };
  readonly impersonatedUser?: { readonly username?: string; readonly groups?: readonly string[] };
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly apiGroup?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  readonly annotations?: Readonly<Record<string, string>>;
  readonly requestReceivedTimestamp: string;
}

interface Conditioned {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Uses a real cluster; starting and stopping it is `RealCluster`'s. */
export class ClusterClient {
  readonly name: string;
  readonly server: string;
  readonly caData: string;
  /** Its context is the cluster's name, its user `admin`. */
  readonly adminKubeconfigPath: string;
  readonly auditLogPath: string;
  readonly kubeletPort: number;
  readonly tokens: Tokens;
  readonly #connection: KubeConnection;

  constructor(description: ClusterDescription) {
    this.name = description.name;
    this.server = description.server;
    this.caData = description.caData;
    this.adminKubeconfigPath = description.adminKubeconfigPath;
    this.auditLogPath = description.auditLogPath;
    this.kubeletPort = description.kubeletPort;
    this.tokens = description.tokens;
    this.#connection = new KubeConnection(this.server, Buffer.from(this.caData, 'base64').toString());
  }

  describe(): ClusterDescription {
    const { name, server, caData, adminKubeconfigPath, auditLogPath, kubeletPort, tokens } = this;
    return { name, server, caData, adminKubeconfigPath, auditLogPath, kubeletPort, tokens };
  }

  /** Any status is an answer; only network trouble throws. */
  request(method: string, path: string, body?: unknown, options: RequestOptions = {}): Promise<KubeResponse> {
    const token = options.token === undefined ? this.tokens[options.user ?? 'admin'] : options.token;
    return this.#connection.send(token, { method, path, body, headers: options.headers ?? {} });
  }

  /** The object at `path`; throws unless the answer is 2xx. */
  async get<T>(path: string): Promise<T> {
    const response = await this.request('GET', path);
    if (!response.isOk) throw new Error(`${this.name}: GET ${path}: ${response.status} ${response.text}`);
    return response.json<T>();
  }

  /** Runs kubectl as admin and returns its standard output; throws with its standard error. */
  kubectl(...args: string[]): Promise<string> {
    return this.#kubectl(args, '');
  }

  /** Server-side apply by kubectl. */
  apply(...objects: object[]): Promise<string> {
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    return this.#kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], JSON.stringify(list));
  }

  async nodeNotReady(name: string): Promise<void> {
    await this.#labelNode(name, 'true');
    await this.#untilNode(name, 'False');
  }

  /** Takes `nodeNotReady` back, and lets the node's pods report again, as a kubelet does that has returned. */
  async nodeReady(name: string): Promise<void> {
    await this.#labelNode(name, null);
    await this.#untilNode(name, 'True');
    const pods = await this.get<{ items: Conditioned[] }>(`/api/v1/pods?fieldSelector=${encodeURIComponent(`spec.nodeName=${name}`)}`);
    const lost = pods.items.filter((pod) => hasCondition(pod, 'Ready', 'False') && hasCondition(pod, 'ContainersReady', 'True'));
    await Promise.all(lost.map((pod) => this.#reportAgain(pod)));
  }

  /** The audit log so far: everybody's requests but those of the cluster's own components. */
  async auditEvents(): Promise<AuditEvent[]> {
    const lines = (await readFile(this.auditLogPath, 'utf8')).split('\n');
    // The last line may be half written.
    lines.pop();
    return lines.map((line) => JSON.parse(line) as AuditEvent);
  }

  close(): void {
    this.#connection.close();
  }

  #kubectl(args: string[], input: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = execFile(
        'kubectl',
        ['--kubeconfig', this.adminKubeconfigPath, '--cache-dir', `${this.adminKubeconfigPath}.cache`, ...args],
        { timeout: kubectlTimeoutMs, maxBuffer: 64 * 1024 * 1024 },
        (error, stdout, stderr) => {
          if (error) reject(new Error(`${this.name}: kubectl ${args.join(' ')}: ${stderr || error.message}`, { cause: error }));
          else resolve(stdout);
        },
      );
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(input);
    });
  }

  async #labelNode(name: string, value: string | null): Promise<void> {
    await this.#patch(`/api/v1/nodes/${name}`, { metadata: { labels: { [nodeNotReadyLabel]: value } } });
  }

  async #untilNode(name: string, status: 'True' | 'False'): Promise<void> {
    await until(`node ${name} with Ready=${status}`, { timeoutMs: nodeChangeTimeoutMs }, async () =>
      hasCondition(await this.get<Conditioned>(`/api/v1/nodes/${name}`), 'Ready', status),
    );
  }

  async #reportAgain(pod: Conditioned): Promise<void> {
    // The stage that watches readiness gates takes it from here.
    await this.#patch(`/api/v1/namespaces/${pod.metadata.namespace ?? 'default'}/pods/${pod.metadata.name}/status`, {
      status: { conditions: [{ type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady' }] },
    });
  }

  async #patch(path: string, body: object): Promise<void> {
    const response = await this.request('PATCH', path, body, {
      headers: { 'content-type': 'application/strategic-merge-patch+json' },
    });
    if (!response.isOk) throw new Error(`${this.name}: PATCH ${path}: ${response.status} ${response.text}`);
  }
}

export function hasCondition(object: Conditioned, type: string, status: string): boolean {
  return (object.status?.conditions ?? []).some((condition) => condition.type === type && condition.status === status);
}

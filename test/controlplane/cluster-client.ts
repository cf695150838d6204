import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Tokens, UserName } from './accounts.ts';
import { KubeConnection, type KubeResponse } from './kube-request.ts';
import { nodeNotReadyLabel } from './node-stages.ts';
import { until } from './until.ts';

const kubectlTimeoutMs = 120_000;
const nodeChangeTimeoutMs = 30_000;
const podsAllowedTimeoutMs = 60_000;

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
  /** Of the request; a caller can choose it by the header Audit-ID. */
  readonly auditID: string;
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
  /** The body, of patches and updates of Deployments and CloneSets. */
  readonly requestObject?: unknown;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Which verb let the caller impersonate; absent for the unconstrained one. */
  readonly authenticationMetadata?: { readonly impersonationConstraint?: string };
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

  /** A new namespace in which pods can be created; its name starts with `prefix`. */
  async createNamespace(prefix: string): Promise<string> {
    const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { generateName: `${prefix}-` } };
    const response = await this.request('POST', '/api/v1/namespaces', object);
    if (!response.isOk) throw new Error(`${this.name}: new namespace: ${response.status} ${response.text}`);
    const { name } = response.json<Conditioned>().metadata;
    await this.untilPodsAllowed(name);
    return name;
  }

  /** The API server refuses pods in a namespace until its default service account is there. */
  async untilPodsAllowed(namespace: string): Promise<void> {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
    await until(`${this.name}: ${path}`, { timeoutMs: podsAllowedTimeoutMs }, async () => (await this.request('GET', path)).isOk);
  }

  /**
   * The node's kubelet reports Ready=False. As everywhere, the node is tainted, and its pods stay as they
   * are until they are evicted five minutes later.
   */
  async nodeNotReady(name: string): Promise<void> {
    await this.#labelNode(name, 'true');
    await this.#untilNode(name, 'False');
  }

  /** Takes `nodeNotReady` back. */
  async nodeReady(name: string): Promise<void> {
    await this.#labelNode(name, null);
    await this.#untilNode(name, 'True');
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

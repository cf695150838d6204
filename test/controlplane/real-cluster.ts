import { writeFile } from 'node:fs/promises';
import { accountObjects, harnessUser, type Tokens, teamNamespace, tokenFile } from './accounts.ts';
import { type Binaries, kubernetesVersion } from './build.ts';
import { ClusterClient, type ClusterDescription, hasCondition } from './cluster-client.ts';
import type { Component } from './component.ts';
import { apiServerFlags, auditPolicy, controllerManagerFlags, schedulerFlags } from './component-flags.ts';
import type { Etcd } from './etcd.ts';
import { fakeNode } from './fake-nodes.ts';
import { freePort } from './free-port.ts';
import { installKruise, type KruiseSettings, kruiseIsReady, newKruiseSettings, startKruise, untilKruisePublished } from './kruise.ts';
import type { KubeResponse } from './kube-request.ts';
import { writeKubeconfigFile } from './kubeconfig.ts';
import { kwokConfig, podLog } from './kwok-config.ts';
import type { Workspace } from './workspace.ts';

const readyTimeoutMs = 60_000;
const silentUsers = [harnessUser, 'system:kube-controller-manager', 'system:kube-scheduler', 'system:apiserver', 'kwok', 'kruise-manager'];

export interface ClusterSettings {
  readonly name: string;
  readonly nodeCount: number;
  readonly nodeLabels: Readonly<Record<string, string>>;
  readonly hasKruise: boolean;
  readonly tokens: Tokens;
  readonly harnessToken: string;
}

export interface ClusterGround {
  readonly workspace: Workspace;
  readonly binaries: Binaries;
  readonly etcd: Etcd;
}

type Role = 'controller-manager' | 'scheduler' | 'kwok' | 'kruise';

/** One Kubernetes cluster: an API server, its controllers, and nodes and pods that KWOK plays. */
export class RealCluster extends ClusterClient {
  readonly #ground: ClusterGround;
  readonly #settings: ClusterSettings;
  readonly #port: number;
  #apiServer: Component | undefined;
  #kruise: KruiseSettings | undefined;
  readonly #controllers = new Map<Role, Component>();

  private constructor(description: ClusterDescription, ground: ClusterGround, settings: ClusterSettings) {
    super(description);
    this.#ground = ground;
    this.#settings = settings;
    this.#port = Number(new URL(description.server).port);
  }

  /** Takes ports and writes files; `start` starts the programs. */
  static async prepare(ground: ClusterGround, settings: ClusterSettings, caData: string): Promise<RealCluster> {
    const { workspace } = ground;
    const { name, tokens } = settings;
    const description: ClusterDescription = {
      name,
      server: `https://127.0.0.1:${await freePort()}`,
      caData,
      adminKubeconfigPath: workspace.path(`${name}.kubeconfig`),
      auditLogPath: workspace.path(`${name}-audit.log`),
      kubeletPort: await freePort(),
      tokens,
    };
    const cluster = new RealCluster(description, ground, settings);
    await writeKubeconfigFile(description.adminKubeconfigPath, [description], [{ name: 'admin', user: { token: tokens.admin } }]);
    await writeFile(cluster.#tokenFilePath, tokenFile(tokens, settings.harnessToken), { mode: 0o600 });
    await writeFile(cluster.#auditPolicyPath, JSON.stringify(auditPolicy(silentUsers)));
    await cluster.#writeKwokConfig();
    return cluster;
  }

  /** Resolves when the API server is ready, all nodes are, and pods can be created. */
  async start(): Promise<void> {
    await this.#runApiServer();
    await Promise.all([this.#createAccounts(), this.#createNodes(), this.#installKruise()]);
    await this.#startControllers();
    await Promise.all([this.#untilNodesReady(), this.untilPodsAllowed('default'), this.untilPodsAllowed(teamNamespace)]);
  }

  /** By default like a crash. With SIGTERM it ends in order, which takes 5 s when clients hold watches open. */
  async stopApiServer(signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): Promise<void> {
    await this.#apiServer?.stop(signal);
  }

  /**
   * Same port, same etcd; resolves when the cluster works again. The controllers are started anew, because
   * their own way back grows with every outage, to 20 s and more.
   */
  async startApiServer(): Promise<void> {
    if (this.#apiServer && !this.#apiServer.hasExited) return;
    await this.#killControllers();
    await this.#runApiServer();
    await this.#startControllers();
  }

  /** Kills the cluster's programs: nothing of it is needed any more. */
  async stop(): Promise<void> {
    await Promise.all([this.#killControllers(), this.#apiServer?.stop('SIGKILL')]);
    this.close();
  }

  get #tokenFilePath(): string {
    return this.#ground.workspace.path(`${this.name}-tokens.csv`);
  }

  get #auditPolicyPath(): string {
    return this.#ground.workspace.path(`${this.name}-audit-policy.yaml`);
  }

  get #kwokConfigPath(): string {
    return this.#ground.workspace.path(`${this.name}-kwok.yaml`);
  }

  async #runApiServer(): Promise<void> {
    const { workspace, etcd } = this.#ground;
    const flags = apiServerFlags(workspace, {
      etcdUrl: etcd.url,
      cluster: this.name,
      port: this.#port,
      tokenFilePath: this.#tokenFilePath,
      auditPolicyPath: this.#auditPolicyPath,
      auditLogPath: this.auditLogPath,
    });
    this.#apiServer = workspace.start(`${this.name}-kube-apiserver`, ['kube-apiserver', ...flags]);
    await this.#apiServer.waitUntilReady(readyTimeoutMs, async () => (await this.#send('GET', '/readyz')).isOk);
  }

  async #startControllers(): Promise<void> {
    await Promise.all([this.#startController('controller-manager'), this.#startController('scheduler')]);
    if (this.#settings.hasKruise) await untilKruisePublished(this.#ground.binaries, this.#send);
    await this.#dropNodeLeases();
    await this.#startController('kwok');
    if (!this.#settings.hasKruise) return;
    await this.#startController('kruise');
    await this.#untilKruiseReady();
  }

  async #startController(role: Role): Promise<void> {
    this.#controllers.set(role, await this.#controller(role));
  }

  async #killControllers(): Promise<void> {
    await Promise.all([...this.#controllers.values()].map((component) => component.stop('SIGKILL')));
  }

  async #controller(role: Role): Promise<Component> {
    const { workspace, binaries } = this.#ground;
    const kubeconfigPath = await this.#controllerKubeconfig(role);
    switch (role) {
      case 'controller-manager': {
        const flags = controllerManagerFlags(workspace, kubeconfigPath);
        return workspace.start(`${this.name}-kube-controller-manager`, ['kube-controller-manager', ...flags]);
      }
      case 'scheduler':
        return workspace.start(`${this.name}-kube-scheduler`, ['kube-scheduler', ...schedulerFlags(kubeconfigPath)]);
      case 'kwok':
        return workspace.start(`${this.name}-kwok`, ['kwok', `--kubeconfig=${kubeconfigPath}`, `--config=${this.#kwokConfigPath}`]);
      case 'kruise':
        this.#kruise ??= await newKruiseSettings(this.name, kubeconfigPath);
        return startKruise(workspace, binaries, this.#kruise);
    }
  }

  async #controllerKubeconfig(role: Role): Promise<string> {
    const { workspace } = this.#ground;
    const path = workspace.path(`${this.name}-${role}.kubeconfig`);
    const user = { 'client-certificate': workspace.pki(`${role}.crt`), 'client-key': workspace.pki(`${role}.key`) };
    await writeKubeconfigFile(path, [this], [{ name: role, user }]);
    return path;
  }

  async #writeKwokConfig(): Promise<void> {
    const { workspace } = this.#ground;
    const podLogPath = workspace.path('pod.log');
    await writeFile(podLogPath, podLog());
    const config = kwokConfig(workspace, {
      kubeletPort: this.kubeletPort,
      kubernetesVersion,
      podLogPath,
      hasKruise: this.#settings.hasKruise,
    });
    await writeFile(this.#kwokConfigPath, config);
  }

  /** Every KWOK has an identity of its own, and waits for the leases of the one before it to expire. */
  async #dropNodeLeases(): Promise<void> {
    const path = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
    const response = await this.#send('DELETE', path);
    if (!response.isOk) throw new Error(`${this.name}: DELETE ${path}: ${response.status} ${response.text}`);
  }

  async #createAccounts(): Promise<void> {
    for (const { path, object } of accountObjects) await this.#create(path, object);
  }

  async #createNodes(): Promise<void> {
    const { nodeCount, nodeLabels } = this.#settings;
    const nodes = Array.from({ length: nodeCount }, (_, index) => fakeNode(this.name, index, nodeLabels));
    await Promise.all(nodes.map((node) => this.#create('/api/v1/nodes', node)));
  }

  async #installKruise(): Promise<void> {
    if (!this.#settings.hasKruise) return;
    await installKruise(this.#ground.binaries, this.#send);
  }

  async #untilKruiseReady(): Promise<void> {
    const component = this.#controllers.get('kruise');
    if (component && this.#kruise) await kruiseIsReady(component, this.#kruise);
  }

  async #untilNodesReady(): Promise<void> {
    const kwok = this.#controllers.get('kwok');
    await kwok?.waitUntilReady(readyTimeoutMs, async () => {
      const { items } = (await this.#send('GET', '/api/v1/nodes')).json<{ items: Parameters<typeof hasCondition>[0][] }>();
      return items.filter((node) => hasCondition(node, 'Ready', 'True')).length === this.#settings.nodeCount;
    });
  }

  async #create(path: string, object: object): Promise<void> {
    const response = await this.#send('POST', path, JSON.stringify(object));
    if (!response.isOk) throw new Error(`${this.name}: POST ${path}: ${response.status} ${response.text}`);
  }

  readonly #send = (method: string, path: string, body?: string, contentType = 'application/json'): Promise<KubeResponse> => {
    const headers = body === undefined ? {} : { 'content-type': contentType };
    return this.request(method, path, body, { token: this.#settings.harnessToken, headers });
  };
}

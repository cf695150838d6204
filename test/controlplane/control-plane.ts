import { readFile } from 'node:fs/promises';
import { newHarnessToken, newTokens, type Tokens, type UserName, userNames } from './accounts.ts';
import { type Binaries, buildBinaries } from './build.ts';
import type { ClusterClient, ClusterDescription } from './cluster-client.ts';
import { Etcd } from './etcd.ts';
import { writeKubeconfigFile } from './kubeconfig.ts';
import { type ClusterSettings, RealCluster } from './real-cluster.ts';
import { Workspace } from './workspace.ts';

const defaultNodeCount = 20;
const portAttempts = 3;

export interface ControlPlaneOptions {
  /** How many (named cluster-1, cluster-2, ...), or which; default 2. */
  readonly clusters?: number | readonly ClusterOptions[];
  /** Nodes in each cluster that does not say its own number, default 20. */
  readonly nodes?: number;
  /** Whether OpenKruise runs in every cluster, default true. */
  readonly kruise?: boolean;
  /** One etcd each instead of one for all: then revisions and compaction of one cluster do not touch another. */
  readonly etcdPerCluster?: boolean;
}

interface ClusterOptions {
  readonly name: string;
  readonly nodes?: number;
  /** Further labels of every node. */
  readonly nodeLabels?: Readonly<Record<string, string>>;
}

export interface ControlPlaneDescription {
  readonly directory: string;
  readonly kubeconfigPath: string;
  readonly etcdUrls: readonly string[];
  readonly tokens: Tokens;
  readonly clusters: readonly ClusterDescription[];
}

export interface KubeconfigOptions {
  readonly user: UserName;
  readonly path: string;
}

/**
 * Real clusters on loopback, in programs of their own that end with this process.
 * The first call on a machine builds them, which takes minutes.
 * Throws when Go or kubectl is missing, and when a program does not become ready; nothing is left then.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const binaries = await buildBinaries();
  for (let attempt = 1; ; attempt++) {
    try {
      return await ControlPlane.start(binaries, options);
    } catch (error) {
      // Somebody else took a port between our look and our use of it.
      const isPortTaken = String(error).includes('address already in use');
      if (!isPortTaken || attempt === portAttempts) throw error;
    }
  }
}

export class ControlPlane implements AsyncDisposable {
  readonly clusters: readonly RealCluster[];
  readonly tokens: Tokens;
  /** All clusters, context name = cluster name, as `admin`; the other users are in it for `kubectl --user`. */
  readonly kubeconfigPath: string;
  readonly #workspace: Workspace;
  readonly #etcds: readonly Etcd[];
  #stopping: Promise<void> | undefined;

  private constructor(workspace: Workspace, etcds: readonly Etcd[], clusters: readonly RealCluster[], tokens: Tokens) {
    this.#workspace = workspace;
    this.#etcds = etcds;
    this.clusters = clusters;
    this.tokens = tokens;
    this.kubeconfigPath = workspace.path('kubeconfig');
  }

  static async start(binaries: Binaries, options: ControlPlaneOptions): Promise<ControlPlane> {
    const workspace = await Workspace.create(binaries.cplane);
    const etcds: Etcd[] = [];
    const clusters: RealCluster[] = [];
    const tokens = newTokens();
    const controlPlane = new ControlPlane(workspace, etcds, clusters, tokens);
    try {
      const caData = (await readFile(workspace.pki('ca.crt'))).toString('base64');
      for (const settings of clusterSettings(options, tokens)) {
        const isFirst = etcds.length === 0;
        if (isFirst || options.etcdPerCluster) etcds.push(await Etcd.start(workspace, `etcd-${etcds.length + 1}`));
        const etcd = etcds.at(-1) as Etcd;
        clusters.push(await RealCluster.prepare({ workspace, binaries, etcd }, settings, caData));
      }
      await allOrNothing(clusters.map((cluster) => cluster.start()));
      await writeKubeconfigFile(controlPlane.kubeconfigPath, clusters, [
        ...userNames.map((name) => ({ name, user: { token: tokens[name] } })),
      ] as unknown as Parameters<typeof writeKubeconfigFile>[2]);
      return controlPlane;
    } catch (error) {
      await controlPlane.stop();
      throw error;
    }
  }

  get directory(): string {
    return this.#workspace.directory;
  }

  cluster(name: string): RealCluster {
    return clusterNamed(this.clusters, name);
  }

  describe(): ControlPlaneDescription {
    return {
      directory: this.directory,
      kubeconfigPath: this.kubeconfigPath,
      etcdUrls: this.#etcds.map((etcd) => etcd.url),
      tokens: this.tokens,
      clusters: this.clusters.map((cluster) => cluster.describe()),
    };
  }

  /** A kubeconfig of all clusters (context name = cluster name) that holds the token of `user` and no other. */
  async writeKubeconfig({ user, path }: KubeconfigOptions): Promise<void> {
    await writeKubeconfigFile(path, this.clusters, [{ name: user, user: { token: this.tokens[user] } }]);
  }

  /**
   * Drops the history from every etcd. The API servers still serve much of it from memory: only after a
   * restart do a watch or a list from an old version answer 410.
   */
  async etcdCompact(): Promise<void> {
    await Promise.all(this.#etcds.map((etcd) => etcd.compact()));
  }

  /** Stops every program and removes the directory. Safe to call twice. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stopAll(): Promise<void> {
    await Promise.all(this.clusters.map((cluster) => cluster.stop()));
    await Promise.all(this.#etcds.map((etcd) => etcd.component.stop('SIGKILL')));
    await this.#workspace.remove();
  }
}

export function clusterNamed<T extends ClusterClient>(clusters: readonly T[], name: string): T {
  const cluster = clusters.find((candidate) => candidate.name === name);
  if (!cluster) throw new Error(`no cluster ${name} among ${clusters.map((candidate) => candidate.name).join(', ')}`);
  return cluster;
}

function clusterSettings(options: ControlPlaneOptions, tokens: Tokens): ClusterSettings[] {
  const { clusters = 2, nodes = defaultNodeCount, kruise = true } = options;
  const chosen: readonly ClusterOptions[] =
    typeof clusters === 'number' ? Array.from({ length: clusters }, (_, index) => ({ name: `cluster-${index + 1}` })) : clusters;
  const harnessToken = newHarnessToken();
  return chosen.map((cluster) => ({
    name: cluster.name,
    nodeCount: cluster.nodes ?? nodes,
    nodeLabels: cluster.nodeLabels ?? {},
    hasKruise: kruise,
    tokens,
    harnessToken,
  }));
}

/** Waits for all, so that none is still starting while the others are being stopped; then throws the first failure. */
async function allOrNothing(starts: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(starts);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

import type { Component } from './component.ts';
import { freePort } from './free-port.ts';
import type { Workspace } from './workspace.ts';

const readyTimeoutMs = 30_000;

export class Etcd {
  readonly url: string;
  readonly component: Component;

  private constructor(url: string, component: Component) {
    this.url = url;
    this.component = component;
  }

  static async start(workspace: Workspace, name: string): Promise<Etcd> {
    const url = `http://127.0.0.1:${await freePort()}`;
    const peerUrl = `http://127.0.0.1:${await freePort()}`;
    const component = workspace.start(name, [
      'etcd',
      '--name=etcd',
      `--data-dir=${workspace.path(`${name}-data`)}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=etcd=${peerUrl}`,
      '--quota-backend-bytes=8589934592',
    ]);
    const etcd = new Etcd(url, component);
    try {
      await component.waitUntilReady(readyTimeoutMs, async () => (await fetch(`${url}/health`)).ok);
    } catch (error) {
      await component.stop('SIGKILL');
      throw error;
    }
    return etcd;
  }

  /** Forgets every revision before the newest one, and returns that. */
  async compact(): Promise<string> {
    const head = (await this.#call('kv/range', { key: 'AA==' })) as { header: { revision: string } };
    const { revision } = head.header;
    await this.#call('kv/compaction', { revision, physical: true });
    return revision;
  }

  async #call(method: string, body: object): Promise<unknown> {
    const response = await fetch(`${this.url}/v3/${method}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`etcd ${method}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}

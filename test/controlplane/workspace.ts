import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Component } from './component.ts';

/** Certificates of the components that do not use tokens, as `name=user/groups`. */
const clients = [
  'controller-manager=system:kube-controller-manager',
  'scheduler=system:kube-scheduler',
  'kwok=kwok/system:masters',
  'kruise=kruise-manager/system:masters',
  'kubelet-client=kube-apiserver-kubelet-client/system:masters',
  'front-proxy=front-proxy',
];

/**
 * The temporary directory of one control plane. It goes away with `remove`, and also when this
 * process dies without calling it: a small process in a session of its own waits for that.
 */
export class Workspace {
  readonly directory: string;
  readonly #cplane: string;
  readonly #sweeper: ChildProcess;

  private constructor(directory: string, cplane: string, sweeper: ChildProcess) {
    this.directory = directory;
    this.#cplane = cplane;
    this.#sweeper = sweeper;
  }

  static async create(cplane: string): Promise<Workspace> {
    const directory = await mkdtemp(join(tmpdir(), 'fleetgraph-controlplane-'));
    await writeFile(join(directory, '.controlplane'), '');
    const sweeper = spawn(cplane, ['sweep', directory], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    sweeper.unref();
    (sweeper.stdin as unknown as { unref(): void } | null)?.unref();
    await promisify(execFile)(cplane, ['certs', join(directory, 'pki'), ...clients]);
    return new Workspace(directory, cplane, sweeper);
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  pki(name: string): string {
    return join(this.directory, 'pki', name);
  }

  /** `cplane` with its first argument as the component, or another program through `cplane exec`. */
  start(name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Component {
    return new Component({
      name,
      program: this.#cplane,
      args,
      logPath: this.path(`${name}.log`),
      // A home of its own keeps KWOK and kubectl from reading the user's configuration.
      env: { PATH: process.env['PATH'] ?? '', HOME: this.directory, ...env },
    });
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    if (this.#sweeper.exitCode !== null || this.#sweeper.signalCode !== null) return;
    this.#sweeper.ref();
    const gone = new Promise((resolve) => this.#sweeper.once('exit', resolve));
    this.#sweeper.stdin?.end();
    await gone;
  }
}

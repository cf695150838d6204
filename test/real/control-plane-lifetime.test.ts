import { type ChildProcess, spawn } from 'node:child_process';
import { access, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ControlPlaneOptions, startControlPlane } from '../controlplane/control-plane.ts';
import { until } from '../controlplane/until.ts';
import { deployment } from './workloads.ts';

const small: ControlPlaneOptions = { clusters: [{ name: 'small', nodes: 3 }], kruise: false };
const command = join(import.meta.dirname, '..', 'controlplane', 'command.ts');

describe('a control plane of its own', () => {
  it('leaves no process and no file behind', async () => {
    const controlPlane = await startControlPlane({ clusters: [{ name: 'whole', nodes: 3 }] });
    const { directory } = controlPlane;
    // etcd, API server, controller manager, scheduler, KWOK, OpenKruise, and the one that sweeps.
    expect(await processesOf(directory)).toHaveLength(7);
    await controlPlane.stop();
    expect(await processesOf(directory)).toEqual([]);
    expect(await exists(directory)).toBe(false);
  });

  it('is stopped when a test that uses it fails', async () => {
    let directory = '';
    const failing = async () => {
      await using controlPlane = await startControlPlane(small);
      directory = controlPlane.directory;
      throw new Error('the test fails');
    };
    await expect(failing()).rejects.toThrow('the test fails');
    expect(await processesOf(directory)).toEqual([]);
    expect(await exists(directory)).toBe(false);
  });

  it('survives a crash and a stop of its API server', async () => {
    await using controlPlane = await startControlPlane({ clusters: [{ name: 'whole', nodes: 3 }] });
    const cluster = controlPlane.cluster('whole');
    for (const [round, signal] of (['SIGKILL', 'SIGTERM'] as const).entries()) {
      await cluster.stopApiServer(signal);
      await expect(cluster.request('GET', '/readyz')).rejects.toThrow(/ECONNREFUSED|socket hang up|ECONNRESET/);
      await cluster.startApiServer();
      await cluster.apply(deployment('shop', `after-${round}`, 'v1', 1));
      await cluster.kubectl('-n', 'shop', 'rollout', 'status', `deployment/after-${round}`, '--timeout=60s');
    }
  });

  it('answers 410 from before a compaction and a restart', async () => {
    await using controlPlane = await startControlPlane(small);
    const cluster = controlPlane.cluster('small');
    const page = await cluster.get<{ metadata: { continue: string; resourceVersion: string } }>('/api/v1/nodes?limit=1');
    await cluster.createNamespace('newer');
    await cluster.apply({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'newer' } });
    await controlPlane.etcdCompact();
    await cluster.stopApiServer();
    await cluster.startApiServer();
    const list = await cluster.request('GET', `/api/v1/nodes?limit=1&continue=${encodeURIComponent(page.metadata.continue)}`);
    expect(list.status).toBe(410);
    const watch = await cluster.request('GET', `/api/v1/nodes?watch=1&timeoutSeconds=2&resourceVersion=${page.metadata.resourceVersion}`);
    expect(watch.status === 410 || watch.text.includes('"code":410')).toBe(true);
  });

  it('writes a kubeconfig of one user', async () => {
    await using controlPlane = await startControlPlane(small);
    const path = join(controlPlane.directory, 'gateway.kubeconfig');
    await controlPlane.writeKubeconfig({ user: 'gateway', path });
    const text = await readFile(path, 'utf8');
    expect(text).toContain(controlPlane.tokens.gateway);
    expect(text).not.toContain(controlPlane.tokens.admin);
    expect(await controlPlane.cluster('small').kubectl('--kubeconfig', path, 'auth', 'whoami')).toContain('gateway');
  });
});

describe('the command', () => {
  it('keeps clusters up until it is interrupted', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'controlplane-command-'));
    const kubeconfigPath = join(folder, 'kubeconfig');
    for (const [signal, code] of [
      ['SIGTERM', 0],
      ['SIGINT', 130],
    ] as const) {
      const running = await runCommand('--clusters', '1', '--nodes', '1', '--no-kruise', '--kubeconfig', kubeconfigPath);
      expect(await readFile(kubeconfigPath, 'utf8')).toContain('cluster-1');
      running.child.kill(signal);
      expect(await running.code).toBe(code);
      expect(await processesOf(running.directory)).toEqual([]);
      expect(await exists(running.directory)).toBe(false);
    }
    await rm(folder, { recursive: true });
  });

  it('leaves nothing behind even when it is killed', async () => {
    const { child, code, directory } = await runCommand('--clusters', '1', '--nodes', '1', '--no-kruise');
    child.kill('SIGKILL');
    await code;
    await until('all its processes gone', { timeoutMs: 10_000 }, async () => (await processesOf(directory)).length === 0);
    expect(await exists(directory)).toBe(false);
  });

  it('refuses wrong usage with 2', async () => {
    for (const args of [['--clusters', '0'], ['--unknown'], ['--nodes', 'many'], ['--user', 'nobody']]) {
      const child = spawn(process.execPath, [command, ...args], { stdio: 'ignore' });
      expect(await exitCode(child)).toBe(2);
    }
  });
});

async function runCommand(...args: string[]) {
  const child = spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const code = exitCode(child);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await until('the command up', { timeoutMs: 60_000 }, async () => output.includes('stop: '));
  const directory = /^logs and audit logs: (.*)$/m.exec(output)?.[1];
  if (directory === undefined) throw new Error(`the command names no directory: ${output}`);
  return { child, code, directory };
}

function exitCode(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}

/** Ids of the processes that have the directory in their arguments or their environment. */
async function processesOf(directory: string): Promise<number[]> {
  const ids = (await readdir('/proc')).map(Number).filter((id) => id > 0);
  const mentions = await Promise.all(
    ids.map(async (id) => {
      const parts = ['cmdline', 'environ'].map((part) => readFile(`/proc/${id}/${part}`, 'utf8').catch(() => ''));
      return (await Promise.all(parts)).some((text) => text.includes(directory));
    }),
  );
  return ids.filter((_, index) => mentions[index]);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

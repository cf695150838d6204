import { chmod, copyFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type UserName, userNames } from './accounts.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';

const usage = `usage: npm run controlplane -- [options]

Keeps real Kubernetes clusters up on loopback until it is interrupted.

  --clusters N        how many clusters, named cluster-1, cluster-2, ... (default 2)
  --nodes N           nodes in each (default 20)
  --kubeconfig FILE   also writes the kubeconfig there
  --user NAME         whose token that file holds: ${userNames.join(', ')} (default admin)
  --no-kruise         without OpenKruise
  --etcd-per-cluster  one etcd each instead of one for all
  --help              this text`;

const exitCodes = { success: 0, failure: 1, usage: 2, interrupted: 130 } as const;

class UsageError extends Error {}

interface Settings {
  readonly clusters: number;
  readonly nodes: number;
  readonly kubeconfigPath: string | undefined;
  readonly user: UserName;
  readonly kruise: boolean;
  readonly etcdPerCluster: boolean;
}

function parseSettings(args: string[]): Settings | 'help' {
  const values = parseOptions(args);
  if (values.help) return 'help';
  return {
    clusters: count('--clusters', values.clusters),
    nodes: count('--nodes', values.nodes),
    kubeconfigPath: values.kubeconfig === undefined ? undefined : resolve(values.kubeconfig),
    user: userNamed(values.user),
    kruise: !values['no-kruise'],
    etcdPerCluster: values['etcd-per-cluster'],
  };
}

function parseOptions(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        clusters: { type: 'string', default: '2' },
        nodes: { type: 'string', default: '20' },
        kubeconfig: { type: 'string' },
        user: { type: 'string', default: 'admin' },
        'no-kruise': { type: 'boolean', default: false },
        'etcd-per-cluster': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function count(option: string, value: string): number {
  if (!/^[1-9]\d{0,4}$/.test(value)) throw new UsageError(`${option} ${value}: not a number from 1 to 99999`);
  return Number(value);
}

function userNamed(value: string): UserName {
  const user = userNames.find((name) => name === value);
  if (!user) throw new UsageError(`--user ${value}: not one of ${userNames.join(', ')}`);
  return user;
}

async function copyKubeconfig(controlPlane: ControlPlane, settings: Settings): Promise<void> {
  const { kubeconfigPath: path, user } = settings;
  if (path === undefined) return;
  if (user === 'admin') await copyFile(controlPlane.kubeconfigPath, path);
  else await controlPlane.writeKubeconfig({ user, path });
  await chmod(path, 0o600);
}

function announcement(controlPlane: ControlPlane, settings: Settings): string {
  const kubeconfigPath = settings.kubeconfigPath ?? controlPlane.kubeconfigPath;
  const clusters = controlPlane.clusters.map(({ name, server }) => `  ${name}  ${server}`);
  const users = userNames.map((user) => `  ${user}  ${controlPlane.tokens[user]}`);
  return [
    `clusters (contexts): ${settings.nodes} nodes each, OpenKruise ${settings.kruise ? 'runs' : 'does not run'}`,
    ...clusters,
    'users and their tokens',
    ...users,
    `logs and audit logs: ${controlPlane.directory}`,
    `kubeconfig: ${kubeconfigPath}`,
    '',
    `try: kubectl --kubeconfig ${kubeconfigPath} get nodes -L fleetgraph.io/node-set`,
    'stop: Ctrl-C',
  ].join('\n');
}

/** The signal that ends the command; later ones find it stopping already. */
function interruption(): Promise<'SIGINT' | 'SIGTERM'> {
  return new Promise((resolveSignal) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolveSignal(signal));
  });
}

async function keepUp(settings: Settings): Promise<number> {
  const interrupted = interruption();
  // Signals alone do not keep Node running.
  const running = setInterval(() => undefined, 60_000);
  const { clusters, nodes, kruise, etcdPerCluster } = settings;
  const starting = startControlPlane({ clusters, nodes, kruise, etcdPerCluster });
  try {
    const first = await Promise.race([starting, interrupted]);
    const controlPlane = await starting;
    if (typeof first !== 'string') {
      await copyKubeconfig(controlPlane, settings);
      console.log(announcement(controlPlane, settings));
    }
    const signal = await interrupted;
    await controlPlane.stop();
    return signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.success;
  } finally {
    clearInterval(running);
  }
}

async function main(args: string[]): Promise<number> {
  try {
    const settings = parseSettings(args);
    if (settings !== 'help') return await keepUp(settings);
    console.log(usage);
    return exitCodes.success;
  } catch (error) {
    const isUsage = error instanceof UsageError;
    console.error(isUsage ? `${error.message}\n\n${usage}` : String(error instanceof Error ? error.message : error));
    return isUsage ? exitCodes.usage : exitCodes.failure;
  }
}

process.exitCode = await main(process.argv.slice(2));

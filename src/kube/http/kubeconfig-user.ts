import path from 'node:path';
import type { UserInfo } from '../../model/user.ts';
import type { KubeconfigEntry, PemSource } from './kubeconfig-entry.ts';

/** How a kubeconfig's user proves who they are. Several may be given; see `credentialsOf` for their order. */
export interface KubeUser {
  readonly token?: string;
  readonly tokenFile?: string;
  readonly basic?: { readonly username: string; readonly password: string };
  readonly certificate?: { readonly cert: PemSource; readonly key: PemSource };
  /** For the vendor's client: what it calls `exec` and `authProvider`. */
  readonly plugin?: { readonly exec: object } | { readonly authProvider: object };
  readonly impersonate?: UserInfo;
}

/** Providers that the vendor's client knows. */
const AUTH_PROVIDERS = ['oidc', 'gcp', 'azure'];

const EXEC_VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

export function kubeUser(entry: KubeconfigEntry, cluster: ExecCluster): KubeUser {
  return {
    ...definedOnly({
      token: entry.text('token'),
      tokenFile: entry.path('tokenFile') ?? entry.path('token-file'),
      basic: basicOf(entry),
      certificate: certificateOf(entry),
      plugin: pluginOf(entry, cluster),
      impersonate: impersonationOf(entry),
    }),
  };
}

function basicOf(entry: KubeconfigEntry): KubeUser['basic'] {
  const username = entry.text('username');
  const password = entry.text('password');
  if (username === undefined && password === undefined) return undefined;
  if (username === undefined) return entry.fail('has a password and no username', 'give both');
  return { username, password: password ?? '' };
}

function certificateOf(entry: KubeconfigEntry): KubeUser['certificate'] {
  const cert = entry.pem('client-certificate');
  const key = entry.pem('client-key');
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined) return entry.fail('has a client-key and no client-certificate', 'give both');
  if (key === undefined) return entry.fail('has a client-certificate and no client-key', 'give both');
  return { cert, key };
}

function pluginOf(entry: KubeconfigEntry, cluster: ExecCluster): KubeUser['plugin'] {
  const exec = entry.entry('exec');
  const provider = entry.entry('auth-provider');
  if (exec !== undefined && provider !== undefined) return entry.fail('has both exec and auth-provider', 'keep one');
  if (exec !== undefined) return { exec: execOf(exec, cluster) };
  if (provider === undefined) return undefined;
  const name = provider.text('name');
  if (name === undefined || !AUTH_PROVIDERS.includes(name)) {
    return entry.fail(`has an auth-provider that is none of ${AUTH_PROVIDERS.join(', ')}`, 'use an exec plugin');
  }
  return { authProvider: structuredClone(provider.raw()) };
}

/** What a plugin may be told of the cluster that it is asked for. */
export interface ExecCluster {
  readonly server: string;
  readonly caData?: string;
  readonly tlsServerName?: string;
  readonly insecureSkipTlsVerify: boolean;
}

/** The plugin's configuration with the environment that Kubernetes promises it, which the vendor's client leaves out. */
function execOf(exec: KubeconfigEntry, cluster: ExecCluster): object {
  const command = exec.text('command') ?? exec.fail('has no command', 'name the program to run');
  const apiVersion = exec.text('apiVersion');
  if (apiVersion === undefined || !EXEC_VERSIONS.includes(apiVersion)) {
    return exec.fail(`has an apiVersion that is neither ${EXEC_VERSIONS.join(' nor ')}`, 'update the plugin and its entry');
  }
  if (exec.text('interactiveMode') === 'Always')
    return exec.fail('wants a terminal (interactiveMode: Always)', 'log in beforehand and set IfAvailable');
  const env = exec.entries('env').map((pair) => ({ name: pair.text('name') ?? '', value: pair.text('value') ?? '' }));
  const spec = { interactive: false, ...(exec.flag('provideClusterInfo') ? { cluster: clusterInfo(cluster) } : {}) };
  const info = JSON.stringify({ apiVersion, kind: 'ExecCredential', spec });
  return {
    // kubectl: a command with a slash is relative to the file, one without is looked up in PATH.
    command: command.includes('/') ? path.resolve(path.dirname(exec.file), command) : command,
    args: exec.texts('args') ?? [],
    env: [...env, { name: 'KUBERNETES_EXEC_INFO', value: info }],
  };
}

function clusterInfo(cluster: ExecCluster): object {
  return {
    server: cluster.server,
    'tls-server-name': cluster.tlsServerName,
    'insecure-skip-tls-verify': cluster.insecureSkipTlsVerify,
    'certificate-authority-data': cluster.caData,
  };
}

function impersonationOf(entry: KubeconfigEntry): UserInfo | undefined {
  const username = entry.text('as');
  const uid = entry.text('as-uid');
  const groups = entry.texts('as-groups');
  const extra = entry.textLists('as-user-extra');
  if (username === undefined) {
    return uid === undefined && groups === undefined && extra === undefined
      ? undefined
      : entry.fail('says as-groups, as-uid or as-user-extra without as', 'name the user');
  }
  return { username, groups: groups ?? [], ...definedOnly({ uid, extra }) };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function definedOnly<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}

import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import type { KubeContext } from './kubeconfig.ts';
import { KubeconfigError } from './kubeconfig-error.ts';

export interface InClusterAddress {
  /** KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT of the pod's environment. */
  readonly host: string | undefined;
  readonly port: string | undefined;
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The cluster that this process runs in, as its pod's service account.
 * `folder` is where the kubelet mounts the account's files. Throws `KubeconfigError` outside a pod.
 */
export async function inClusterContext(address: InClusterAddress, name = 'in-cluster', folder = SERVICE_ACCOUNT): Promise<KubeContext> {
  const { host, port } = address;
  if (!host || !port) {
    throw new KubeconfigError('in-cluster', 'KUBERNETES_SERVICE_HOST and _PORT are not set', 'run in a pod, or name a kubeconfig');
  }
  const [namespace] = await Promise.all(['namespace', 'token', 'ca.crt'].map((file) => readMounted(`${folder}/${file}`)));
  return {
    name,
    source: 'in-cluster',
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    insecureSkipTlsVerify: false,
    ca: { file: `${folder}/ca.crt` },
    user: { tokenFile: `${folder}/token` },
    ...(namespace === undefined ? {} : { namespace: namespace.trim() }),
  };
}

function readMounted(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => {
    throw new KubeconfigError('in-cluster', `${file} cannot be read`, 'give the pod a service account (automountServiceAccountToken)');
  });
}

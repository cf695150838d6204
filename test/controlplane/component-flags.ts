import type { Workspace } from './workspace.ts';

export interface ApiServerSettings {
  readonly etcdUrl: string;
  /** Also the prefix of its keys in etcd. */
  readonly cluster: string;
  readonly port: number;
  readonly tokenFilePath: string;
  readonly auditPolicyPath: string;
  readonly auditLogPath: string;
}

export function apiServerFlags(workspace: Workspace, settings: ApiServerSettings): string[] {
  const pki = (name: string) => workspace.pki(name);
  return [
    `--etcd-servers=${settings.etcdUrl}`,
    `--etcd-prefix=/${settings.cluster}`,
    // Loopback is no legal address in the Endpoints of `kubernetes`, and without an explicit
    // address the server looks for a default route.
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    `--secure-port=${settings.port}`,
    `--tls-cert-file=${pki('serving.crt')}`,
    `--tls-private-key-file=${pki('serving.key')}`,
    `--client-ca-file=${pki('ca.crt')}`,
    `--token-auth-file=${settings.tokenFilePath}`,
    '--authorization-mode=Node,RBAC',
    // With the second audience, static tokens pass a TokenReview that asks for it.
    '--api-audiences=https://kubernetes.default.svc,fleetgraph',
    '--service-cluster-ip-range=10.0.0.0/16',
    '--allow-privileged=true',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${pki('sa.pub')}`,
    `--service-account-signing-key-file=${pki('sa.key')}`,
    `--kubelet-certificate-authority=${pki('ca.crt')}`,
    `--kubelet-client-certificate=${pki('kubelet-client.crt')}`,
    `--kubelet-client-key=${pki('kubelet-client.key')}`,
    '--kubelet-preferred-address-types=InternalIP',
    `--requestheader-client-ca-file=${pki('ca.crt')}`,
    '--requestheader-allowed-names=front-proxy',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${pki('front-proxy.crt')}`,
    `--proxy-client-key-file=${pki('front-proxy.key')}`,
    `--audit-log-path=${settings.auditLogPath}`,
    `--audit-policy-file=${settings.auditPolicyPath}`,
    '--audit-log-maxsize=500',
    // A test of a client's own behaviour is not to meet the server's 429.
    '--enable-priority-and-fairness=false',
    '--max-requests-inflight=0',
    '--max-mutating-requests-inflight=0',
    '--profiling=false',
  ];
}

/** The defaults (20 and 30 requests per second) would make a thousand pods a matter of minutes. */
const clientRates = ['--kube-api-qps=1000', '--kube-api-burst=2000'];

/** No port, and no wait for a lease that nobody else wants. */
const alone = ['--secure-port=0', '--leader-elect=false', '--profiling=false'];

const controllers = [
  '*',
  '-bootstrap-signer-controller',
  '-token-cleaner-controller',
  '-cloud-node-lifecycle-controller',
  '-service-lb-controller',
  '-node-route-controller',
  '-node-ipam-controller',
];

export function controllerManagerFlags(workspace: Workspace, kubeconfigPath: string): string[] {
  return [
    `--kubeconfig=${kubeconfigPath}`,
    ...alone,
    ...clientRates,
    `--service-account-private-key-file=${workspace.pki('sa.key')}`,
    `--root-ca-file=${workspace.pki('ca.crt')}`,
    // Its own role lacks nearly every permission: without this, Deployments never progress.
    '--use-service-account-credentials=true',
    '--concurrent-replicaset-syncs=20',
    `--controllers=${controllers.join(',')}`,
  ];
}

export function schedulerFlags(kubeconfigPath: string): string[] {
  return [`--kubeconfig=${kubeconfigPath}`, ...alone, ...clientRates];
}

export function auditPolicy(silentUsers: readonly string[]): object {
  return {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: [
      { level: 'None', users: silentUsers },
      { level: 'None', userGroups: ['system:serviceaccounts:kube-system', 'system:nodes'] },
      // With the body: what a patch of a workload set tells which write it was.
      {
        level: 'Request',
        verbs: ['patch', 'update'],
        resources: [
          { group: 'apps', resources: ['deployments'] },
          { group: 'apps.kruise.io', resources: ['clonesets'] },
        ],
      },
      { level: 'Metadata' },
    ],
  };
}

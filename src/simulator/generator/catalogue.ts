import type { Stage } from './fleet-plan.ts';

export type PlannedKind = 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'CloneSet';

/** A workload as every cluster might have it. */
export interface CatalogueEntry {
  readonly kind: PlannedKind;
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
  /** Without a tag. */
  readonly image: string;
  /** Newest last; which one a cluster runs depends on how careful it is. */
  readonly tags: readonly string[];
  /** Replicas of an add-on; for an application its share of what is left over. */
  readonly weight: number;
  readonly cpu: string;
  readonly memory: string;
  /** An add-on: carries app.kubernetes.io/name and app.kubernetes.io/version. */
  readonly component?: string;
  readonly partOf?: string;
  readonly port?: number;
}

/** Add-ons, in the order of their importance: the smallest clusters have the first ones only. */
export const ADD_ONS: readonly CatalogueEntry[] = [
  {
    kind: 'Deployment',
    namespace: 'kube-system',
    name: 'coredns',
    container: 'coredns',
    image: 'registry.k8s.io/coredns/coredns',
    tags: ['v1.10.1', 'v1.11.1', 'v1.11.3', 'v1.12.0'],
    weight: 2,
    cpu: '100m',
    memory: '70Mi',
    component: 'coredns',
    partOf: 'dns',
    port: 53,
  },
  {
    kind: 'DaemonSet',
    namespace: 'monitoring',
    name: 'node-exporter',
    container: 'node-exporter',
    image: 'quay.io/prometheus/node-exporter',
    tags: ['v1.7.0', 'v1.8.1', 'v1.8.2'],
    weight: 0,
    cpu: '50m',
    memory: '64Mi',
    component: 'node-exporter',
    partOf: 'monitoring',
    port: 9100,
  },
  {
    kind: 'DaemonSet',
    namespace: 'logging',
    name: 'fluent-bit',
    container: 'fluent-bit',
    image: 'cr.fluentbit.io/fluent/fluent-bit',
    tags: ['3.0.7', '3.1.7', '3.1.9'],
    weight: 0,
    cpu: '50m',
    memory: '96Mi',
    component: 'fluent-bit',
    partOf: 'logging',
    port: 2020,
  },
  {
    kind: 'Deployment',
    namespace: 'kube-system',
    name: 'metrics-server',
    container: 'metrics-server',
    image: 'registry.k8s.io/metrics-server/metrics-server',
    tags: ['v0.6.4', 'v0.7.1', 'v0.7.2'],
    weight: 1,
    cpu: '100m',
    memory: '200Mi',
    component: 'metrics-server',
    partOf: 'monitoring',
    port: 10250,
  },
  {
    kind: 'Deployment',
    namespace: 'ingress-nginx',
    name: 'ingress-nginx-controller',
    container: 'controller',
    image: 'registry.k8s.io/ingress-nginx/controller',
    tags: ['v1.10.1', 'v1.11.2', 'v1.12.1'],
    weight: 2,
    cpu: '200m',
    memory: '256Mi',
    component: 'ingress-nginx',
    partOf: 'ingress',
    port: 8443,
  },
  {
    kind: 'Deployment',
    namespace: 'cert-manager',
    name: 'cert-manager',
    container: 'cert-manager-controller',
    image: 'quay.io/jetstack/cert-manager-controller',
    tags: ['v1.14.5', 'v1.15.3', 'v1.16.2'],
    weight: 1,
    cpu: '50m',
    memory: '128Mi',
    component: 'cert-manager',
    partOf: 'certificates',
    port: 9402,
  },
  {
    kind: 'StatefulSet',
    namespace: 'data',
    name: 'postgres',
    container: 'postgres',
    image: 'docker.io/library/postgres',
    tags: ['15.8', '16.3', '16.4'],
    weight: 3,
    cpu: '500m',
    memory: '1Gi',
    component: 'postgres',
    partOf: 'data',
    port: 5432,
  },
];

/** Comes with OpenKruise. */
export const KRUISE_ADD_ONS: readonly CatalogueEntry[] = [
  {
    kind: 'Deployment',
    namespace: 'kruise-system',
    name: 'kruise-controller-manager',
    container: 'manager',
    image: 'docker.io/openkruise/kruise-manager',
    tags: ['v1.7.5', 'v1.8.3'],
    weight: 1,
    cpu: '100m',
    memory: '256Mi',
    component: 'kruise',
    partOf: 'kruise',
    port: 9876,
  },
];

function application(kind: PlannedKind, path: string, weight: number, tags: readonly string[] = ['v1']): CatalogueEntry {
  const [namespace = '', name = ''] = path.split('/');
  return {
    kind,
    namespace,
    name,
    container: 'app',
    image: `registry.example/${path}`,
    tags,
    weight,
    cpu: '100m',
    memory: '128Mi',
    port: 8080,
  };
}

/** The namespace of the examples, which every cluster has. */
export const SHOP: readonly CatalogueEntry[] = [
  application('Deployment', 'shop/cart', 6),
  application('CloneSet', 'shop/web', 8),
  application('Deployment', 'shop/checkout', 5),
  application('CloneSet', 'shop/catalog', 6),
  application('StatefulSet', 'shop/sessions', 2, ['7.2.5']),
];

/** The workload that is stuck in one cluster of every fleet. */
export const STUCK = application('Deployment', 'payments/receipts', 4, ['v2.4.0']);

/** Other teams: what a cluster's remaining pods are spread over. */
export const TEAMS: readonly CatalogueEntry[] = [
  STUCK,
  application('Deployment', 'payments/ledger', 6, ['v2.3.0', 'v2.4.0']),
  application('Deployment', 'search/query', 8, ['v7.1.0', 'v7.2.0']),
  application('StatefulSet', 'search/index', 4, ['v7.2.0']),
  application('Deployment', 'identity/login', 6, ['v3.0.1', 'v3.1.0']),
  application('CloneSet', 'media/transcoder', 8, ['v0.9.4', 'v0.9.5']),
  application('Deployment', 'media/thumbnails', 5, ['v1.2.0']),
  application('Deployment', 'recommendations/ranker', 7, ['v5.0.0', 'v5.1.0']),
  application('CloneSet', 'recommendations/features', 6, ['v5.0.0']),
  application('Deployment', 'notifications/mailer', 4, ['v1.8.0', 'v1.8.1']),
  application('Deployment', 'notifications/push', 5, ['v1.8.1']),
  application('StatefulSet', 'messaging/broker', 3, ['v2.13.1']),
  application('Deployment', 'analytics/collector', 7, ['v4.2.0', 'v4.3.0']),
  application('Deployment', 'analytics/reports', 3, ['v4.3.0']),
  application('Deployment', 'logistics/routing', 5, ['v1.0.9']),
  application('CloneSet', 'logistics/tracking', 6, ['v1.1.0', 'v1.1.1']),
];

/** The newest for those who test, older ones the more there is to lose. */
export function tagFor({ tags }: CatalogueEntry, stage: Stage, chance: number): string {
  const newest = tags.length - 1;
  const behind = { testing: 0, canary: 0, 'small-flow': Math.floor(chance * 2), production: Math.floor(chance * tags.length) }[stage];
  return tags[Math.max(0, newest - behind)] ?? 'v1';
}

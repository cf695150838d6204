/**
 * Pods as an API server writes them: about 7 kB of JSON each, two fifths of it managedFields, 12 pods to a
 * ReplicaSet, 20 to a node, two pods of five with a second container. Texts that are a cluster's own hold `CLUSTER`,
 * versions hold `VERSION`, so that one prebuilt text serves many clusters and many events.
 */
export const CLUSTER = 'q9q9';
export const VERSION = '1000000000';

const PODS_PER_REPLICA_SET = 12;
const PODS_PER_NODE = 20;
const NAMESPACES = 40;
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

export function podText(index: number): string {
  return JSON.stringify(podObject(index));
}

export function podObject(index: number) {
  const set = Math.floor(index / PODS_PER_REPLICA_SET);
  const app = `service-${set % 400}`;
  const hash = `${CLUSTER}${code(set, 5)}`;
  const replicaSet = `${app}-${hash}`;
  const labels = {
    'app.kubernetes.io/name': app,
    'app.kubernetes.io/part-of': `product-${set % 25}`,
    'app.kubernetes.io/managed-by': 'Helm',
    'topology.example.com/tier': `tier-${set % 3}`,
    'pod-template-hash': hash,
  };
  const name = `${replicaSet}-${code(index * 7_919, 5)}`;
  const containers = index % 5 < 2 ? ['app', 'proxy'] : ['app'];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata(index, set, { name, replicaSet, labels }),
    spec: spec(index, containers, app),
    status: status(index, containers, app),
  };
}

interface Names {
  readonly name: string;
  readonly replicaSet: string;
  readonly labels: Readonly<Record<string, string>>;
}

function metadata(index: number, set: number, { name, replicaSet, labels }: Names) {
  return {
    name,
    generateName: `${replicaSet}-`,
    namespace: `team-${set % NAMESPACES}`,
    uid: uuid(index),
    resourceVersion: VERSION,
    creationTimestamp: instant(set * 31),
    labels,
    annotations: { 'checksum/config': code(set, 64), 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8080' },
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: replicaSet, uid: uuid(1e9 + set), controller: true, blockOwnerDeletion: true },
    ],
    managedFields: [
      managed('kube-controller-manager', '', ['f:metadata', 'f:spec'], 22, set),
      managed('kubelet', 'status', ['f:status'], 18, index),
    ],
  };
}

function managed(manager: string, subresource: string, roots: readonly string[], fields: number, seed: number) {
  const leaves = Object.fromEntries(Array.from({ length: fields }, (_, at) => [`f:field${at}${code(at, 6)}`, { '.': {}, 'f:value': {} }]));
  return {
    ...{ manager, operation: 'Update', apiVersion: 'v1', time: instant(seed), fieldsType: 'FieldsV1', subresource },
    fieldsV1: Object.fromEntries(roots.map((root) => [root, leaves])),
  };
}

function spec(index: number, containers: readonly string[], app: string) {
  return {
    nodeName: nodeName(index),
    serviceAccountName: 'default',
    priority: 0,
    schedulerName: 'default-scheduler',
    restartPolicy: 'Always',
    volumes: [
      { name: 'token', projected: { defaultMode: 420, sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }] } },
    ],
    containers: containers.map((name) => ({
      ...{ name, image: image(name, app), imagePullPolicy: 'IfNotPresent', terminationMessagePath: '/dev/termination-log' },
      env: Array.from({ length: 10 }, (_, at) => ({ name: `SETTING_${at}`, value: `value-${code(at, 12)}` })),
      resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '1', memory: '512Mi' } },
      ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
      livenessProbe: { httpGet: { path: '/livez', port: 'http', scheme: 'HTTP' }, periodSeconds: 10, failureThreshold: 3 },
      readinessProbe: { httpGet: { path: '/readyz', port: 'http', scheme: 'HTTP' }, periodSeconds: 10, failureThreshold: 3 },
      volumeMounts: [{ name: 'token', readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }],
    })),
    tolerations: ['not-ready', 'unreachable'].map((key) => ({
      ...{ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    })),
  };
}

function status(index: number, containers: readonly string[], app: string) {
  const startedAt = instant(index * 13);
  const ip = `10.${(index >>> 16) & 255}.${(index >>> 8) & 255}.${index & 255}`;
  return {
    phase: 'Running',
    hostIP: '192.168.1.1',
    podIP: ip,
    podIPs: [{ ip }],
    startTime: startedAt,
    qosClass: 'Burstable',
    conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
      ...{ type, status: 'True', lastProbeTime: null, lastTransitionTime: instant(index * 13 + 4) },
    })),
    containerStatuses: containers.map((name) => ({
      ...{ name, ready: true, started: true, restartCount: index % 17 === 0 ? 2 : 0 },
      state: { running: { startedAt: instant(index * 13 + 2) } },
      lastState: index % 17 === 0 ? { terminated: { exitCode: 1, reason: 'Error', finishedAt: instant(index), startedAt } } : {},
      image: image(name, app),
      imageID: `registry.example.com/${name}@sha256:${code(name.length + app.length, 64)}`,
      containerID: `containerd://${code(index, 64)}`,
    })),
  };
}

/** The uid of a pod of a cluster. */
export function podUid(index: number, cluster: number): string {
  return uuid(index).replace(CLUSTER, cluster.toString(16).padStart(CLUSTER.length, '0'));
}

function nodeName(index: number): string {
  return `node-${Math.floor(index / PODS_PER_NODE)}-${CLUSTER}`;
}

function image(name: string, app: string): string {
  return name === 'app' ? `registry.example.com/shop/${app}:v1.${app.length}` : 'registry.example.com/mesh/proxy:1.24.2';
}

/** Some letters and digits that follow from `seed`. */
function code(seed: number, length: number): string {
  let rest = (Math.imul(seed + 1, 0x9e3779b1) >>> 0) + seed * 4_294_967;
  let text = '';
  for (let at = 0; at < length; at += 1) {
    text += ALPHABET[rest % 27];
    rest = Math.floor(rest / 27) + (at % 6 === 5 ? (seed + at) * 2_654_435 : 0);
  }
  return text;
}

/** Its first four digits are the cluster's. */
function uuid(index: number): string {
  const digits = index.toString(16).padStart(12, '0');
  const mixed = (Math.imul(index + 7, 0x85ebca6b) >>> 0).toString(16).padStart(8, '0');
  return `${CLUSTER}${mixed.slice(0, 4)}-${mixed.slice(4)}-4000-8000-${digits}`;
}

function instant(seconds: number): string {
  return new Date(1_750_000_000_000 + (seconds % 20_000_000) * 1_000).toISOString().replace('.000Z', 'Z');
}

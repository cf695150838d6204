import { BUILT_IN_KINDS } from '../../apiserver/resources/built-in-kinds.ts';
import { customKind } from '../../apiserver/resources/custom-kind.ts';
import { kruiseCustomResourceDefinitions } from '../../apiserver/resources/kruise-crds.ts';
import type { ResourceDefinition } from '../../apiserver/resources/resource-definition.ts';
import type { StorageContents } from '../../apiserver/store/storage.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import type { Random } from '../../runtime/random.ts';
import { reconcileBudget } from '../controllers/disruption-controller.ts';
import type { DisruptionBudget, Node, Pod } from '../objects/types.ts';
import { type PlannedWorkload, planNodes, planWorkloads } from './cluster-plan.ts';
import { ClusterSeed } from './cluster-seed.ts';
import type { ClusterPlan } from './fleet-plan.ts';
import { selectorLabels } from './manifests.ts';
import { seedAccess } from './seeded-access.ts';
import { seedNodes } from './seeded-nodes.ts';
import { NodeRing, seedRunningPod } from './seeded-pods.ts';
import { type Site, seedStuckDeployment, seedWorkload } from './seeded-workloads.ts';
import { VOLUME_CLAIM_KIND } from './volume-claim-kind.ts';

/** Kinds that a simulated API server serves without a CustomResourceDefinition. */
export const SIMULATED_KINDS: readonly ResourceDefinition[] = [...BUILT_IN_KINDS, VOLUME_CLAIM_KIND];

/** Everything that is in the cluster when the story begins. */
export function generateCluster(plan: ClusterPlan, random: Random, now: number): StorageContents {
  const definitions = plan.hasOpenKruise ? kruiseDefinitions() : [];
  const custom = definitions.map(customKind).filter((kind) => kind !== undefined);
  const seed = new ClusterSeed({ definitions: [...SIMULATED_KINDS, ...custom], random, now });
  const createdAt = now - 90 * DAY_MS;
  for (const definition of definitions) seed.add(definition, createdAt);
  const plannedNodes = planNodes(plan);
  const workloads = planWorkloads(plan, plannedNodes.length, random);
  seedNamespaces(seed, workloads, createdAt);
  seedAccess(seed, createdAt);
  const nodes = seedNodes(seed, plan, plannedNodes);
  seedControlPlane(seed, plan, nodes);
  seedWorkloads({ seed, nodes, ring: new NodeRing(nodes) }, plan, workloads);
  return seed.contents();
}

/** Only what the simulated controllers roll: creating one of the others is refused as a kind nobody serves. */
function kruiseDefinitions(): KubeObject[] {
  return kruiseCustomResourceDefinitions().filter(({ metadata }) => metadata.name === 'clonesets.apps.kruise.io');
}

function seedNamespaces(seed: ClusterSeed, workloads: readonly PlannedWorkload[], at: number): void {
  const names = new Set(['default', 'kube-node-lease', 'kube-public', 'kube-system', ...workloads.map(({ namespace }) => namespace)]);
  for (const name of names) {
    seed.add({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, at);
    seed.add({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } }, at);
  }
}

function seedWorkloads(site: Site, plan: ClusterPlan, workloads: readonly PlannedWorkload[]): void {
  for (const planned of workloads) {
    if (planned.isStuck) seedStuckDeployment(site, planned);
    else seedWorkload(site, planned);
    seedService(site.seed, planned);
  }
  seedConfiguration(site.seed, plan);
  seedBudgets(site.seed, workloads);
}

function seedService(seed: ClusterSeed, planned: PlannedWorkload): void {
  const { name, namespace, entry } = planned;
  if (entry.port === undefined || planned.kind === 'DaemonSet') return;
  const spec = { selector: selectorLabels(planned), ports: [{ name: 'main', port: entry.port }] };
  seed.add(
    { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace, labels: selectorLabels(planned) }, spec },
    seed.now - 60 * DAY_MS,
  );
}

function seedConfiguration(seed: ClusterSeed, { name, region }: ClusterPlan): void {
  const corefile =
    '.:53 {\n    errors\n    health\n    ready\n    kubernetes cluster.local in-addr.arpa ip6.arpa\n    forward . /etc/resolv.conf\n    cache 30\n    loop\n    reload\n    loadbalance\n}\n';
  const at = seed.now - 60 * DAY_MS;
  seed.add(
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'coredns', namespace: 'kube-system' }, data: { Corefile: corefile } },
    at,
  );
  seed.add({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cluster', namespace: 'kube-public' }, data: { name, region } }, at);
}

function seedBudgets(seed: ClusterSeed, workloads: readonly PlannedWorkload[]): void {
  for (const planned of workloads.filter(({ name }) => BUDGETED.has(name))) {
    const { name, namespace } = planned;
    const budget: DisruptionBudget = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name, namespace },
      spec: { selector: { matchLabels: selectorLabels(planned) }, maxUnavailable: 1 },
    };
    const added = seed.add(budget, seed.now - 60 * DAY_MS);
    const pods = seed.podsOf(namespace, selectorLabels(planned));
    const report = reconcileBudget(added, pods).actions[0];
    if (report?.do === 'update') added.status = report.object.status ?? {};
  }
}

const BUDGETED = new Set(['coredns', 'cart', 'postgres']);

/** The parts of the control plane as static pods of the first node. */
function seedControlPlane(seed: ClusterSeed, { pods, kubernetesVersion }: ClusterPlan, nodes: readonly Node[]): void {
  const node = nodes[0];
  if (node === undefined || pods < 60) return;
  const parts = {
    'kube-apiserver': kubernetesVersion,
    'kube-controller-manager': kubernetesVersion,
    'kube-scheduler': kubernetesVersion,
    etcd: '3.5.21-0',
  };
  const createdAt = seed.now - 30 * DAY_MS;
  for (const [name, tag] of Object.entries(parts)) seedRunningPod(seed, staticPod(node, name, tag), node, createdAt);
}

function staticPod(node: Node, name: string, tag: string): Pod {
  const { metadata } = node;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}-${metadata.name}`,
      namespace: 'kube-system',
      labels: { component: name, tier: 'control-plane' },
      annotations: { 'kubernetes.io/config.source': 'file', 'kubernetes.io/config.mirror': metadata.uid ?? '' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: metadata.name, uid: metadata.uid ?? '', controller: true }],
    },
    spec: {
      containers: [{ name, image: `registry.k8s.io/${name}:${tag}`, resources: { requests: { cpu: '200m' } } }],
      hostNetwork: true,
      tolerations: [{ operator: 'Exists', effect: 'NoExecute' }],
    },
  };
}

const DAY_MS = 86_400_000;

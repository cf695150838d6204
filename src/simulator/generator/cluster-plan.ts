import type { Random } from '../../runtime/random.ts';
import { ADD_ONS, type CatalogueEntry, KRUISE_ADD_ONS, type PlannedKind, SHOP, STUCK, TEAMS, tagFor } from './catalogue.ts';
import type { ClusterPlan } from './fleet-plan.ts';

export interface PlannedWorkload {
  readonly kind: PlannedKind;
  readonly namespace: string;
  readonly name: string;
  readonly entry: CatalogueEntry;
  readonly image: string;
  readonly tag: string;
  /** Of a DaemonSet: one on every node. */
  readonly replicas: number;
  /** Its rollout waits for an image that nobody has. */
  readonly isStuck: boolean;
}

export interface PlannedNode {
  readonly name: string;
  readonly nodeSet: string;
  readonly zone: string;
  readonly instanceType: string;
  readonly cpu: number;
  readonly memoryGi: number;
}

/** About so many pods on a node. */
const PODS_PER_NODE = 24;

export function planNodes({ name, region, pods }: ClusterPlan): PlannedNode[] {
  const count = Math.max(pods < 30 ? 2 : 3, Math.round(pods / PODS_PER_NODE));
  const system = Math.max(1, Math.round(count * 0.2));
  const memory = count < 6 ? 0 : Math.round(count * 0.2);
  return Array.from({ length: count }, (_, index) => {
    const nodeSet = index < system ? 'system' : index >= count - memory ? 'memory' : 'general';
    const zone = `${region}${'abc'[index % 3]}`;
    return { name: `${name}-${nodeSet}-${index + 1}`, nodeSet, zone, ...SIZES[nodeSet] };
  });
}

const SIZES = {
  system: { instanceType: 'm6i.xlarge', cpu: 4, memoryGi: 16 },
  general: { instanceType: 'm6i.4xlarge', cpu: 16, memoryGi: 64 },
  memory: { instanceType: 'r6i.4xlarge', cpu: 16, memoryGi: 128 },
} as const;

/** Add-ons first, then the shop, then as many of the other teams' workloads as fill the cluster. */
export function planWorkloads(plan: ClusterPlan, nodes: number, random: Random): PlannedWorkload[] {
  const isSmall = plan.pods < 60;
  const addOns = [...(isSmall ? ADD_ONS.slice(0, 5) : ADD_ONS), ...(plan.hasOpenKruise ? KRUISE_ADD_ONS : [])];
  const platform = addOns.map((entry) => planned(entry, plan, { replicas: entry.kind === 'DaemonSet' ? nodes : entry.weight, random }));
  const controlPlane = isSmall ? 0 : CONTROL_PLANE_PODS;
  const left = plan.pods - controlPlane - platform.reduce((sum, { replicas }) => sum + replicas, 0);
  const applications = shares(chooseApplications(left, plan.hasStuckWorkload), left);
  return [...platform, ...applications.map(({ entry, replicas }) => planned(entry, plan, { replicas, random }))];
}

function planned(entry: CatalogueEntry, plan: ClusterPlan, { replicas, random }: { replicas: number; random: Random }): PlannedWorkload {
  const kind = entry.kind === 'CloneSet' && !plan.hasOpenKruise ? 'Deployment' : entry.kind;
  const tag = tagFor(entry, plan.stage, random.next());
  const isStuck = plan.hasStuckWorkload && entry === STUCK;
  return {
    kind,
    namespace: entry.namespace,
    name: entry.name,
    entry,
    image: `${entry.image}:${tag}`,
    tag,
    isStuck,
    replicas: isStuck ? Math.max(4, replicas) : replicas,
  };
}

/** The shop always; other teams while each workload can have some pods; numbered copies of them in very big clusters. */
function chooseApplications(pods: number, hasStuck: boolean): CatalogueEntry[] {
  const wanted = Math.max(SHOP.length, Math.floor(pods / 8));
  const chosen = [...SHOP];
  if (hasStuck && wanted === SHOP.length) return [...chosen, STUCK];
  for (let round = 1; chosen.length < wanted && round <= MOST_COPIES; round += 1) {
    const copies = TEAMS.map((entry) => (round === 1 ? entry : { ...entry, name: `${entry.name}-${round}` }));
    chosen.push(...copies.slice(0, wanted - chosen.length));
  }
  return chosen;
}

function shares(entries: readonly CatalogueEntry[], pods: number): { entry: CatalogueEntry; replicas: number }[] {
  const weights = entries.reduce((sum, { weight }) => sum + weight, 0);
  const planned = entries.map((entry) => ({ entry, replicas: Math.max(1, Math.floor((pods * entry.weight) / weights)) }));
  const largest = planned.findIndex(({ entry }) => entry.name === 'web');
  const rest = pods - planned.reduce((sum, { replicas }) => sum + replicas, 0);
  return planned.map((one, index) => (index === largest ? { ...one, replicas: Math.max(1, one.replicas + rest) } : one));
}

const MOST_COPIES = 2000;
const CONTROL_PLANE_PODS = 4;

import { STAGE_LABEL } from '../model/cluster.ts';
import type { WorkloadKind, WorkloadRecord } from '../model/workload-record.ts';
import type { ClusterStore, GraphStore } from '../store/graph-store.ts';

/** A document to paste into the playground, or into curl. */
export interface Pasteable {
  /** What it does, for people. */
  readonly title: string;
  readonly document: string;
}

/** The first thing to ask of any fleet. */
export const FIRST_QUERY = `query FirstLook {
  fleet { clusterCount nodeCount podCount attention(first: 5) { severity message since } }
  workloads(filter: { state: { in: [STUCK] } }, first: 5) {
    nodes { cluster { name } namespace name status { message causes { code count } } }
  }
}`;

/**
 * A canary to try: on a simulated fleet a real one, how to watch it, and how to take it back; on real clusters a dry run.
 * Empty where no workload would do.
 */
export function quickstart(store: GraphStore, isSimulated: boolean): readonly Pasteable[] {
  const workload = isSimulated ? chosen(store, ({ namespace }) => namespace === 'shop') : chosen(store, isOrdinary);
  if (workload === undefined) return [];
  if (!isSimulated)
    return [{ title: 'A dry run of a canary to paste (it shows the plan and changes nothing)', document: dryRun(workload) }];
  return [
    { title: 'A canary to paste: one pod gets a new image, then it waits for you', document: canary(workload) },
    { title: `Watch it (in the place of ${ID_PLACE}, here and below: the id that the canary answered)`, document: WATCH },
    { title: 'Take it back (rolloutAdvance, in its place, goes on)', document: ROLL_BACK },
  ];
}

const KINDS: readonly WorkloadKind[] = ['CLONE_SET', 'DEPLOYMENT'];
/** Clusters of this stage are where things are tried first. */
const CANARY_STAGE = 'canary';

/** `web` in a canary cluster if it will do, else the first workload that does. */
function chosen(store: GraphStore, fits: (workload: WorkloadRecord) => boolean): WorkloadRecord | undefined {
  const isCanary = ({ record }: ClusterStore) => Number(record.labels[STAGE_LABEL] === CANARY_STAGE);
  const clusters = store.clusters().toSorted((a, b) => isCanary(b) - isCanary(a));
  for (const kind of KINDS) {
    const all = clusters.flatMap((cluster) => [...cluster.workloads(kind).all()].filter((each) => fits(each) && isCalm(each)));
    const found = all.find(({ name }) => name === 'web') ?? all[0];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A rollout could begin at once, and one pod more or less is no matter. */
function isCalm({ replicas, strategy, images }: WorkloadRecord): boolean {
  const { desired, updated, available } = replicas;
  const isWhole = desired >= 2 && updated === desired && available === desired;
  const isFree = !strategy.paused && Number.parseInt(String(strategy.partition ?? 0), 10) === 0;
  return isWhole && isFree && images.length > 0 && !['Recreate', 'OnDelete'].includes(strategy.type);
}

function isOrdinary({ namespace }: WorkloadRecord): boolean {
  return !namespace.startsWith('kube-');
}

function canary(workload: WorkloadRecord): string {
  const [first] = workload.images;
  const image = `{ container: ${JSON.stringify(first?.container)}, image: ${JSON.stringify(`${first?.image}-canary`)} }`;
  return `mutation Canary {
  rolloutStart(input: {
    workload: ${nameOf(workload)}
    change: { images: [${image}] }
    steps: [{ target: 1, manual: true }, { target: "100%" }]
  }) {
    rollout { id phase reason { message } }
    userErrors { __typename code message path unblock }
  }
}`;
}

/** Stands where the id belongs. */
const ID_PLACE = 'ROLLOUT_ID';

const WATCH = `subscription WatchCanary {
  rolloutProgress(rollout: "${ID_PLACE}") {
    phase
    currentStep
    progress { desired target updated updatedAvailable }
    reason { message unblock }
  }
}`;

const ROLL_BACK = `mutation RollBack {
  rolloutRollback(input: { rollout: "${ID_PLACE}", reason: "trying it out" }) {
    rollout { id phase reason { message } }
    userErrors { __typename code message unblock }
  }
}`;

function dryRun(workload: WorkloadRecord): string {
  return `mutation CanaryPlan {
  rolloutStart(input: {
    workload: ${nameOf(workload)}
    change: { restart: true }
    steps: [{ target: 1, manual: true }, { target: "100%" }]
    dryRun: true
  }) {
    plan { hash method steps { index target } changes { path from to } warnings }
    userErrors { __typename code message path unblock }
  }
}`;
}

function nameOf({ cluster, workloadKind, namespace, name }: WorkloadRecord): string {
  const [inCluster, inNamespace, called] = [cluster, namespace, name].map((text) => JSON.stringify(text));
  return `{ name: { cluster: ${inCluster}, kind: ${workloadKind}, namespace: ${inNamespace}, name: ${called} } }`;
}

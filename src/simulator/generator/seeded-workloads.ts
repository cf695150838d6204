import { reconcileCloneSet } from '../controllers/clone-set-controller.ts';
import { cloneSetPod, freshIds } from '../controllers/clone-set-pod.ts';
import { daemonPod } from '../controllers/daemon-pod.ts';
import { reconcileDaemonSet } from '../controllers/daemon-set-controller.ts';
import { reconcileDeployment } from '../controllers/deployment-controller.ts';
import { newReplicaSet, REVISION, rescaled } from '../controllers/deployment-revisions.ts';
import { reconcileReplicaSet } from '../controllers/replica-set-controller.ts';
import { hashOf, newRevision } from '../controllers/revision-history.ts';
import { claimsFor, statefulPod } from '../controllers/stateful-pod.ts';
import { reconcileStatefulSet } from '../controllers/stateful-set-controller.ts';
import { boundStatus } from '../controllers/volume-binder.ts';
import type { Decision } from '../engine/action.ts';
import { podFromTemplate } from '../objects/pod-template.ts';
import { timestamp } from '../objects/timestamps.ts';
import type { CloneSet, ControllerRevision, DaemonSet, Deployment, Node, Pod, ReplicaSet, StatefulSet } from '../objects/types.ts';
import type { PlannedKind } from './catalogue.ts';
import type { PlannedWorkload } from './cluster-plan.ts';
import type { ClusterSeed } from './cluster-seed.ts';
import { cloneSetOf, daemonSetOf, deploymentOf, STUCK_TAG, statefulSetOf } from './manifests.ts';
import { type NodeRing, seedRunningPod, seedUnpullablePod } from './seeded-pods.ts';

/** What seeding a workload needs to know of its cluster. */
export interface Site {
  readonly seed: ClusterSeed;
  readonly nodes: readonly Node[];
  readonly ring: NodeRing;
}

/** The workload and all that belongs to it, settled: its controllers find nothing to do. */
export function seedWorkload(site: Site, planned: PlannedWorkload): void {
  SEEDERS[planned.kind](site, planned);
}

const SEEDERS: Readonly<Record<PlannedKind, (site: Site, planned: PlannedWorkload) => void>> = {
  Deployment: (site, planned) => seedDeployment(site, planned),
  StatefulSet: (site, planned) => seedStatefulSet(site, planned),
  DaemonSet: (site, planned) => seedDaemonSet(site, planned),
  CloneSet: (site, planned) => seedCloneSet(site, planned),
};

/** Between three days and two months ago for a workload, later for its pods. */
function ages({ seed }: Site): { createdAt: number; podAt: () => number } {
  const age = (3 + seed.random.int(57)) * DAY_MS;
  const podAge = age * (0.1 + 0.5 * seed.random.next());
  return { createdAt: seed.now - age, podAt: () => seed.now - podAge + seed.random.int(60_000) };
}

// --------------------------------------------------------------------------------------------- Deployment

function seedDeployment(site: Site, planned: PlannedWorkload): void {
  const { seed } = site;
  const { createdAt, podAt } = ages(site);
  const deployment = seed.add(deploymentOf(planned), createdAt);
  const earlier = seedEarlierRevision(site, deployment, planned, createdAt);
  const current = seed.add(newReplicaSet(deployment, earlier), earlier.length === 0 ? createdAt : podAt());
  current.spec.replicas = planned.replicas;
  const pods = Array.from({ length: planned.replicas }, () => seedRunningPod(seed, replicaPod(current), site.ring.take(), podAt()));
  settle(current, reconcileReplicaSet({ replicaSet: current, pods, orphans: [], now: seed.now }));
  annotateRevision(deployment, current);
  settleDeployment(deployment, [...earlier, current], podAt());
}

function replicaPod(replicaSet: ReplicaSet): Pod {
  return podFromTemplate(replicaSet.spec.template, replicaSet, { generateName: `${replicaSet.metadata.name}-` });
}

/** What ran before, scaled to nothing: so that there is something to roll back to. */
function seedEarlierRevision({ seed }: Site, deployment: Deployment, { entry, tag }: PlannedWorkload, createdAt: number): ReplicaSet[] {
  const before = entry.tags[entry.tags.indexOf(tag) - 1];
  if (before === undefined) return [];
  const { template } = deployment.spec;
  const containers = template.spec.containers.map((container) => ({ ...container, image: `${entry.image}:${before}` }));
  const earlier = { ...deployment, spec: { ...deployment.spec, template: { ...template, spec: { ...template.spec, containers } } } };
  const replicaSet = seed.add(newReplicaSet(earlier, []), createdAt);
  replicaSet.spec.replicas = 0;
  settle(replicaSet, reconcileReplicaSet({ replicaSet, pods: [], orphans: [], now: seed.now }));
  return [replicaSet];
}

function annotateRevision(deployment: Deployment, current: ReplicaSet): void {
  deployment.metadata.annotations = { ...deployment.metadata.annotations, [REVISION]: current.metadata.annotations?.[REVISION] ?? '1' };
}

function settleDeployment(deployment: Deployment, replicaSets: readonly ReplicaSet[], now: number): void {
  const observe = () => reconcileDeployment({ deployment, replicaSets, orphans: [], podsOf: () => 0, nameIsTaken: false, now });
  settle(deployment, observe());
}

/** A rollout that cannot go on: its new pods wait for an image that nobody has. */
export function seedStuckDeployment(site: Site, planned: PlannedWorkload): void {
  const { seed, ring } = site;
  const { createdAt } = ages(site);
  const brokenAt = seed.now - 3 * HOUR_MS;
  const deployment = seed.add(deploymentOf(planned), createdAt);
  const good = seed.add(newReplicaSet(deployment, []), createdAt);
  const containers = deployment.spec.template.spec.containers.map((container) => ({
    ...container,
    image: `${planned.entry.image}:${STUCK_TAG}`,
  }));
  deployment.spec.template = { ...deployment.spec.template, spec: { ...deployment.spec.template.spec, containers } };
  deployment.metadata.generation = 2;
  const bad = seed.add(newReplicaSet(deployment, [good]), brokenAt);
  // A quarter may be missing and a quarter may be extra, so a quarter of the old pods has gone and half of the new ones were tried.
  const quarter = Math.floor(planned.replicas / 4);
  Object.assign(good, rescaled(deployment, good, planned.replicas - quarter));
  Object.assign(bad, rescaled(deployment, bad, quarter + Math.ceil(planned.replicas / 4)));
  const running = Array.from({ length: planned.replicas - quarter }, () =>
    seedRunningPod(seed, replicaPod(good), ring.take(), createdAt + HOUR_MS),
  );
  const waiting = Array.from({ length: bad.spec.replicas ?? 0 }, () => seedUnpullablePod(seed, replicaPod(bad), ring.take(), brokenAt));
  settle(good, reconcileReplicaSet({ replicaSet: good, pods: running, orphans: [], now: seed.now }));
  settle(bad, reconcileReplicaSet({ replicaSet: bad, pods: waiting, orphans: [], now: seed.now }));
  annotateRevision(deployment, bad);
  deployment.status = {
    conditions: [
      {
        type: 'Progressing',
        status: 'True',
        reason: 'ReplicaSetUpdated',
        message: `ReplicaSet "${bad.metadata.name}" is progressing.`,
        lastUpdateTime: timestamp(brokenAt),
        lastTransitionTime: timestamp(brokenAt),
      },
    ],
  };
  settleDeployment(deployment, [good, bad], brokenAt);
  settleDeployment(deployment, [good, bad], brokenAt + 601_000);
}

// ------------------------------------------------------------------------------------- the other three kinds

function seedStatefulSet(site: Site, planned: PlannedWorkload): void {
  const { seed, ring } = site;
  const { createdAt, podAt } = ages(site);
  const set = seed.add(statefulSetOf(planned), createdAt);
  const revision = seedRevision(seed, set, 'controller.kubernetes.io/hash', createdAt);
  const ordinals = Array.from({ length: planned.replicas }, (_, ordinal) => ordinal);
  for (const claim of ordinals.flatMap((ordinal) => claimsFor(set, ordinal))) seed.add(claim, createdAt).status = boundStatus(claim);
  const pods = ordinals.map((ordinal) => seedRunningPod(seed, statefulPod(set, ordinal, revision), ring.take(), podAt()));
  settle(set, reconcileStatefulSet({ set, pods, orphans: [], revisions: [revision], hasClaim: () => true, now: seed.now }));
}

function seedDaemonSet(site: Site, planned: PlannedWorkload): void {
  const { seed, nodes } = site;
  const { createdAt, podAt } = ages(site);
  const set = seed.add(daemonSetOf(planned), createdAt);
  const revision = seedRevision(seed, set, 'controller-revision-hash', createdAt);
  const hash = hashOf(revision.metadata.name);
  const pods = nodes.map((node) => seedRunningPod(seed, daemonPod(set, node.metadata.name, set.spec.template, hash), node, podAt()));
  settle(set, reconcileDaemonSet({ set, pods, nodes, revisions: [revision], now: seed.now }));
}

function seedCloneSet(site: Site, planned: PlannedWorkload): void {
  const { seed, ring } = site;
  const { createdAt, podAt } = ages(site);
  const set = seed.add(cloneSetOf(planned), createdAt);
  const revision = seedRevision(seed, set, 'controller.kubernetes.io/hash', createdAt);
  const pods = freshIds(planned.replicas, [], seed.random).map((id) =>
    seedRunningPod(seed, cloneSetPod(set, revision, id), ring.take(), podAt()),
  );
  settle(set, reconcileCloneSet({ set, pods, revisions: [revision], now: seed.now, random: seed.random }));
}

function seedRevision(
  seed: ClusterSeed,
  owner: StatefulSet | DaemonSet | CloneSet,
  hashLabel: string,
  createdAt: number,
): ControllerRevision {
  return seed.add(newRevision(owner, 1, { hashLabel }), createdAt);
}

/** Takes over the status that the object's own controller would report. */
function settle(object: { status?: unknown }, { actions }: Decision): void {
  for (const action of actions) if (action.do === 'update' && action.subresource === 'status') object.status = action.object.status;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

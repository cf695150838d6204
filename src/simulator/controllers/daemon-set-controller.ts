import { type Action, type Decision, NOTHING_TO_DO, replaceStatus, soonest } from '../engine/action.ts';
import type { Controller, ControllerContext } from '../engine/controller.ts';
import { anyOf, itself, ownerOf } from '../engine/sources.ts';
import { hash32 } from '../objects/hash.ts';
import { scaled } from '../objects/int-or-percent.ts';
import { CONTROLLER_REVISIONS, DAEMON_SETS, NODES, PODS } from '../objects/kinds.ts';
import { isDeleting, keyOf } from '../objects/owners.ts';
import { isAvailable, isFinished, isReady, nextAvailableInMs } from '../objects/pod-facts.ts';
import { sameJson } from '../objects/stable-json.ts';
import type { ControllerRevision, DaemonSet, DaemonSetStatus, Node, Pod } from '../objects/types.ts';
import { daemonPod, judgeNode, nodeOf } from './daemon-pod.ts';
import { expiredRevisions, hashOf, type RevisionSync, syncRevisions } from './revision-history.ts';

const NAME = 'daemonset-controller';
const HASH_LABEL = 'controller-revision-hash';

export interface DaemonSetObservation {
  readonly set: DaemonSet;
  readonly pods: readonly Pod[];
  readonly nodes: readonly Node[];
  readonly revisions: readonly ControllerRevision[];
  readonly now: number;
}

export function daemonSetController({ cache, clock }: ControllerContext): Controller {
  const sets = cache.collection<DaemonSet>(DAEMON_SETS);
  const pods = cache.collection<Pod>(PODS);
  const nodes = cache.collection<Node>(NODES);
  const revisions = cache.collection<ControllerRevision>(CONTROLLER_REVISIONS);
  return {
    name: NAME,
    sources: [
      itself(sets),
      ownerOf(pods, 'DaemonSet'),
      anyOf(nodes, (next, previous) => (concernsPlacement(next, previous) ? [...sets.all()].map(keyOf) : [])),
    ],
    reconcile(key) {
      const set = sets.get(key);
      if (set === undefined) return NOTHING_TO_DO;
      const { uid } = set.metadata;
      return reconcileDaemonSet({
        set,
        pods: pods.ownedBy(uid),
        nodes: [...nodes.all()],
        revisions: revisions.ownedBy(uid),
        now: clock.now(),
      });
    },
  };
}

/** Heartbeats are not news to a DaemonSet. */
function concernsPlacement(next: Node | undefined, previous: Node | undefined): boolean {
  return (
    next === undefined ||
    previous === undefined ||
    !sameJson(next.spec, previous.spec) ||
    !sameJson(next.metadata.labels, previous.metadata.labels)
  );
}

interface Placement {
  readonly byNode: ReadonlyMap<string, readonly Pod[]>;
  /** Names of nodes on which a pod belongs, in a random but fixed order. */
  readonly wanted: readonly string[];
  readonly stray: readonly Pod[];
}

export function reconcileDaemonSet(observed: DaemonSetObservation): Decision {
  const { set, pods, now } = observed;
  const collisionCount = set.status?.collisionCount;
  const revisions = syncRevisions(set, observed.revisions, {
    hashLabel: HASH_LABEL,
    ...(collisionCount === undefined || collisionCount === 0 ? {} : { collisionCount }),
  });
  const placement = place(observed);
  const changes = isDeleting(set) ? [] : changePods(observed, placement, revisions);
  const status = statusOf(observed, placement, hashOfUpdate(revisions));
  const reported = sameJson(status, set.status) ? [] : [replaceStatus(DAEMON_SETS, set, status)];
  const live = new Set(pods.map((pod) => pod.metadata.labels?.[HASH_LABEL] ?? '')).add(hashOfUpdate(revisions));
  return {
    actions: [...revisions.actions, ...changes, ...reported, ...expiredRevisions(revisions.all, live, set.spec.revisionHistoryLimit)],
    ...soonest(nextAvailableInMs(pods, minReady(set), now)),
  };
}

function hashOfUpdate({ update }: RevisionSync): string {
  return hashOf(update.metadata.name);
}

function place({ set, pods, nodes }: DaemonSetObservation): Placement {
  const byNode = new Map<string, Pod[]>();
  for (const pod of pods) {
    const nodeName = nodeOf(pod) ?? '';
    byNode.set(nodeName, [...(byNode.get(nodeName) ?? []), pod]);
  }
  const verdicts = new Map(nodes.map((node) => [node.metadata.name, judgeNode(set, node)]));
  const wanted = [...verdicts].filter(([, { shouldRun }]) => shouldRun).map(([name]) => name);
  const stray = pods.filter((pod) => verdicts.get(nodeOf(pod) ?? '')?.mayStay === false && !isDeleting(pod));
  return { byNode, wanted: shuffled(wanted, set.metadata.generation ?? 0), stray };
}

/** The real controller walks a hash map: an order that is nobody's plan. Ours is as arbitrary, but always the same. */
function shuffled(names: readonly string[], salt: number): string[] {
  return [...names].sort((a, b) => hash32(`${salt}${a}`) - hash32(`${salt}${b}`));
}

/** First one pod on every wanted node; only when that is under way, old pods give way to new ones. */
function changePods(observed: DaemonSetObservation, placement: Placement, revisions: RevisionSync): Action[] {
  const { set, pods } = observed;
  const failed = pods.filter((pod) => isFinished(pod) && !isDeleting(pod));
  const gone = [...new Set([...placement.stray, ...failed, ...superfluous(placement)])];
  const missing = placement.wanted.filter((name) => (placement.byNode.get(name) ?? []).every((pod) => isFinished(pod) && isDeleting(pod)));
  const managed = [...gone.map((pod) => removal(set, pod)), ...missing.map((name) => creation(set, name, revisions))];
  if (managed.length > 0 || set.spec.updateStrategy?.type === 'OnDelete') return managed;
  return surge(set) > 0 ? rollWithSurge(observed, placement, revisions) : roll(observed, placement, hashOfUpdate(revisions));
}

/** Two pods on one node without a surge: the younger goes. */
function superfluous({ byNode, wanted }: Placement): Pod[] {
  return wanted.flatMap((name) => {
    const staying = (byNode.get(name) ?? []).filter((pod) => !isDeleting(pod) && !isFinished(pod));
    const hashes = new Set(staying.map((pod) => pod.metadata.labels?.[HASH_LABEL]));
    return staying.length > 1 && hashes.size === 1 ? staying.slice(1) : [];
  });
}

/** Every old pod that is not available goes at once; available ones as the budget allows. */
function roll({ set, now }: DaemonSetObservation, { byNode, wanted }: Placement, hash: string): Action[] {
  let unavailable = 0;
  const free: Pod[] = [];
  const candidates: Pod[] = [];
  for (const name of wanted) {
    const pods = byNode.get(name) ?? [];
    const staying = pods.filter((pod) => !isDeleting(pod));
    const old = staying.find((pod) => pod.metadata.labels?.[HASH_LABEL] !== hash);
    if (!staying.some((pod) => isAvailable(pod, minReady(set), now))) unavailable += 1;
    if (old === undefined || pods.length > staying.length) continue;
    (isAvailable(old, minReady(set), now) ? candidates : free).push(old);
  }
  const budget = Math.max(0, maxUnavailable(set, wanted.length) - unavailable);
  return [...free, ...candidates.slice(0, budget)].map((pod) => removal(set, pod));
}

/** With a surge the new pod comes first; the old one goes once the new one is available. */
function rollWithSurge({ set, now }: DaemonSetObservation, { byNode, wanted }: Placement, revisions: RevisionSync): Action[] {
  const hash = hashOfUpdate(revisions);
  const replaced: Pod[] = [];
  const candidates: string[] = [];
  let surging = 0;
  for (const name of wanted) {
    const staying = (byNode.get(name) ?? []).filter((pod) => !isDeleting(pod));
    const old = staying.find((pod) => pod.metadata.labels?.[HASH_LABEL] !== hash);
    const fresh = staying.find((pod) => pod.metadata.labels?.[HASH_LABEL] === hash);
    if (old === undefined) continue;
    if (fresh === undefined) candidates.push(name);
    else if (isAvailable(fresh, minReady(set), now)) replaced.push(old);
    else surging += 1;
  }
  const starting = candidates.slice(0, Math.max(0, scaledSurge(set, wanted.length) - surging));
  return [...replaced.map((pod) => removal(set, pod)), ...starting.map((name) => creation(set, name, revisions))];
}

function creation(set: DaemonSet, nodeName: string, revisions: RevisionSync): Action {
  return { do: 'create', resource: PODS, object: daemonPod(set, nodeName, set.spec.template, hashOfUpdate(revisions)), owner: set };
}

function removal(set: DaemonSet, pod: Pod): Action {
  return { do: 'delete', resource: PODS, object: pod, owner: set };
}

function statusOf({ set, pods, now }: DaemonSetObservation, { byNode, wanted }: Placement, hash: string): DaemonSetStatus {
  const onWanted = wanted.map((name) => (byNode.get(name) ?? []).filter((pod) => !isDeleting(pod)));
  const oldest = onWanted.map((present) => present[0]).filter((pod) => pod !== undefined);
  const available = oldest.filter((pod) => isReady(pod) && isAvailable(pod, minReady(set), now)).length;
  const misscheduled = new Set(pods.map((pod) => nodeOf(pod) ?? '').filter((name) => !wanted.includes(name))).size;
  const count = (name: string, value: number) => (value === 0 ? {} : { [name]: value });
  const { collisionCount } = set.status ?? {};
  return {
    observedGeneration: set.metadata.generation ?? 0,
    desiredNumberScheduled: wanted.length,
    currentNumberScheduled: onWanted.filter((present) => present.length > 0).length,
    numberMisscheduled: misscheduled,
    numberReady: oldest.filter(isReady).length,
    ...count('updatedNumberScheduled', oldest.filter((pod) => pod.metadata.labels?.[HASH_LABEL] === hash).length),
    ...count('numberAvailable', available),
    ...count('numberUnavailable', wanted.length - available),
    ...(collisionCount === undefined ? {} : { collisionCount }),
  };
}

function minReady(set: DaemonSet): number {
  return set.spec.minReadySeconds ?? 0;
}

function maxUnavailable(set: DaemonSet, total: number): number {
  return scaled(set.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, total, 'up', 1);
}

function surge(set: DaemonSet): number {
  return scaledSurge(set, 100);
}

function scaledSurge(set: DaemonSet, total: number): number {
  return scaled(set.spec.updateStrategy?.rollingUpdate?.maxSurge ?? 0, total, 'up', 0);
}

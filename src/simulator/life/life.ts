import { isApiError } from '../../kube/api-error.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Random } from '../../runtime/random.ts';
import { CLONE_SETS, DEPLOYMENTS, NODES } from '../objects/kinds.ts';
import type { SimulatedCluster } from '../simulated-cluster.ts';
import { isSettled, movable, type Rolling, restartable, rollable } from './subjects.ts';

export interface LifeOptions {
  readonly clusters: readonly SimulatedCluster[];
  readonly clock: Clock;
  /** One for each strand of the story, so that none changes another. */
  readonly chanceFor: (strand: string) => Random;
  readonly signal: AbortSignal;
}

interface Strand extends LifeOptions {
  readonly random: Random;
}

/**
 * Goes on for ever, gently: every few seconds a container restarts, a pod moves or a team scales; always some team
 * rolls out an image somewhere; now and then a node fails and returns. Resolves when `signal` has fired.
 */
export async function live(options: LifeOptions): Promise<void> {
  const strand = (name: string): Strand => ({ ...options, random: options.chanceFor(name) });
  await Promise.all([smallDeeds(strand('deeds')), rollouts(strand('rollouts')), failures(strand('failures'))]);
}

// --------------------------------------------------------------------------------------------- small deeds

async function smallDeeds(strand: Strand): Promise<void> {
  const { clock, signal, random } = strand;
  const baselines = new Map<string, number>();
  while (!signal.aborted) {
    await clock.sleep(paceMs(strand) * (0.5 + random.next()), signal);
    if (!signal.aborted) await forgiving(() => smallDeed(strand, baselines));
  }
}

/** About four seconds in a fleet of 2,000 pods, more often in a larger one. */
function paceMs({ clusters }: Strand): number {
  const pods = clusters.reduce((sum, { plan }) => sum + plan.pods, 0);
  return Math.min(8_000, Math.max(500, (4_000 * 2_000) / Math.max(1, pods)));
}

async function smallDeed({ clusters, random }: Strand, baselines: Map<string, number>): Promise<void> {
  const cluster = random.pick(clusters);
  const which = random.next();
  if (which < 0.5) restart(cluster, random);
  else if (which < 0.75) await move(cluster, random);
  else await rescale(cluster, random, baselines);
}

function restart(cluster: SimulatedCluster, random: Random): void {
  const pods = restartable(cluster);
  if (pods.length > 0) cluster.killContainer(random.pick(pods), random.next() < 0.6 ? 'OOMKilled' : 'Error');
}

async function move(cluster: SimulatedCluster, random: Random): Promise<void> {
  const pods = movable(cluster);
  if (pods.length === 0) return;
  const { name, namespace = '' } = random.pick(pods).metadata;
  await cluster.client.evict({ namespace, name });
}

/** One pod more or less, never far from where the workload began. */
async function rescale(cluster: SimulatedCluster, random: Random, baselines: Map<string, number>): Promise<void> {
  const workloads = rollable(cluster);
  if (workloads.length === 0) return;
  const workload = random.pick(workloads);
  const present = workload.spec.replicas ?? 1;
  const baseline = baselines.get(workload.metadata.uid ?? '') ?? present;
  baselines.set(workload.metadata.uid ?? '', baseline);
  const wanted = present > baseline ? present - 1 : present < baseline ? present + 1 : present + (random.next() < 0.5 ? 1 : -1);
  await patchSpec(cluster, workload, [{ op: 'replace', path: '/spec/replicas', value: Math.max(2, wanted) }]);
}

// ------------------------------------------------------------------------------------------------ rollouts

/** Somebody's release, then a pause, then somebody else's. */
async function rollouts(strand: Strand): Promise<void> {
  const { clock, signal, random } = strand;
  await clock.sleep(3_000 + random.int(3_000), signal);
  while (!signal.aborted) {
    await forgiving(() => release(strand));
    await clock.sleep(10_000 + random.int(30_000), signal);
  }
}

async function release({ clusters, clock, random, signal }: Strand): Promise<void> {
  const cluster = random.pick(clusters);
  const candidates = rollable(cluster);
  if (candidates.length === 0) return;
  const chosen = random.pick(candidates);
  const container = chosen.spec.template.spec.containers[0];
  if (container === undefined) return;
  await patchSpec(cluster, chosen, [
    { op: 'test', path: '/spec/template/spec/containers/0/image', value: container.image },
    { op: 'replace', path: '/spec/template/spec/containers/0/image', value: nextImage(container.image) },
  ]);
  const deadline = clock.monotonic() + LONGEST_ROLLOUT_MS;
  while (!signal.aborted && clock.monotonic() < deadline && !isDone(cluster, chosen)) await clock.sleep(5_000, signal);
}

function isDone(cluster: SimulatedCluster, { kind, metadata }: Rolling): boolean {
  const present = cluster.cache.collection<Rolling>(resourceOf(kind)).get(`${metadata.namespace}/${metadata.name}`);
  return present === undefined || isSettled(present);
}

/** "…:v2.4.0" is followed by "…:v2.4.1": the last number grows. */
function nextImage(image: string): string {
  const at = image.lastIndexOf(':');
  const [name, tag] = [image.slice(0, at), image.slice(at + 1)];
  return /[0-9]/.test(tag) ? `${name}:${tag.replace(/([0-9]+)(?!.*[0-9])/, (digits) => String(Number(digits) + 1))}` : `${name}:${tag}-1`;
}

// ------------------------------------------------------------------------------------------------ failures

/** At most one machine of the fleet is down by this strand, mostly for a short while, sometimes until its pods are evicted. */
async function failures(strand: Strand): Promise<void> {
  const { clock, signal, random } = strand;
  await clock.sleep(30_000 + random.int(30_000), signal);
  while (!signal.aborted) {
    const failed = fail(strand);
    await clock.sleep(random.next() < 0.25 ? 420_000 : 60_000 + random.int(90_000), signal);
    failed?.cluster.machines.switchOn(failed.nodeName);
    await clock.sleep(180_000 + random.int(240_000), signal);
  }
}

function fail({ clusters, random }: Strand): { cluster: SimulatedCluster; nodeName: string } | undefined {
  // The canary is where people try things: its machines hold, unless there is no other cluster.
  const others = clusters.filter(({ plan }) => plan.stage !== 'canary');
  const cluster = random.pick(others.length === 0 ? clusters : others);
  const names = [...cluster.cache.collection(NODES).keys()].filter(
    (name) => cluster.machines.isUp(name) && !cluster.wasTouched(name, HANDS_OFF_NODE_MS),
  );
  if (names.length < FEWEST_NODES || cluster.machines.downCount > 0 || cluster.wasTouched('shop', HANDS_OFF_NODE_MS)) return undefined;
  const nodeName = random.pick(names);
  cluster.machines.switchOff(nodeName);
  return { cluster, nodeName };
}

// ------------------------------------------------------------------------------------------------- common

type Operations = Extract<Parameters<SimulatedCluster['client']['patch']>[2], { type: 'json' }>['operations'];

async function patchSpec(cluster: SimulatedCluster, { kind, metadata }: Rolling, operations: Operations): Promise<void> {
  const { name, namespace = '' } = metadata;
  await cluster.client.patch(resourceOf(kind), { namespace, name }, { type: 'json', operations }, { fieldManager: 'release-pipeline' });
}

function resourceOf(kind: string): typeof DEPLOYMENTS {
  return kind === 'CloneSet' ? CLONE_SETS : DEPLOYMENTS;
}

/** Life has no plan to keep: what is refused is simply not done. */
async function forgiving(deed: () => Promise<void>): Promise<void> {
  try {
    await deed();
  } catch (error) {
    if (!isApiError(error)) throw error;
  }
}

const LONGEST_ROLLOUT_MS = 300_000;
const HANDS_OFF_NODE_MS = 600_000;
const FEWEST_NODES = 3;

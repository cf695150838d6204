import { type Action, type Decision, NOTHING_TO_DO, replaceStatus, soonest } from '../engine/action.ts';
import type { Controller, ControllerContext } from '../engine/controller.ts';
import { itself } from '../engine/sources.ts';
import { chanceOf } from '../objects/hash.ts';
import { NODES, PODS } from '../objects/kinds.ts';
import { isDeleting, keyOf } from '../objects/owners.ts';
import { isFinished } from '../objects/pod-facts.ts';
import { sameJson } from '../objects/stable-json.ts';
import type { ContainerStatus, Node, Pod } from '../objects/types.ts';
import { type ContainerNote, type ContainerStep, nextStep, stateKey, stateSince } from './container-life.ts';
import { behaviourOf } from './image-behaviour.ts';
import type { Machines } from './machines.ts';
import { podStatus } from './pod-status.ts';

const NAME = 'kubelet';

export type KillReason = 'OOMKilled' | 'Error';

/** What kubelets know beyond the objects: since when, how often, and whom somebody just killed. */
export interface PodMemory {
  readonly containers: Readonly<Record<string, { readonly key: string; readonly since: number; readonly pulls: number }>>;
  /** When the pod's end began. */
  readonly endingSince?: number;
}

export interface PodObservation {
  readonly pod: Pod;
  /** The node it is bound to, if that exists and its machine runs. */
  readonly node: Node | undefined;
  readonly memory: PodMemory | undefined;
  readonly kill: { readonly container: string; readonly reason: KillReason } | undefined;
  /** Images whose containers do not get ready, whatever their tag says, in pods that were created at that moment or later. */
  readonly unreadyImages: ReadonlyMap<string, number>;
  readonly now: number;
}

export interface PodOutcome extends Decision {
  /** Absent: nothing to remember. */
  readonly memory?: PodMemory;
}

/** The kubelets of one cluster: what happens to pods on their nodes. */
export class Kubelets implements Controller {
  readonly name = NAME;
  readonly sources: Controller['sources'];
  readonly #context: ControllerContext;
  readonly #machines: Machines;
  readonly #memory = new Map<string, PodMemory>();
  readonly #unreadyImages = new Map<string, number>();
  readonly #kills = new Map<string, { container: string; reason: KillReason }>();

  constructor(context: ControllerContext, machines: Machines) {
    this.#context = context;
    this.#machines = machines;
    const pods = context.cache.collection<Pod>(PODS);
    pods.onChange((next, previous) => {
      if (previous !== undefined && next?.metadata.uid !== previous.metadata.uid) this.#memory.delete(previous.metadata.uid ?? '');
    });
    this.sources = [itself(pods)];
  }

  /** The next look at the pod finds this container dead. Wake its key afterwards. */
  kill(pod: Pod, reason: KillReason): void {
    const container = pod.spec.containers[0]?.name;
    if (container !== undefined) this.#kills.set(keyOf(pod), { container, reason });
  }

  /** Keys of the pods to wake afterwards: containers of this image never get ready (again), or may again. `since`: of pods created from then on. */
  holdUnready(image: string, isHeld: boolean, since = 0): string[] {
    if (isHeld) this.#unreadyImages.set(image, since);
    else this.#unreadyImages.delete(image);
    return [...this.#context.cache.collection<Pod>(PODS).all()]
      .filter(({ spec }) => spec.containers.some((container) => container.image === image))
      .map(keyOf);
  }

  /** Keys of all pods on a node: to look at when its machine comes back. */
  keysOn(nodeName: string): string[] {
    return [...this.#context.cache.collection<Pod>(PODS).all()].filter(({ spec }) => spec.nodeName === nodeName).map(keyOf);
  }

  reconcile(key: string): Decision {
    const pod = this.#context.cache.collection<Pod>(PODS).get(key);
    const kill = this.#kills.get(key);
    this.#kills.delete(key);
    if (pod === undefined) return NOTHING_TO_DO;
    const uid = pod.metadata.uid ?? '';
    const { memory, ...decision } = runPod({
      pod,
      node: this.#nodeOf(pod),
      memory: this.#memory.get(uid),
      kill,
      unreadyImages: this.#unreadyImages,
      now: this.#context.clock.now(),
    });
    if (memory === undefined) this.#memory.delete(uid);
    else this.#memory.set(uid, memory);
    return decision;
  }

  #nodeOf({ spec }: Pod): Node | undefined {
    const name = spec.nodeName ?? '';
    return this.#machines.isUp(name) ? this.#context.cache.collection<Node>(NODES).get(name) : undefined;
  }
}

function runPod(observed: PodObservation): PodOutcome {
  const { pod, node, memory } = observed;
  if (isDeleting(pod)) return endPod(observed);
  // A machine that is off does nothing, and does not forget either.
  if (node === undefined) return { actions: [], ...(memory === undefined ? {} : { memory }) };
  return isFinished(pod) ? NOTHING_TO_DO : stepPod(observed, node);
}

// ------------------------------------------------------------------------------------------------ running

function stepPod(observed: PodObservation, node: Node): PodOutcome {
  const { pod, now } = observed;
  const remembered = recall(observed);
  const present = new Map((pod.status?.containerStatuses ?? []).map((status) => [status.name, status]));
  const steps = pod.spec.containers.map((container) => ({
    name: container.name,
    before: present.get(container.name),
    step: stepContainer(observed, remembered, container.name),
  }));
  const statuses = steps.flatMap(({ before, step }) => step.status ?? before ?? []);
  const status = podStatus(pod, statuses, node, now);
  const isSame = sameJson(status, pod.status);
  const notes = steps.flatMap(({ name, step }) => (step.says ?? []).map((note) => containerEvent(pod, name, note)));
  return {
    actions: [...(isSame ? [] : [replaceStatus(PODS, pod, status)]), ...notes],
    ...soonest(...steps.map(({ step }) => step.waitMs)),
    ...remember(observed, steps, remembered),
  };
}

function stepContainer({ pod, kill, unreadyImages, now }: PodObservation, remembered: PodMemory, name: string): ContainerStep {
  const container = pod.spec.containers.find((one) => one.name === name);
  if (container === undefined) return {};
  const { since = now, pulls = 0 } = remembered.containers[name] ?? {};
  return nextStep({
    container,
    behaviour: isHeldUnready(pod, container.image, unreadyImages) ? 'broken' : behaviourOf(container.image),
    status: pod.status?.containerStatuses?.find((status) => status.name === name),
    ageMs: now - since,
    pulls,
    killedFor: kill?.container === name ? kill.reason : undefined,
    restartPolicy: pod.spec.restartPolicy ?? 'Always',
    chance: chanceOf(`${pod.metadata.uid}/${name}`),
    podUid: pod.metadata.uid ?? '',
    now,
  });
}

function isHeldUnready({ metadata }: Pod, image: string, unreadyImages: PodObservation['unreadyImages']): boolean {
  const since = unreadyImages.get(image);
  return since !== undefined && Date.parse(metadata.creationTimestamp ?? '') >= since;
}

/** What is remembered of the present states; where that is nothing, what the object tells. */
function recall({ pod, memory, now }: PodObservation): PodMemory {
  const entries = (pod.status?.containerStatuses ?? []).map((status) => {
    const known = memory?.containers[status.name];
    const key = stateKey(status);
    return [
      status.name,
      known?.key === key ? known : { key, since: stateSince(status) ?? now, pulls: known?.pulls ?? pullsUnremembered(status) },
    ] as const;
  });
  return { containers: Object.fromEntries(entries) };
}

/** An image that an earlier run failed to pull was tried for long: the longest back-off goes on. */
function pullsUnremembered({ state }: ContainerStatus): number {
  return state.waiting?.reason === 'ImagePullBackOff' ? LONG_TRIED : 0;
}

interface NamedStep {
  readonly name: string;
  readonly before: ContainerStatus | undefined;
  readonly step: ContainerStep;
}

/** Only pods on their way to somewhere are remembered: a healthy fleet costs no memory. */
function remember({ now }: PodObservation, steps: readonly NamedStep[], remembered: PodMemory): { memory?: PodMemory } {
  if (steps.every(({ step }) => step.status === undefined && step.waitMs === undefined)) return {};
  const containers = steps.flatMap(({ name, step }) => {
    const known = remembered.containers[name];
    if (step.status === undefined) return known === undefined ? [] : [[name, known] as const];
    return [[name, { key: stateKey(step.status), since: now, pulls: pullsAfter(step.status, known?.pulls ?? 0) }] as const];
  });
  return { memory: { containers: Object.fromEntries(containers) } };
}

function pullsAfter({ state }: ContainerStatus, pulls: number): number {
  if (state.waiting?.reason === 'ErrImagePull') return pulls + 1;
  return state.waiting?.reason === 'ImagePullBackOff' ? pulls : 0;
}

function containerEvent(pod: Pod, container: string, note: ContainerNote): Action {
  const host = pod.spec.nodeName;
  return {
    do: 'record',
    event: {
      regarding: pod,
      ...note,
      component: NAME,
      fieldPath: `spec.containers{${container}}`,
      ...(host === undefined ? {} : { host }),
    },
  };
}

// ------------------------------------------------------------------------------------------------- ending

/** A pod without a node goes at once; others when their containers have stopped, at the latest with the grace. */
function endPod({ pod, node, memory, now }: PodObservation): PodOutcome {
  const { deletionGracePeriodSeconds = 0, uid } = pod.metadata;
  if (deletionGracePeriodSeconds === 0) return NOTHING_TO_DO;
  if (pod.spec.nodeName === undefined) return { actions: [removal(pod)] };
  if (node === undefined) return { actions: [], ...(memory === undefined ? {} : { memory }) };
  const since = memory?.endingSince ?? now;
  const stopsAt = since + Math.min(deletionGracePeriodSeconds * 1000, STOP_MS + chanceOf(`${uid}/end`) * STOP_SPREAD_MS);
  if (now >= stopsAt) return { actions: [removal(pod)] };
  const stopping =
    memory?.endingSince === undefined
      ? pod.spec.containers.map(({ name }) =>
          containerEvent(pod, name, { type: 'Normal', reason: 'Killing', message: `Stopping container ${name}` }),
        )
      : [];
  return { actions: stopping, lookAgainInMs: stopsAt - now, memory: { containers: {}, endingSince: since } };
}

function removal(pod: Pod): Action {
  return { do: 'delete', resource: PODS, object: pod, options: { gracePeriodSeconds: 0 } };
}

const LONG_TRIED = 10;
const STOP_MS = 300;
const STOP_SPREAD_MS = 1_200;

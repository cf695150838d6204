import { millis, timestamp } from '../objects/timestamps.ts';
import type { Container, ContainerState, ContainerStatus } from '../objects/types.ts';
import { type ImageBehaviour, imageIdOf } from './image-behaviour.ts';

/** One container's next step, as its node takes it. Pure: the same moment gives the same step. */

export interface ContainerMoment {
  readonly container: Container;
  /** Of its image, or as a fault has it. */
  readonly behaviour: ImageBehaviour;
  readonly status: ContainerStatus | undefined;
  /** Milliseconds in the present state. */
  readonly ageMs: number;
  /** Failed pulls in a row. */
  readonly pulls: number;
  /** Somebody ends it now, for this reason. */
  readonly killedFor: 'OOMKilled' | 'Error' | undefined;
  readonly restartPolicy: string;
  /** In [0, 1), its own for ever: how quick it is. */
  readonly chance: number;
  readonly podUid: string;
  readonly now: number;
}

export interface ContainerStep {
  /** Absent: nothing changes. */
  readonly status?: ContainerStatus;
  readonly says?: readonly ContainerNote[];
  /** When the next step is due, if time alone brings one. */
  readonly waitMs?: number;
}

export interface ContainerNote {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

export function nextStep(moment: ContainerMoment): ContainerStep {
  const { status, container } = moment;
  if (status === undefined) return create(moment);
  const { waiting, running, terminated } = status.state;
  if (running !== undefined) return status.image === container.image ? run(moment, status) : changeImage(moment, status);
  if (terminated !== undefined) return restart(moment, status, terminated);
  if (waiting?.reason === 'CrashLoopBackOff') return status.image === container.image ? backOff(moment, status) : start(moment, status);
  if (waiting?.reason === 'ErrImagePull' || waiting?.reason === 'ImagePullBackOff')
    return status.image === container.image ? pullAgain(moment, status) : pull(moment, status);
  return after(moment, START_MS + moment.chance * START_SPREAD_MS, () => pull(moment, status));
}

/** What keeps `ageMs` and `pulls` apart from those of an earlier state. */
export function stateKey({ state, restartCount, image }: ContainerStatus): string {
  const kind =
    state.running !== undefined ? 'running' : state.terminated !== undefined ? 'terminated' : (state.waiting?.reason ?? 'waiting');
  return `${kind}/${restartCount}/${image}`;
}

/** When the present state began, as far as the object tells; undefined where it does not. */
export function stateSince({ state, lastState }: ContainerStatus): number | undefined {
  return millis(state.running?.startedAt ?? state.terminated?.finishedAt ?? lastState?.terminated?.finishedAt);
}

function after({ ageMs }: ContainerMoment, delayMs: number, step: () => ContainerStep): ContainerStep {
  return ageMs >= delayMs ? step() : { waitMs: delayMs - ageMs };
}

function create({ container }: ContainerMoment): ContainerStep {
  const { name, image } = container;
  const status = {
    name,
    image,
    imageID: '',
    ready: false,
    started: false,
    restartCount: 0,
    state: { waiting: { reason: 'ContainerCreating' } },
  };
  return { status, says: [normal('Pulling', `Pulling image "${image}"`)] };
}

function pull(moment: ContainerMoment, status: ContainerStatus): ContainerStep {
  return moment.behaviour === 'missing' ? failPull(moment, status) : start(moment, status);
}

function failPull({ container }: ContainerMoment, { lastState, restartCount, name }: ContainerStatus): ContainerStep {
  const { image } = container;
  const problem = `failed to resolve reference "${image}": ${image}: not found`;
  const message = `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": ${problem}`;
  return {
    status: {
      name,
      image,
      imageID: '',
      ready: false,
      started: false,
      restartCount,
      state: { waiting: { reason: 'ErrImagePull', message } },
      ...kept(lastState),
    },
    says: [warning('Failed', `Failed to pull image "${image}": ${message}`), warning('Failed', 'Error: ErrImagePull')],
  };
}

function pullAgain(moment: ContainerMoment, status: ContainerStatus): ContainerStep {
  const { image } = moment.container;
  if (status.state.waiting?.reason === 'ImagePullBackOff') return after(moment, pullDelayMs(moment.pulls), () => pull(moment, status));
  return after(moment, ERROR_SHOWN_MS, () => {
    const waiting = { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` };
    return {
      status: { ...status, state: { waiting } },
      says: [normal('BackOff', waiting.message), warning('Failed', 'Error: ImagePullBackOff')],
    };
  });
}

/** A first start has restartCount 0; every later one counts. */
function start(moment: ContainerMoment, { lastState, restartCount, name, state, imageID }: ContainerStatus): ContainerStep {
  const { container, podUid, now } = moment;
  const hasRun = imageID !== '' || lastState?.terminated !== undefined || state.terminated !== undefined;
  const count = hasRun ? restartCount + 1 : restartCount;
  const last = state.terminated === undefined ? lastState : { terminated: state.terminated };
  return {
    status: {
      name,
      image: container.image,
      imageID: imageIdOf(container.image),
      containerID: `sim://${podUid}/${name}/${count}`,
      ready: false,
      started: true,
      restartCount: count,
      state: { running: { startedAt: timestamp(now) } },
      ...kept(last),
    },
    says: [
      normal(
        'Pulled',
        hasRun
          ? `Container image "${container.image}" already present on machine`
          : `Successfully pulled image "${container.image}" in ${Math.round(START_MS + moment.chance * START_SPREAD_MS)}ms`,
      ),
      normal('Created', `Created container: ${name}`),
      normal('Started', `Started container ${name}`),
    ],
  };
}

function run(moment: ContainerMoment, status: ContainerStatus): ContainerStep {
  if (moment.killedFor !== undefined) return { status: ended(moment, status, moment.killedFor) };
  const { behaviour } = moment;
  if (behaviour === 'crash') return after(moment, CRASH_MS + moment.chance * CRASH_MS, () => ({ status: ended(moment, status, 'Error') }));
  if (behaviour === 'broken' && status.ready) return { status: { ...status, ready: false }, says: [UNHEALTHY] };
  if (behaviour === 'broken')
    return moment.ageMs < FIRST_PROBE_MS ? { waitMs: FIRST_PROBE_MS - moment.ageMs } : { says: [UNHEALTHY], waitMs: PROBE_NOTE_MS };
  if (status.ready) return {};
  const delayMs = behaviour === 'slow' ? SLOW_READY_MS : READY_MS + moment.chance * READY_SPREAD_MS;
  return after(moment, delayMs, () => ({ status: { ...status, ready: true } }));
}

/** An image replaced in a living pod: the container is killed and comes back with the new one. */
function changeImage(moment: ContainerMoment, status: ContainerStatus): ContainerStep {
  const stopped = ended(moment, status, 'Completed');
  const step = pull(moment, { ...stopped, restartCount: status.restartCount });
  const says = [normal('Killing', `Container ${status.name} definition changed, will be restarted`), ...(step.says ?? [])];
  return { ...step, says };
}

function ended({ now }: ContainerMoment, status: ContainerStatus, reason: 'OOMKilled' | 'Error' | 'Completed'): ContainerStatus {
  const exitCode = { OOMKilled: 137, Error: 1, Completed: 0 }[reason];
  const startedAt = status.state.running?.startedAt ?? timestamp(now);
  const containerID = status.containerID ?? '';
  return {
    ...status,
    ready: false,
    started: false,
    state: { terminated: { exitCode, reason, startedAt, finishedAt: timestamp(now), containerID } },
  };
}

/** The first failure, or one after a long run, is forgiven; then the back-off begins. */
function restart(moment: ContainerMoment, status: ContainerStatus, terminated: NonNullable<ContainerState['terminated']>): ContainerStep {
  if (moment.restartPolicy === 'Never' || (moment.restartPolicy === 'OnFailure' && terminated.exitCode === 0)) return {};
  const ranMs = (millis(terminated.finishedAt) ?? 0) - (millis(terminated.startedAt) ?? 0);
  if (status.restartCount === 0 || ranMs >= FORGIVEN_AFTER_MS) return after(moment, RESTART_MS, () => start(moment, status));
  return after(moment, RESTART_MS, () => {
    const delay = `${crashDelayMs(status.restartCount) / 1000}s`;
    const message = `back-off ${delay} restarting failed container=${status.name}`;
    return {
      status: { ...status, state: { waiting: { reason: 'CrashLoopBackOff', message } }, lastState: { terminated } },
      says: [warning('BackOff', `Back-off restarting failed container ${status.name}`)],
    };
  });
}

function backOff(moment: ContainerMoment, status: ContainerStatus): ContainerStep {
  return after(moment, crashDelayMs(status.restartCount), () => start(moment, status));
}

/** 10 s doubling to 5 min, as a kubelet waits. */
function crashDelayMs(restarts: number): number {
  return Math.min(300_000, 10_000 * 2 ** Math.min(Math.max(0, restarts - 1), 10));
}

function pullDelayMs(pulls: number): number {
  return Math.min(300_000, 10_000 * 2 ** Math.min(pulls, 10));
}

function kept(lastState: ContainerState | undefined): { lastState?: ContainerState } {
  return lastState === undefined ? {} : { lastState };
}

function normal(reason: string, message: string): ContainerNote {
  return { type: 'Normal', reason, message };
}

function warning(reason: string, message: string): ContainerNote {
  return { type: 'Warning', reason, message };
}

const UNHEALTHY = warning('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503');
const START_MS = 250;
const START_SPREAD_MS = 500;
const READY_MS = 400;
const READY_SPREAD_MS = 800;
/** The promise of the tag "slow". */
const SLOW_READY_MS = 5_000;
const CRASH_MS = 1_000;
const RESTART_MS = 500;
const ERROR_SHOWN_MS = 3_000;
const FIRST_PROBE_MS = 5_000;
/** A real kubelet tells it with every probe and drops most of it as spam; once a minute is what remains. */
const PROBE_NOTE_MS = 60_000;
const FORGIVEN_AFTER_MS = 600_000;

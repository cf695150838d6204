import { Instant } from '../../kube/field-mask.ts';
import type { JsonObject } from '../../model/kube-object.ts';
import { rawCondition } from './conditions.ts';
import { isFields, MAX_COUNT, NO_FIELDS, NO_ITEMS } from './fields.ts';

/** What `kubectl get pods` prints for a pod in STATUS, READY (as n/m) and RESTARTS. */
export interface PrintedPod {
  readonly status: string;
  readonly readyContainers: number;
  readonly totalContainers: number;
  readonly restarts: number;
}

interface InitSummary {
  /** The word while initialising; undefined once every init container is done or serving. */
  readonly word: string | undefined;
  readonly ready: number;
  /** Up to the container that is not done yet. */
  readonly restarts: number;
  /** Of restartable init containers (sidecars) alone. */
  readonly sidecarRestarts: number;
}

interface MainSummary {
  readonly word: string;
  readonly ready: number;
  readonly restarts: number;
}

/**
 * Follows the printer of kubectl 1.32, whose words people know by heart; oddities included (the first
 * container's reason wins over later ones, RESTARTS ignores finished init containers).
 */
export function kubectlPodStatus(metadata: JsonObject, spec: JsonObject, status: JsonObject): PrintedPod {
  const initSpecs = listOf(spec, 'initContainers');
  const init = summariseInit(initSpecs, listOf(status, 'initContainerStatuses'));
  const initialising = init.word !== undefined && rawCondition(status, 'Initialized')?.['status'] !== 'True';
  const firstWord = init.word ?? phaseWord(status);
  const main = initialising ? undefined : summariseMain(firstWord, listOf(status, 'containerStatuses'), status);
  return {
    status: deletionWord(metadata, status) ?? main?.word ?? firstWord,
    readyContainers: init.ready + (main?.ready ?? 0),
    totalContainers: listOf(spec, 'containers').length + countRestartable(initSpecs),
    restarts: Math.min(main === undefined ? init.restarts : init.sidecarRestarts + main.restarts, MAX_COUNT),
  };
}

function phaseWord(status: JsonObject): string {
  if (rawCondition(status, 'PodScheduled')?.['reason'] === 'SchedulingGated') return 'SchedulingGated';
  return textOf(status, 'reason') || textOf(status, 'phase');
}

function deletionWord(metadata: JsonObject, status: JsonObject): string | undefined {
  const deletion: unknown = metadata['deletionTimestamp'];
  if (!(deletion instanceof Instant) && typeof deletion !== 'string') return undefined;
  if (status['reason'] === 'NodeLost') return 'Unknown';
  return status['phase'] === 'Failed' || status['phase'] === 'Succeeded' ? undefined : 'Terminating';
}

function summariseInit(specs: readonly unknown[], statuses: readonly unknown[]): InitSummary {
  let ready = 0;
  let restarts = 0;
  let sidecarRestarts = 0;
  for (let i = 0; i < statuses.length; i += 1) {
    const container = fieldsOf(statuses[i]);
    const sidecar = isRestartable(specByName(specs, container['name']));
    const count = restartsOf(container);
    restarts += count;
    if (sidecar) sidecarRestarts += count;
    if (sidecar && container['started'] === true && !exitedWell(container)) {
      if (container['ready'] === true) ready += 1;
    } else if (!exitedWell(container)) {
      return { word: initWord(container, i, specs.length), ready, restarts, sidecarRestarts };
    }
  }
  return { word: undefined, ready, restarts, sidecarRestarts };
}

function exitedWell(container: JsonObject): boolean {
  const terminated = stateOf(container, 'terminated');
  return terminated !== undefined && numberOf(terminated, 'exitCode') === 0;
}

function initWord(container: JsonObject, index: number, total: number): string {
  const terminated = stateOf(container, 'terminated');
  if (terminated !== undefined) return `Init:${exitWord(terminated)}`;
  const waiting = textOf(stateOf(container, 'waiting') ?? NO_FIELDS, 'reason');
  return waiting !== '' && waiting !== 'PodInitializing' ? `Init:${waiting}` : `Init:${index}/${total}`;
}

function exitWord(terminated: JsonObject): string {
  const reason = textOf(terminated, 'reason');
  if (reason !== '') return reason;
  const signal = numberOf(terminated, 'signal');
  return signal !== 0 ? `Signal:${signal}` : `ExitCode:${numberOf(terminated, 'exitCode')}`;
}

function summariseMain(firstWord: string, statuses: readonly unknown[], status: JsonObject): MainSummary {
  let word = firstWord;
  let ready = 0;
  let restarts = 0;
  for (let i = statuses.length - 1; i >= 0; i -= 1) {
    const container = fieldsOf(statuses[i]);
    restarts += restartsOf(container);
    const trouble = mainWord(container);
    if (trouble !== undefined) word = trouble;
    else if (container['ready'] === true && stateOf(container, 'running') !== undefined) ready += 1;
  }
  if (word === 'Completed' && ready > 0) word = rawCondition(status, 'Ready')?.['status'] === 'True' ? 'Running' : 'NotReady';
  return { word, ready, restarts };
}

/** Undefined for a container that runs or has not been heard of. */
function mainWord(container: JsonObject): string | undefined {
  const waiting = textOf(stateOf(container, 'waiting') ?? NO_FIELDS, 'reason');
  if (waiting !== '') return waiting;
  const terminated = stateOf(container, 'terminated');
  return terminated === undefined ? undefined : exitWord(terminated);
}

function stateOf(container: JsonObject, name: 'waiting' | 'running' | 'terminated'): JsonObject | undefined {
  const state = container['state'];
  const member = isFields(state) ? state[name] : undefined;
  return isFields(member) ? member : undefined;
}

function specByName(specs: readonly unknown[], name: unknown): JsonObject {
  for (const spec of specs) {
    if (isFields(spec) && spec['name'] === name) return spec;
  }
  return NO_FIELDS;
}

/** An init container that keeps running beside the others: a sidecar. */
export function isRestartable(spec: JsonObject): boolean {
  return spec['restartPolicy'] === 'Always';
}

function countRestartable(specs: readonly unknown[]): number {
  let count = 0;
  for (const spec of specs) if (isFields(spec) && isRestartable(spec)) count += 1;
  return count;
}

function listOf(source: JsonObject, field: string): readonly unknown[] {
  const value = source[field];
  return Array.isArray(value) ? value : NO_ITEMS;
}

function fieldsOf(value: unknown): JsonObject {
  return isFields(value) ? value : NO_FIELDS;
}

function textOf(source: JsonObject, field: string): string {
  const value = source[field];
  return typeof value === 'string' ? value : '';
}

function restartsOf(container: JsonObject): number {
  return Math.max(0, Math.trunc(numberOf(container, 'restartCount')));
}

function numberOf(source: JsonObject, field: string): number {
  const value = source[field];
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

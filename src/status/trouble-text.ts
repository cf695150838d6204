import type { ContainerRecord } from '../model/pod-record.ts';
import type { CauseCode } from './cause.ts';
import { isConfigError, isImageError, isNodeDown } from './pod-class.ts';
import type { PodTrouble } from './pod-trouble.ts';

/** What the pods do, as the end of a sentence: "cannot pull shop/cart:v2", "crash again and again". */
export function clauseOf(code: CauseCode, troubles: readonly PodTrouble[]): string {
  return (CLAUSES[code] ?? notReadyClause)(troubles, troubles.length === 1);
}

type Clause = (troubles: readonly PodTrouble[], one: boolean) => string;

const notReadyClause: Clause = (troubles, one) => `${one ? 'is' : 'are'} not ready${notReadyDetail(troubles)}`;

const CLAUSES: Readonly<Partial<Record<CauseCode, Clause>>> = {
  ImagePull: (troubles) => `cannot pull ${imageText(troubles)}`,
  CrashLoop: (troubles, one) => `${one ? 'crashes' : 'crash'} again and again${crashDetail(troubles)}`,
  ConfigError: (troubles) => `cannot be started${messageText(troubles, isConfigError)}`,
  Unschedulable: (troubles) => `cannot be scheduled${schedulerText(troubles)}`,
  SchedulingGated: (_, one) => `${one ? 'waits' : 'wait'} behind a scheduling gate`,
  HookBlocked: (troubles, one) => `${one ? 'waits' : 'wait'} for a lifecycle hook${hookState(troubles)}`,
  NodeDown: (troubles, one) => `${one ? 'is on a node that is' : 'are on nodes that are'} down${nodesText(troubles)}`,
  TerminatingStuck: (troubles, one) => `${one ? 'does' : 'do'} not terminate${downNodes(troubles)}`,
  InPlaceUpdateStalled: (_, one) => `${one ? 'does' : 'do'} not finish the update in place`,
  StatefulSetForcedRollback: (troubles, one) =>
    `at an old revision ${one ? 'is' : 'are'} broken and must be deleted before the update can go on${podNames(troubles)}`,
};

export function podsText(count: number): string {
  return count === 1 ? '1 pod' : `${count} pods`;
}

function waitingContainer({ observed }: PodTrouble, is: (container: ContainerRecord) => boolean): ContainerRecord | undefined {
  return observed.pod.containers.find(is);
}

const MAX_DETAIL = 200;
const MAX_NAMES = 3;

function imageText(troubles: readonly PodTrouble[]): string {
  const containers = troubles.map((trouble) => waitingContainer(trouble, isImageError)).filter((container) => container !== undefined);
  const images = [...new Set(containers.map((container) => container.image))].sort();
  const [first] = images;
  if (first === undefined || first === '') return troubles.length === 1 ? 'its image' : 'their image';
  return `${first}${images.length > 1 ? ` and ${images.length - 1} more` : ''}${pullDetail(containers)}`;
}

/** ImagePullBackOff says only that it waits; newer kubelets repeat the error before it. */
function pullDetail(containers: readonly ContainerRecord[]): string {
  const text = containers
    .map((container) => container.message ?? '')
    .join('\n')
    .toLowerCase();
  if (containers.some((container) => container.reason === 'InvalidImageName')) return ' (not a valid image name)';
  return isOutOfReach(text) ? ' (the registry is out of reach)' : knownPullError(text);
}

function knownPullError(text: string): string {
  if (text.includes('not found') || text.includes('manifest unknown')) return ' (no such image)';
  if (text.includes('toomanyrequests') || text.includes('too many requests')) return ' (the registry limits the pulls)';
  if (text.includes('unauthorized') || text.includes('forbidden') || text.includes('access denied')) return ' (the registry denies access)';
  return '';
}

/** Whether the text of a failed pull speaks of the way to the registry and not of the image. */
export function isOutOfReach(text: string): boolean {
  return ['no such host', 'i/o timeout', 'connection refused', 'deadline exceeded', 'tls handshake', 'no route to host'].some((part) =>
    text.includes(part),
  );
}

function crashDetail(troubles: readonly PodTrouble[]): string {
  for (const { observed } of troubles) {
    const container =
      observed.pod.containers.find(({ state, reason }) => state === 'waiting' && reason === 'CrashLoopBackOff') ??
      observed.pod.containers.find(({ lastTermination }) => lastTermination !== undefined);
    if (container === undefined) continue;
    const end = container.lastTermination;
    if (end === undefined) return ` (container ${container.name})`;
    const how = end.reason !== undefined && end.reason !== 'Error' && end.reason !== 'Completed' ? end.reason : `exit code ${end.exitCode}`;
    return ` (container ${container.name}, ${how})`;
  }
  return '';
}

function messageText(troubles: readonly PodTrouble[], is: (container: ContainerRecord) => boolean): string {
  for (const trouble of troubles) {
    const container = waitingContainer(trouble, is);
    if (container !== undefined) return `: ${cut(container.message ?? container.reason ?? 'no reason given')}`;
  }
  return '';
}

/** The scheduler adds what preemption would bring; the first sentence says why. */
function schedulerText(troubles: readonly PodTrouble[]): string {
  const message = troubles.find(({ observed }) => observed.pod.unscheduled?.message !== undefined)?.observed.pod.unscheduled?.message;
  if (message === undefined) return '';
  const end = message.indexOf('. ');
  const why = end < 0 ? message : message.slice(0, end);
  return `: ${cut(why.endsWith('.') ? why.slice(0, -1) : why)}`;
}

function hookState(troubles: readonly PodTrouble[]): string {
  const state = troubles[0]?.observed.pod.lifecycleState;
  return state === undefined ? '' : ` (${state})`;
}

function notReadyDetail(troubles: readonly PodTrouble[]): string {
  const message = troubles.find(({ observed }) => observed.pod.notReady?.message !== undefined)?.observed.pod.notReady?.message;
  return message === undefined ? '' : ` (${cut(message)})`;
}

function nodesText(troubles: readonly PodTrouble[]): string {
  return listText(troubles.map(({ observed }) => observed.pod.nodeName));
}

function downNodes(troubles: readonly PodTrouble[]): string {
  const names = listText(troubles.filter(({ observed }) => isNodeDown(observed.node)).map(({ observed }) => observed.pod.nodeName));
  return names === '' ? '' : ` from a node that is down${names}`;
}

function podNames(troubles: readonly PodTrouble[]): string {
  return listText(troubles.map(({ observed }) => observed.pod.name));
}

/** " (a, b, c and 4 more)", or '' for no names. */
function listText(names: readonly (string | undefined)[]): string {
  const known = [...new Set(names.filter((name) => name !== undefined))].sort();
  if (known.length === 0) return '';
  const more = known.length > MAX_NAMES ? ` and ${known.length - MAX_NAMES} more` : '';
  return ` (${known.slice(0, MAX_NAMES).join(', ')}${more})`;
}

function cut(text: string): string {
  return text.length <= MAX_DETAIL ? text : `${text.slice(0, MAX_DETAIL)}…`;
}

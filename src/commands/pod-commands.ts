import type { Principal } from '../auth/principal.ts';
import { projectPod } from '../fleet/projection/project-pod.ts';
import { isApiError } from '../kube/api-error.ts';
import type { ApiServer, WriteOptions } from '../kube/api-server.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { PodRecord } from '../model/pod-record.ts';
import type { Resource } from '../model/resource.ts';
import { type Answer, keptWhole } from './answer.ts';
import { refusalOf } from './api-refusal.ts';
import { noSuchCluster } from './command-error.ts';
import { asCaller, type Command, type CommandDeps, runCommand, writeOptions } from './command-runner.ts';
import type { CommandError, CommandResult, PodCommand } from './commands.ts';
import type { Attempt } from './sitting.ts';

const PODS: Resource = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };
const PATH = ['input', 'pod'];

type Act = (apiServer: ApiServer, options: WriteOptions) => Promise<PodRecord | undefined>;

/** Deletes the pod: its controller, if it has one, makes another. */
export function podDelete(principal: Principal, input: PodCommand, deps: CommandDeps): Promise<CommandResult<PodRecord>> {
  const { namespace, name, uid, cluster } = input.pod;
  const act: Act = async (apiServer, options) => podOf(await apiServer.delete(PODS, { namespace, name }, { ...options, uid }), cluster);
  return runCommand(podCommand('podDelete', { principal, input, act }, deps), deps);
}

/** Deletes the pod unless a disruption budget forbids it. */
export function podEvict(principal: Principal, input: PodCommand, deps: CommandDeps): Promise<CommandResult<PodRecord>> {
  const { namespace, name, uid } = input.pod;
  const act: Act = async (apiServer, options) => {
    await apiServer.evict({ namespace, name }, { ...options, uid });
    return undefined;
  };
  return runCommand(podCommand('podEvict', { principal, input, act }, deps), deps);
}

interface Asked {
  readonly principal: Principal;
  readonly input: PodCommand;
  readonly act: Act;
}

function podCommand(mutation: string, { principal, input, act }: Asked, deps: CommandDeps): Command<PodRecord> {
  const { cluster, namespace, name, uid } = input.pod;
  return {
    mutation,
    principal,
    options: input,
    target: { cluster, resource: 'pods', apiVersion: 'v1', kind: 'Pod', namespace, name, uid },
    question: [cluster, namespace, name, uid, input.expectedUid ?? null, input.reason ?? null],
    keeping: keptWhole(),
    validate: () => uidConflict(input),
    act: (attempt) => acted({ principal, input, act }, attempt, deps),
  };
}

/** The uid goes with every write: done again it does nothing to another pod of that name. */
async function acted({ principal, input, act }: Asked, attempt: Attempt, deps: CommandDeps): Promise<Answer<PodRecord>> {
  const { cluster } = input.pod;
  const apiServer = deps.apiServer(cluster);
  if (apiServer === undefined) return { outcome: 'REFUSED', errors: [noSuchCluster(cluster, PATH)] };
  try {
    const object = await act(apiServer, writeOptions(principal, attempt.operation));
    return { outcome: 'APPLIED', errors: [], ...(object !== undefined && { object }) };
  } catch (error) {
    // An earlier attempt may have done it, and what was asked for is so: the pod of that uid is gone.
    if (attempt.isRepeated && (await isGone(error, { apiServer, principal, input }))) return { outcome: 'APPLIED', errors: [] };
    const refusal = refusalOf(error, cluster, PATH);
    return { outcome: refusal.outcome, errors: [refusal.error] };
  }
}

async function isGone(
  error: unknown,
  { apiServer, principal, input }: Omit<Asked, 'act'> & { readonly apiServer: ApiServer },
): Promise<boolean> {
  if (isApiError(error, 'not-found')) return true;
  if (!isApiError(error, 'conflict')) return false;
  const { namespace, name, uid } = input.pod;
  try {
    return (await apiServer.get(PODS, { namespace, name }, asCaller(principal))).metadata.uid !== uid;
  } catch (unread) {
    return isApiError(unread, 'not-found');
  }
}

function uidConflict({ pod, expectedUid }: PodCommand): CommandError | undefined {
  if (expectedUid === undefined || expectedUid === pod.uid) return undefined;
  return {
    type: 'ConflictError',
    code: 'UID_MISMATCH',
    message: `the pod's uid is ${pod.uid}, not ${expectedUid}: it is another pod of that name`,
    path: ['input', 'expectedUid'],
    unblock: [],
  };
}

/** A deletion answers the pod as it was, or a Status without a pod. */
function podOf(object: KubeObject, cluster: string): PodRecord | undefined {
  return object.kind === 'Pod' ? projectPod(object, cluster) : undefined;
}

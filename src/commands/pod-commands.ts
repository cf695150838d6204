import type { Principal } from '../auth/principal.ts';
import { projectPod } from '../fleet/projection/project-pod.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { PodRecord } from '../model/pod-record.ts';
import type { Resource } from '../model/resource.ts';
import { type Command, type CommandDeps, runCommand } from './command-runner.ts';
import type { CommandError, CommandResult, PodCommand } from './commands.ts';

const PODS: Resource = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };

/** Deletes the pod: its controller, if it has one, makes another. */
export function podDelete(principal: Principal, input: PodCommand, deps: CommandDeps): Promise<CommandResult<PodRecord>> {
  const { namespace, name, uid, cluster } = input.pod;
  const command = podCommand('podDelete', principal, input, async (apiServer, options) => {
    const object = await apiServer.delete(PODS, { namespace, name }, { ...options, uid });
    return podOf(object, cluster);
  });
  return runCommand(command, deps);
}

/** Deletes the pod unless a disruption budget forbids it. */
export function podEvict(principal: Principal, input: PodCommand, deps: CommandDeps): Promise<CommandResult<PodRecord>> {
  const { namespace, name, uid } = input.pod;
  const command = podCommand('podEvict', principal, input, async (apiServer, options) => {
    await apiServer.evict({ namespace, name }, { ...options, uid });
    return undefined;
  });
  return runCommand(command, deps);
}

function podCommand(mutation: string, principal: Principal, input: PodCommand, act: Command<PodRecord>['act']): Command<PodRecord> {
  const { cluster, namespace, name, uid } = input.pod;
  return {
    mutation,
    principal,
    options: input,
    target: { cluster, resource: 'pods', apiVersion: 'v1', kind: 'Pod', namespace, name, uid },
    question: [cluster, namespace, name, uid, input.expectedUid ?? null, input.reason ?? null],
    path: ['input', 'pod'],
    validate: () => uidConflict(input),
    act,
  };
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

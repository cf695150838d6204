import { describe, expect, it } from 'vitest';
import { kubectlPodStatus } from './kubectl-pod-status.ts';

type Fields = Record<string, unknown>;
interface Row {
  readonly name: string;
  readonly metadata?: Fields;
  readonly spec?: Fields;
  readonly status: Fields;
  readonly prints: string;
}

const app = { name: 'app' };
const two = { containers: [app, { name: 'log' }] };
const one = { containers: [app] };
const withInit = { containers: [app], initContainers: [{ name: 'init-a' }, { name: 'init-b' }] };
const withSidecar = { containers: [app], initContainers: [{ name: 'proxy', restartPolicy: 'Always' }, { name: 'init-b' }] };
const leaving = { deletionTimestamp: '2026-01-01T00:00:30Z' };

const running = (more: Fields = {}) => ({ name: 'app', ready: true, restartCount: 0, state: { running: {} }, ...more });
const waiting = (reason: string, more: Fields = {}) => ({
  name: 'app',
  ready: false,
  restartCount: 0,
  state: { waiting: { reason } },
  ...more,
});
const ended = (terminated: Fields, more: Fields = {}) => ({ name: 'app', ready: false, restartCount: 0, state: { terminated }, ...more });
const condition = (type: string, status: string, reason?: string) => ({ type, status, ...(reason && { reason }) });

// STATUS READY RESTARTS, as a line of `kubectl get pods`.
const rows: readonly Row[] = [
  {
    name: 'a pod that runs',
    spec: two,
    status: { phase: 'Running', containerStatuses: [running(), running({ name: 'log' })] },
    prints: 'Running 2/2 0',
  },
  { name: 'a pod nobody has scheduled', spec: one, status: { phase: 'Pending' }, prints: 'Pending 0/1 0' },
  {
    name: 'a container that is being created',
    spec: one,
    status: { phase: 'Pending', containerStatuses: [waiting('ContainerCreating')] },
    prints: 'ContainerCreating 0/1 0',
  },
  {
    name: 'an image that cannot be pulled',
    spec: one,
    status: { phase: 'Pending', containerStatuses: [waiting('ImagePullBackOff')] },
    prints: 'ImagePullBackOff 0/1 0',
  },
  {
    name: 'a crash loop',
    spec: one,
    status: { phase: 'Running', containerStatuses: [waiting('CrashLoopBackOff', { restartCount: 7 })] },
    prints: 'CrashLoopBackOff 0/1 7',
  },
  {
    name: 'of two troubled containers the first one speaks',
    spec: two,
    status: { phase: 'Running', containerStatuses: [waiting('CrashLoopBackOff'), waiting('ErrImagePull', { name: 'log' })] },
    prints: 'CrashLoopBackOff 0/2 0',
  },
  {
    name: 'a running container does not hide the other one',
    spec: two,
    status: { phase: 'Running', containerStatuses: [running(), waiting('CrashLoopBackOff', { name: 'log', restartCount: 2 })] },
    prints: 'CrashLoopBackOff 1/2 2',
  },
  {
    name: 'a container that runs and is not ready',
    spec: one,
    status: { phase: 'Running', containerStatuses: [running({ ready: false })] },
    prints: 'Running 0/1 0',
  },
  {
    name: 'a waiting container without a reason',
    spec: one,
    status: { phase: 'Pending', containerStatuses: [{ name: 'app', state: { waiting: {} } }] },
    prints: 'Pending 0/1 0',
  },
  {
    name: 'a job that is done',
    spec: one,
    status: { phase: 'Succeeded', containerStatuses: [ended({ exitCode: 0, reason: 'Completed' })] },
    prints: 'Completed 0/1 0',
  },
  {
    name: 'a job that failed',
    spec: one,
    status: { phase: 'Failed', containerStatuses: [ended({ exitCode: 1, reason: 'Error' })] },
    prints: 'Error 0/1 0',
  },
  {
    name: 'a container killed for its memory',
    spec: one,
    status: { phase: 'Running', containerStatuses: [ended({ exitCode: 137, reason: 'OOMKilled' }, { restartCount: 3 })] },
    prints: 'OOMKilled 0/1 3',
  },
  {
    name: 'an exit without a reason shows its code',
    spec: one,
    status: { phase: 'Failed', containerStatuses: [ended({ exitCode: 3 })] },
    prints: 'ExitCode:3 0/1 0',
  },
  {
    name: 'an exit by a signal shows the signal',
    spec: one,
    status: { phase: 'Failed', containerStatuses: [ended({ exitCode: 137, signal: 9 })] },
    prints: 'Signal:9 0/1 0',
  },
  {
    name: 'Completed becomes Running while another container runs and the pod is ready',
    spec: two,
    status: {
      phase: 'Running',
      conditions: [condition('Ready', 'True')],
      containerStatuses: [ended({ exitCode: 0, reason: 'Completed' }), running({ name: 'log' })],
    },
    prints: 'Running 1/2 0',
  },
  {
    name: 'and NotReady when the pod is not',
    spec: two,
    status: {
      phase: 'Running',
      conditions: [condition('Ready', 'False')],
      containerStatuses: [ended({ exitCode: 0, reason: 'Completed' }), running({ name: 'log' })],
    },
    prints: 'NotReady 1/2 0',
  },
  {
    name: 'an evicted pod shows the reason of the pod',
    spec: one,
    status: { phase: 'Failed', reason: 'Evicted' },
    prints: 'Evicted 0/1 0',
  },
  {
    name: 'a gated pod',
    spec: one,
    status: { phase: 'Pending', conditions: [condition('PodScheduled', 'False', 'SchedulingGated')] },
    prints: 'SchedulingGated 0/1 0',
  },
  {
    name: 'an unschedulable pod is only Pending',
    spec: one,
    status: { phase: 'Pending', conditions: [condition('PodScheduled', 'False', 'Unschedulable')] },
    prints: 'Pending 0/1 0',
  },
  {
    name: 'a pod that is going',
    metadata: leaving,
    spec: one,
    status: { phase: 'Running', containerStatuses: [running({ restartCount: 1 })] },
    prints: 'Terminating 1/1 1',
  },
  {
    name: 'a pod that is going and has ended keeps its end',
    metadata: leaving,
    spec: one,
    status: { phase: 'Failed', containerStatuses: [ended({ exitCode: 1, reason: 'Error' })] },
    prints: 'Error 0/1 0',
  },
  {
    name: 'a pod that is going from a lost node',
    metadata: leaving,
    spec: one,
    status: { phase: 'Running', reason: 'NodeLost', containerStatuses: [running()] },
    prints: 'Unknown 1/1 0',
  },
  {
    name: 'a pod on a lost node that nobody deleted',
    spec: one,
    status: { phase: 'Running', reason: 'NodeLost', containerStatuses: [running()] },
    prints: 'NodeLost 1/1 0',
  },

  {
    name: 'init containers that nobody has heard of',
    spec: withInit,
    status: {
      phase: 'Pending',
      initContainerStatuses: [waiting('PodInitializing', { name: 'init-a' }), waiting('PodInitializing', { name: 'init-b' })],
    },
    prints: 'Init:0/2 0/1 0',
  },
  {
    name: 'the second init container runs',
    spec: withInit,
    status: {
      phase: 'Pending',
      initContainerStatuses: [ended({ exitCode: 0 }, { name: 'init-a' }), { name: 'init-b', state: { running: {} } }],
    },
    prints: 'Init:1/2 0/1 0',
  },
  {
    name: 'an init container crashes',
    spec: withInit,
    status: { phase: 'Pending', initContainerStatuses: [waiting('CrashLoopBackOff', { name: 'init-a', restartCount: 4 })] },
    prints: 'Init:CrashLoopBackOff 0/1 4',
  },
  {
    name: 'an init container ended badly, by its reason',
    spec: withInit,
    status: { phase: 'Pending', initContainerStatuses: [ended({ exitCode: 1, reason: 'Error' }, { name: 'init-a' })] },
    prints: 'Init:Error 0/1 0',
  },
  {
    name: 'by its code',
    spec: withInit,
    status: { phase: 'Pending', initContainerStatuses: [ended({ exitCode: 127 }, { name: 'init-a' })] },
    prints: 'Init:ExitCode:127 0/1 0',
  },
  {
    name: 'by its signal',
    spec: withInit,
    status: { phase: 'Pending', initContainerStatuses: [ended({ exitCode: 137, signal: 9 }, { name: 'init-a' })] },
    prints: 'Init:Signal:9 0/1 0',
  },
  {
    name: 'init containers beyond the present one do not count',
    spec: withInit,
    status: {
      phase: 'Pending',
      initContainerStatuses: [
        waiting('CrashLoopBackOff', { name: 'init-a', restartCount: 2 }),
        waiting('PodInitializing', { name: 'init-b', restartCount: 9 }),
      ],
      containerStatuses: [waiting('PodInitializing', { restartCount: 5 })],
    },
    prints: 'Init:CrashLoopBackOff 0/1 2',
  },
  {
    name: 'between the last init container and the first start',
    spec: withInit,
    status: {
      phase: 'Pending',
      initContainerStatuses: [ended({ exitCode: 0 }, { name: 'init-a' }), ended({ exitCode: 0 }, { name: 'init-b' })],
      containerStatuses: [waiting('PodInitializing')],
    },
    prints: 'PodInitializing 0/1 0',
  },
  {
    name: 'restarts of init containers that are done are forgotten',
    spec: withInit,
    status: {
      phase: 'Running',
      initContainerStatuses: [ended({ exitCode: 0 }, { name: 'init-a', restartCount: 5 }), ended({ exitCode: 0 }, { name: 'init-b' })],
      containerStatuses: [running({ restartCount: 1 })],
    },
    prints: 'Running 1/1 1',
  },
  {
    name: 'init containers that run again after the pod was initialised, beside a ready one',
    spec: withInit,
    status: {
      phase: 'Running',
      conditions: [condition('Initialized', 'True')],
      initContainerStatuses: [waiting('PodInitializing', { name: 'init-a' })],
      containerStatuses: [running()],
    },
    prints: 'Init:0/2 1/1 0',
  },

  {
    name: 'a sidecar counts as a container',
    spec: withSidecar,
    status: {
      phase: 'Running',
      initContainerStatuses: [
        { name: 'proxy', started: true, ready: true, state: { running: {} } },
        ended({ exitCode: 0 }, { name: 'init-b' }),
      ],
      containerStatuses: [running()],
    },
    prints: 'Running 2/2 0',
  },
  {
    name: 'a sidecar that has not started holds the pod back',
    spec: withSidecar,
    status: { phase: 'Pending', initContainerStatuses: [{ name: 'proxy', started: false, state: { running: {} } }] },
    prints: 'Init:0/2 0/2 0',
  },
  {
    name: 'a sidecar that serves while the next init container runs',
    spec: withSidecar,
    status: {
      phase: 'Pending',
      initContainerStatuses: [
        { name: 'proxy', started: true, ready: true, state: { running: {} } },
        { name: 'init-b', state: { running: {} } },
      ],
    },
    prints: 'Init:1/2 1/2 0',
  },
  {
    name: 'a sidecar that started and is not ready',
    spec: withSidecar,
    status: {
      phase: 'Running',
      initContainerStatuses: [
        { name: 'proxy', started: true, ready: false, state: { running: {} } },
        ended({ exitCode: 0 }, { name: 'init-b' }),
      ],
      containerStatuses: [running()],
    },
    prints: 'Running 1/2 0',
  },
  {
    name: 'restarts of sidecars do count',
    spec: withSidecar,
    status: {
      phase: 'Running',
      initContainerStatuses: [
        { name: 'proxy', started: true, ready: true, restartCount: 2, state: { running: {} } },
        ended({ exitCode: 0 }, { name: 'init-b', restartCount: 4 }),
      ],
      containerStatuses: [running({ restartCount: 1 })],
    },
    prints: 'Running 2/2 3',
  },
  {
    name: 'a crashing sidecar',
    spec: withSidecar,
    status: { phase: 'Pending', initContainerStatuses: [waiting('CrashLoopBackOff', { name: 'proxy', restartCount: 3 })] },
    prints: 'Init:CrashLoopBackOff 0/2 3',
  },
  {
    name: 'a sidecar that ended after the others',
    spec: withSidecar,
    status: {
      phase: 'Succeeded',
      initContainerStatuses: [ended({ exitCode: 0 }, { name: 'proxy' }), ended({ exitCode: 0 }, { name: 'init-b' })],
      containerStatuses: [ended({ exitCode: 0, reason: 'Completed' })],
    },
    prints: 'Completed 0/2 0',
  },
  { name: 'nothing at all', status: {}, prints: ' 0/0 0' },
];

describe('what kubectl prints for', () => {
  it.each(rows)('$name: $prints', ({ metadata = {}, spec = {}, status, prints }) => {
    const pod = kubectlPodStatus(metadata, spec, status);
    expect(`${pod.status} ${pod.readyContainers}/${pod.totalContainers} ${pod.restarts}`).toBe(prints);
  });
});

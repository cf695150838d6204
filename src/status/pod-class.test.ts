import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aNode } from '../../test/support/a-node.ts';
import { aPod } from '../../test/support/a-pod.ts';
import { minutes, rfc3339, START, seconds } from '../../test/support/an-object.ts';
import { projectPod } from '../fleet/projection/project-pod.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { classifyPod, isEnvironmentEvidence, isReleaseEvidence, isTerminatingStuck, POD_CLASSES, type PodNode } from './pod-class.ts';

const now = START + minutes(30);
const up = aNode().record();
const down = aNode().down().record();
const lifecycle = (state: string, since: number) =>
  aPod().label('lifecycle.apps.kruise.io/state', state).annotation('lifecycle.apps.kruise.io/timestamp', rfc3339(since));
const updatedInPlace = (at: number) =>
  aPod().annotation('apps.kruise.io/inplace-update-state', JSON.stringify({ updateTimestamp: rfc3339(at) }));

describe('the class of', () => {
  it.each([
    { name: 'a pod that has been ready long enough', pod: aPod().readySince(now - seconds(30)), minReadySeconds: 30, is: 'AVAILABLE' },
    { name: 'a pod that has not', pod: aPod().readySince(now - seconds(29)), minReadySeconds: 30, is: 'READY_NOT_AVAILABLE' },
    { name: 'a pod that has just got ready and need not wait', pod: aPod().readySince(now), is: 'AVAILABLE' },
    { name: 'a pod that is not ready', pod: aPod().notReady(), is: 'NOT_READY' },
    { name: 'a pod that is not ready on a node that is down', pod: aPod().notReady(), node: down, is: 'NODE_DOWN' },
    { name: 'a pod that is not ready on a node that is gone', pod: aPod().notReady(), node: 'GONE', is: 'NODE_DOWN' },
    { name: 'a pod that is not ready on a node that cannot be seen', pod: aPod().notReady(), node: undefined, is: 'NOT_READY' },
    { name: 'a pod that serves although its node is down', pod: aPod(), node: down, is: 'AVAILABLE' },
    { name: 'a pod that is going, whatever else is wrong', pod: aPod().crashLooping().terminating(now), is: 'TERMINATING' },
    { name: 'a pod that failed', pod: aPod().phase('Failed').notReady(), is: 'FAILED' },
    { name: 'a pod that is done', pod: aPod().phase('Succeeded').notReady(), is: 'SUCCEEDED' },
    { name: 'a pod without a place', pod: aPod().unschedulable(), is: 'UNSCHEDULABLE' },
    {
      name: 'a pod behind a gate',
      pod: aPod().unschedulable().condition('PodScheduled', 'False', { reason: 'SchedulingGated' }),
      is: 'NOT_READY',
    },
    ...['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull'].map((reason) => ({
      name: reason,
      pod: aPod().waiting(reason),
      is: 'IMAGE_ERROR',
    })),
    ...['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError'].map((reason) => ({
      name: reason,
      pod: aPod().waiting(reason),
      is: 'CONFIG_ERROR',
    })),
    { name: 'an image error on a node that is down', pod: aPod().cannotPull(), node: down, is: 'IMAGE_ERROR' },
    { name: 'a crash loop', pod: aPod().crashLooping(1), is: 'CRASH_LOOP' },
    {
      name: 'a container that runs again after three crashes',
      pod: aPod()
        .restarts(3, now - seconds(20))
        .notReady(now),
      is: 'CRASH_LOOP',
    },
    {
      name: 'the same, ready for a moment',
      pod: aPod()
        .restarts(3, now - seconds(20))
        .readySince(now - seconds(5)),
      is: 'CRASH_LOOP',
    },
    {
      name: 'the same, ready for a minute',
      pod: aPod()
        .restarts(3, now - seconds(70))
        .readySince(now - seconds(60)),
      is: 'AVAILABLE',
    },
    {
      name: 'a container that crashed twice',
      pod: aPod()
        .restarts(2, now - seconds(20))
        .notReady(now),
      is: 'NOT_READY',
    },
    {
      name: 'a container that crashed long ago',
      pod: aPod()
        .restarts(9, now - minutes(11))
        .notReady(now),
      is: 'NOT_READY',
    },
    {
      name: 'crashes before an update in place',
      pod: updatedInPlace(now - seconds(10))
        .restarts(5, now - seconds(20))
        .notReady(now),
      is: 'NOT_READY',
    },
    {
      name: 'crashes after an update in place',
      pod: updatedInPlace(now - seconds(60))
        .restarts(5, now - seconds(20))
        .notReady(now),
      is: 'CRASH_LOOP',
    },
    {
      name: 'an init container that cannot be pulled',
      pod: aPod()
        .spec({ initContainers: [{ name: 'i', image: 'x' }] })
        .status({ initContainerStatuses: [{ name: 'i', state: { waiting: { reason: 'ErrImagePull' } } }] })
        .notReady(),
      is: 'IMAGE_ERROR',
    },
    { name: 'a hook that has been waited for too long', pod: lifecycle('PreparingUpdate', now - minutes(5)), is: 'HOOK_BLOCKED' },
    { name: 'a hook that may still answer', pod: lifecycle('PreparingUpdate', now - minutes(4)), is: 'AVAILABLE' },
    { name: 'a pod in its normal state for long', pod: lifecycle('Normal', START), is: 'AVAILABLE' },
    { name: 'a pod in state Updating', pod: lifecycle('Updating', START), is: 'IN_PLACE_UPDATING' },
    {
      name: 'a pod with its in-place gate closed',
      pod: aPod().condition('InPlaceUpdateReady', 'False').notReady(),
      is: 'IN_PLACE_UPDATING',
    },
    {
      name: 'an image error after an update in place',
      pod: aPod().condition('InPlaceUpdateReady', 'False').cannotPull(),
      is: 'IMAGE_ERROR',
    },
  ] as { name: string; pod: ReturnType<typeof aPod>; node?: PodNode; minReadySeconds?: number; is: string }[])('$name is $is', (row) => {
    const node = Object.hasOwn(row, 'node') ? row.node : up;
    expect(classifyPod(row.pod.record(), { node, minReadySeconds: row.minReadySeconds ?? 0, now })).toBe(row.is);
  });

  it('anything is one of the classes', () => {
    const anything = fc.record({ metadata: fc.jsonValue(), spec: fc.jsonValue(), status: fc.jsonValue() });
    fc.assert(
      fc.property(anything, fc.constantFrom(up, down, 'GONE' as const, undefined), fc.integer(), (object, node, minReadySeconds) => {
        const pod = projectPod(object as unknown as KubeObject, 'dev');
        expect(POD_CLASSES).toContain(classifyPod(pod, { node, minReadySeconds, now }));
      }),
    );
  });
});

it('five classes speak against a release, one against the environment, and none against both', () => {
  expect(POD_CLASSES.filter(isReleaseEvidence)).toEqual(['UNSCHEDULABLE', 'IMAGE_ERROR', 'CONFIG_ERROR', 'CRASH_LOOP', 'HOOK_BLOCKED']);
  expect(POD_CLASSES.filter(isEnvironmentEvidence)).toEqual(['NODE_DOWN']);
});

describe('a pod that terminates is stuck', () => {
  it.each([
    { name: 'not within its grace', asked: now - seconds(20), stuck: false },
    { name: 'not within two minutes after', asked: now - seconds(150), stuck: false },
    { name: 'later', asked: now - seconds(151), stuck: true },
  ])('$name', ({ asked, stuck }) => {
    expect(isTerminatingStuck(aPod().terminating(asked, 30).record(), now)).toBe(stuck);
  });

  it('never while nobody asked it to go', () => {
    expect(isTerminatingStuck(aPod().record(), now)).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { aNode } from '../../../test/support/a-node.ts';
import { aPod } from '../../../test/support/a-pod.ts';
import { minutes, rfc3339, START, seconds } from '../../../test/support/an-object.ts';
import { projectPod } from './project-pod.ts';

describe('a pod', () => {
  it('carries what is asked of it most', () => {
    const pod = aPod('web-1')
      .revision('web-6f5', 'controller-revision-hash')
      .readySince(START + seconds(9))
      .restarts(2, START)
      .record();
    expect(pod).toMatchObject({
      phase: 'Running',
      status: 'Running',
      ready: true,
      readySince: START + seconds(9),
      restarts: 2,
      nodeName: 'node-1',
      revisionKey: '6f5',
      images: [{ container: 'app', image: 'registry.example/shop/web:v1' }],
      containers: [{ name: 'app', init: false, state: 'running', lastTermination: { exitCode: 1, reason: 'Error', finishedAt: START } }],
    });
  });

  it.each([
    { name: 'a short controller-revision-hash', build: () => aPod().revision('6f5'), key: '6f5' },
    { name: 'the name of a ControllerRevision', build: () => aPod().revision('my-web-6f5'), key: '6f5' },
    { name: 'a pod-template-hash', build: () => aPod().revision('6f5', 'pod-template-hash'), key: '6f5' },
    { name: 'both, of which the first counts', build: () => aPod().revision('old', 'pod-template-hash').revision('web-new'), key: 'new' },
    { name: 'no such label', build: () => aPod(), key: undefined },
  ])('has the revision of $name', ({ build, key }) => {
    expect(build().record().revisionKey).toBe(key);
  });

  it('says when its deletion was asked for, not when its grace ends', () => {
    const pod = aPod()
      .terminating(START + minutes(5), 600)
      .record();
    expect(pod.deletionRequestedAt).toBe(START + minutes(5));
    expect(pod.deletionGracePeriodSeconds).toBe(600);
  });

  it('says why it is not scheduled', () => {
    expect(aPod().unschedulable('no room').record().unscheduled).toEqual({ reason: 'Unschedulable', message: 'no room' });
  });

  it('lists init containers first and marks sidecars', () => {
    const initContainers = [
      { name: 'setup', image: 's' },
      { name: 'proxy', image: 'p', restartPolicy: 'Always' },
    ];
    const pod = aPod().spec({ initContainers }).record();
    expect(pod.containers.map(({ name, init, sidecar }) => [name, init, sidecar])).toEqual([
      ['setup', true, undefined],
      ['proxy', true, true],
      ['app', false, undefined],
    ]);
    expect(pod.images.map(({ container }) => container)).toEqual(['app', 'proxy']);
  });

  it.each([
    { name: 'a closed gate', build: () => aPod().condition('InPlaceUpdateReady', 'False') },
    { name: 'a grace annotation', build: () => aPod().annotation('apps.kruise.io/inplace-update-grace', '{}') },
  ])('is being updated in place with $name', ({ build }) => {
    expect(build().record().inPlaceUpdating).toBe(true);
  });

  it('tells OpenKruise’s lifecycle and update times', () => {
    const pod = aPod()
      .label('lifecycle.apps.kruise.io/state', 'PreparingUpdate')
      .annotation('lifecycle.apps.kruise.io/timestamp', rfc3339(START + seconds(1)))
      .annotation('apps.kruise.io/inplace-update-state', JSON.stringify({ revision: 'x', updateTimestamp: rfc3339(START + seconds(2)) }))
      .record();
    expect(pod).toMatchObject({
      lifecycleState: 'PreparingUpdate',
      lifecycleSince: START + seconds(1),
      inPlaceUpdatedAt: START + seconds(2),
    });
  });

  it('is not upset by a broken annotation', () => {
    const flaws: string[] = [];
    const object = aPod().annotation('apps.kruise.io/inplace-update-state', '{').object();
    expect(projectPod(object, 'dev', (field) => flaws.push(field)).inPlaceUpdatedAt).toBeUndefined();
    expect(flaws).toEqual(['inplace-update-state']);
  });

  it('cuts messages that are longer than anybody reads', () => {
    const pod = aPod().waiting('ErrImagePull', 'x'.repeat(5_000)).record();
    expect(pod.containers[0]?.message).toHaveLength(1_025);
  });
});

describe('a node', () => {
  it.each([
    { name: 'our label', labels: { 'fleetgraph.io/node-set': 'a', 'eks.amazonaws.com/nodegroup': 'b' }, nodeSet: 'a' },
    { name: 'a node group of EKS', labels: { 'eks.amazonaws.com/nodegroup': 'b' }, nodeSet: 'b' },
    { name: 'a node pool of GKE', labels: { 'cloud.google.com/gke-nodepool': 'c' }, nodeSet: 'c' },
    { name: 'an agent pool of AKS', labels: { 'kubernetes.azure.com/agentpool': 'd' }, nodeSet: 'd' },
    { name: 'nothing', labels: {}, nodeSet: undefined },
  ])('belongs to the set that $name names', ({ labels, nodeSet }) => {
    const node = aNode();
    for (const [key, value] of Object.entries(labels)) node.label(key, value);
    expect(node.record().nodeSet).toBe(nodeSet);
  });

  it('shows its versions, capacity and state', () => {
    expect(aNode().cordoned().down(START).record()).toMatchObject({
      ready: false,
      unschedulable: true,
      kubeletVersion: 'v1.32.3',
      internalIp: '192.0.2.1',
      capacity: { cpu: '8', memory: '32Gi', pods: '110' },
      conditions: [{ type: 'Ready', status: 'Unknown', since: START }],
    });
  });
});

import { describe, expect, it } from 'vitest';
import { aStore, clusterOf } from '../../test/support/a-cluster.ts';
import { aWorkload, type WorkloadBuilder } from '../../test/support/a-workload.ts';
import type { WorkloadKind } from '../model/workload-record.ts';
import { componentInstanceOf, componentInstances, componentKindOf, componentNameOf, componentState, instancesOf } from './component.ts';
import type { WorkloadState, WorkloadStatus } from './workload-state.ts';

interface Part {
  readonly name: string;
  readonly component?: string;
  readonly kind?: WorkloadKind;
  readonly namespace?: string;
  readonly instance?: string;
  readonly image?: string;
  readonly version?: string;
  readonly labels?: Record<string, string>;
}

function part({ name, component, kind = 'DEPLOYMENT', namespace = 'infra', instance, image, version, labels = {} }: Part): WorkloadBuilder {
  const workload = aWorkload(kind, name, namespace);
  if (component !== undefined) workload.label('app.kubernetes.io/name', component);
  if (instance !== undefined) workload.label('app.kubernetes.io/instance', instance);
  if (version !== undefined) workload.label('app.kubernetes.io/version', version);
  if (image !== undefined) workload.image(image);
  for (const [key, value] of Object.entries(labels)) workload.label(key, value);
  return workload;
}

const instances = (parts: readonly Part[], component?: string) =>
  instancesOf(
    parts.map((each) => part(each).record()),
    component,
  );

describe('a workload belongs to', () => {
  it.each([
    { name: 'the component of its label', of: { name: 'dns', component: 'coredns' }, is: 'coredns' },
    { name: 'none without the label', of: { name: 'cart' }, is: undefined },
    { name: 'none with an empty label', of: { name: 'cart', component: '' }, is: undefined },
    { name: 'one of its own name in kube-system', of: { name: 'kube-proxy', namespace: 'kube-system' }, is: 'kube-proxy' },
    { name: 'the component of its label there too', of: { name: 'dns', namespace: 'kube-system', component: 'coredns' }, is: 'coredns' },
  ])('$name', ({ of, is }) => {
    expect(componentNameOf(part(of).record())).toBe(is);
  });
});

describe('instances', () => {
  const ingress = (instance: string, name: string, kind: WorkloadKind = 'DEPLOYMENT'): Part => ({
    name,
    component: 'ingress',
    instance,
    kind,
  });

  it('two installations in a namespace are two', () => {
    const found = instances([ingress('a', 'a-ingress'), ingress('b', 'b-ingress')]);
    expect(found.map(({ instance, workload }) => [instance, workload.name])).toEqual([
      ['a', 'a-ingress'],
      ['b', 'b-ingress'],
    ]);
  });

  it('one in each of two namespaces are two', () => {
    expect(
      instances([
        { name: 'dns', component: 'dns', namespace: 'x' },
        { name: 'dns', component: 'dns', namespace: 'y' },
      ]),
    ).toHaveLength(2);
  });

  it('workloads of one installation are one, its main one first', () => {
    const found = instances([
      ingress('a', 'a-ingress-agent', 'DAEMON_SET'),
      ingress('a', 'a-ingress-defaultbackend'),
      ingress('a', 'a-ingress'),
    ]);
    expect(found).toHaveLength(1);
    expect(found[0]?.workloads.map(({ name }) => name)).toEqual(['a-ingress', 'a-ingress-defaultbackend', 'a-ingress-agent']);
  });

  it('can be had of one component alone, and of a workload', () => {
    const parts = [
      part({ name: 'dns', component: 'coredns' }),
      part({ name: 'dns-agent', component: 'coredns', kind: 'DAEMON_SET' }),
      part({ name: 'x', component: 'other' }),
    ];
    const cluster = clusterOf(aStore(parts));
    expect(componentInstances(cluster).map(({ component }) => component)).toEqual(['coredns', 'other']);
    expect(componentInstances(cluster, 'coredns')).toHaveLength(1);
    expect(componentInstanceOf(cluster, parts[1]!.record())).toMatchObject({ component: 'coredns', workload: { name: 'dns' } });
  });

  it('a component called constructor is a component', () => {
    expect(
      instances([
        { name: 'x', component: 'constructor' },
        { name: 'y', component: '__proto__' },
      ])
        .map(({ component }) => component)
        .sort(),
    ).toEqual(['__proto__', 'constructor']);
  });
});

describe('the version of an instance is', () => {
  it.each([
    { name: 'its label', of: { version: '1.11.1', image: 'dns/coredns' }, is: '1.11.1' },
    { name: 'else the tag of its image', of: { image: 'registry.example:5000/dns/coredns:v1.11.3@sha256:0a' }, is: 'v1.11.3' },
    { name: 'the image’s when the label was left behind', of: { version: '1.11.1', image: 'dns/coredns:1.11.3' }, is: '1.11.3' },
    { name: 'the label’s when both say the same', of: { version: '1.11.3', image: 'dns/coredns:v1.11.3' }, is: '1.11.3' },
    { name: 'the label’s when the tag is no version', of: { version: '1.11.3', image: 'dns/coredns:latest' }, is: '1.11.3' },
    { name: 'the label’s when the tag is a build number', of: { version: '1.11.3', image: 'dns/coredns:20260101' }, is: '1.11.3' },
    { name: 'nothing when there is nothing', of: { image: 'registry.example:5000/dns/coredns' }, is: undefined },
  ])('$name', ({ of, is }) => {
    expect(instances([{ name: 'coredns', component: 'coredns', ...of }])[0]?.version).toBe(is);
  });

  it('that of the image named like the component, whichever container it is', () => {
    const workload = part({ name: 'dns', component: 'coredns' });
    const template = {
      spec: {
        containers: [
          { name: 'sidecar', image: 'proxy:9.9.9' },
          { name: 'dns', image: 'dns/coredns:1.11.3' },
        ],
      },
    };
    const object = workload.object();
    Object.assign(object.spec ?? {}, { template });
    workload.object = () => object;
    expect(instancesOf([workload.record()])[0]).toMatchObject({ version: '1.11.3', image: 'dns/coredns:1.11.3' });
  });
});

describe('the kind of a component', () => {
  it.each([
    { name: 'a part of the control plane', of: { name: 'kube-scheduler', namespace: 'kube-system' }, is: 'CONTROL_PLANE' },
    { name: 'one of that name elsewhere is none', of: { name: 'etcd', component: 'etcd', namespace: 'shop' }, is: 'ADDON' },
    { name: 'an operator by its name', of: { name: 'postgres-operator', component: 'postgres-operator' }, is: 'OPERATOR' },
    { name: 'an operator by its workload', of: { name: 'cert-controller-manager', component: 'cert' }, is: 'OPERATOR' },
    {
      name: 'an operator by its label',
      of: { name: 'x', component: 'x', labels: { 'control-plane': 'controller-manager' } },
      is: 'OPERATOR',
    },
    { name: 'a node agent', of: { name: 'node-exporter', component: 'node-exporter', kind: 'DAEMON_SET' }, is: 'DATA_PLANE' },
    { name: 'an advanced node agent', of: { name: 'cni', component: 'cni', kind: 'ADVANCED_DAEMON_SET' }, is: 'DATA_PLANE' },
    { name: 'anything else', of: { name: 'coredns', component: 'coredns' }, is: 'ADDON' },
  ] as { name: string; of: Part; is: string }[])('$name: $is', ({ of, is }) => {
    const found = instances([of]);
    expect(componentKindOf(found[0]?.component ?? '', found)).toBe(is);
  });
});

describe('the state of a component', () => {
  const status = (state: WorkloadState, more: Partial<WorkloadStatus> = {}): WorkloadStatus => ({
    state,
    message: '',
    causes: [],
    currentRevision: 'a',
    updateRevision: 'a',
    ...more,
  });
  const degraded = status('COMPLETE', { causes: [{ code: 'NodeDown', message: '', count: 1, examples: [], attributedTo: 'ENVIRONMENT' }] });
  it.each([
    { name: 'nothing', statuses: [], is: 'UNKNOWN' },
    { name: 'all complete', statuses: [status('COMPLETE'), status('COMPLETE')], is: 'HEALTHY' },
    { name: 'one in progress', statuses: [status('COMPLETE'), status('IN_PROGRESS')], is: 'UPGRADING' },
    { name: 'one paused', statuses: [status('PAUSED_AT_PARTITION')], is: 'UPGRADING' },
    { name: 'one unknown', statuses: [status('COMPLETE'), status('UNKNOWN')], is: 'UNKNOWN' },
    { name: 'one stuck on its way', statuses: [status('IN_PROGRESS'), status('STUCK', { updateRevision: 'b' })], is: 'STUCK' },
    { name: 'one stuck at its final revision', statuses: [status('STUCK'), status('IN_PROGRESS')], is: 'DEGRADED' },
    { name: 'one complete with something broken', statuses: [degraded, status('COMPLETE')], is: 'DEGRADED' },
  ])('with $name is $is', ({ statuses, is }) => {
    expect(componentState(statuses)).toBe(is);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aNode } from '../../../test/support/a-node.ts';
import { aPod } from '../../../test/support/a-pod.ts';
import { aWorkload } from '../../../test/support/a-workload.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import { labelOf } from '../../model/labels.ts';
import type { PodRecord } from '../../model/pod-record.ts';
import type { WorkloadRecord } from '../../model/workload-record.ts';
import { projectorFor, WATCHED_RESOURCES } from './projectors.ts';

const projected = WATCHED_RESOURCES.filter(({ resource }) => resource !== 'events').map(({ resource }) => resource);

function project(resource: string, object: unknown, flaw?: (field: string) => void) {
  const projector = projectorFor(resource, flaw);
  if (projector === undefined) throw new Error(`no projector for ${resource}`);
  return projector(object as KubeObject, 'dev');
}

describe('a projector', () => {
  it('is there for every watched kind but events, and for no other', () => {
    for (const resource of projected) expect(projectorFor(resource)).toBeDefined();
    for (const resource of ['events', 'secrets', 'constructor', '__proto__']) expect(projectorFor(resource)).toBeUndefined();
  });

  const anyObject = fc.oneof(
    fc.object({ withNullPrototype: true }),
    fc.record({ metadata: fc.anything(), spec: fc.anything(), status: fc.anything(), data: fc.anything(), involvedObject: fc.anything() }),
  );
  it.each(projected)('never throws, whatever a %s holds', (resource) => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), anyObject, (json, any) => {
        for (const object of [json, any].filter((value) => typeof value === 'object' && value !== null)) project(resource, object);
      }),
      { numRuns: 200 },
    );
  });

  /** A real object with some members replaced by something else. */
  const members = fc.dictionary(
    fc.constantFrom(
      'metadata',
      'spec',
      'status',
      'template',
      'containers',
      'conditions',
      'labels',
      'ownerReferences',
      'strategy',
      'updateStrategy',
      'rollingUpdate',
      'containerStatuses',
      'state',
      'replicas',
      'selector',
    ),
    fc.jsonValue(),
  );
  const samples = [aPod().object(), aNode().object(), aWorkload('DEPLOYMENT').object(), aWorkload('CLONE_SET').object()];
  it.each(projected)('makes records that GraphQL can write out of a %s with broken members', (resource) => {
    fc.assert(
      fc.property(fc.constantFrom(...samples), members, (sample, broken) => {
        const object = JSON.parse(JSON.stringify(sample), (key, value) => (Object.hasOwn(broken, key) ? broken[key] : value));
        if (typeof object !== 'object' || object === null) return;
        const record = project(resource, object) as PodRecord & WorkloadRecord;
        expect(Object.values(record.labels).every((value) => typeof value === 'string')).toBe(true);
        expect([record.name, record.uid, record.resourceVersion].every((text) => typeof text === 'string')).toBe(true);
        for (const count of [record.restarts, record.totalContainers, record.generation, record.replicas?.desired]) {
          if (count !== undefined) expect(Number.isInteger(count) && count >= 0 && count < 2 ** 31).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('reports the fields that are not what they should be, and no others', () => {
    const flaws: string[] = [];
    project('pods', aPod().object(), (field) => flaws.push(field));
    expect(flaws).toEqual([]);
    const broken = { ...aPod().object(), spec: 7 };
    project('pods', broken, (field) => flaws.push(field));
    expect(flaws).toEqual(['spec']);
  });
});

describe('labels', () => {
  it('with names that JavaScript knows do no harm and can be read', () => {
    const object = JSON.parse(
      '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","uid":"u","resourceVersion":"1","labels":{"__proto__":"x","constructor":"y"}}}',
    );
    const { labels } = project('pods', object);
    expect(labelOf(labels, '__proto__')).toBe('x');
    expect(labelOf(labels, 'constructor')).toBe('y');
    expect(labelOf(labels, 'toString')).toBeUndefined();
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('that are not text are left out and reported', () => {
    const flaws: string[] = [];
    const object = JSON.parse('{"metadata":{"name":"a","labels":{"__proto__":{"admin":"1"},"a":"b","n":1}}}');
    const { labels } = project('pods', object, (field) => flaws.push(field));
    expect(Object.entries(labels)).toEqual([['a', 'b']]);
    expect(flaws).toContain('labels');
  });
});

it('no value of env, args, command or annotations enters a record', () => {
  const secret = 'canary-9f2c81';
  const container = { name: 'app', image: 'a', env: [{ name: 'A', value: secret }], args: [secret], command: [secret] };
  const metadata = {
    name: 'a',
    uid: 'u',
    resourceVersion: '1',
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': secret, other: secret },
  };
  const template = { metadata: { annotations: { other: secret } }, spec: { containers: [container], initContainers: [container] } };
  const object = {
    apiVersion: 'v1',
    kind: 'X',
    metadata,
    spec: { ...template.spec, template, selector: {} },
    data: { spec: { template } },
    status: {},
  };
  for (const resource of projected) expect(JSON.stringify(project(resource, object))).not.toContain(secret);
});

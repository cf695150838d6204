import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../model/kube-object.ts';
import { kruiseCustomResourceDefinitions } from '../resources/kruise-crds.ts';
import {
  aCore,
  aDeployment,
  anObject,
  aPod,
  CLONE_SETS,
  CONFIG_MAPS,
  CRDS,
  DEPLOYMENTS,
  PODS,
  refusalBy,
} from '../testing/core-for-tests.ts';

const WEB = { namespace: 'default', name: 'web' };

async function withDeployment() {
  const server = aCore();
  await server.client.create(DEPLOYMENTS, aDeployment('web'));
  const merge = (body: JsonObject, subresource?: string) =>
    server.client.patch(DEPLOYMENTS, WEB, { type: 'merge', body }, subresource === undefined ? {} : { subresource });
  return { ...server, merge };
}

describe('generation', () => {
  it.each<[string, JsonObject, string | undefined, number]>([
    ['grows with spec', { spec: { replicas: 3 } }, undefined, 2],
    ['grows with the annotations of a deployment', { metadata: { annotations: { a: 'b' } } }, undefined, 2],
    ['stays with labels', { metadata: { labels: { a: 'b' } } }, undefined, 1],
    ['stays with status', { status: { replicas: 3 } }, 'status', 1],
    ['is not the client’s to set', { metadata: { generation: 7 } }, undefined, 1],
  ])('%s', async (_name, body, subresource, generation) => {
    const { merge } = await withDeployment();
    expect((await merge(body, subresource)).metadata.generation).toBe(generation);
  });
});

describe('update', () => {
  it('conflicts with an older version, and only then', async () => {
    const { client } = await withDeployment();
    const read = await client.get(DEPLOYMENTS, WEB);
    await client.update(DEPLOYMENTS, { ...read, spec: { ...read.spec, replicas: 2 } });
    const refusal = await refusalBy(() => client.update(DEPLOYMENTS, { ...read, spec: { ...read.spec, replicas: 3 } }));
    expect(refusal).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Operation cannot be fulfilled on deployments.apps "web": the object has been modified'),
    });
    const { resourceVersion: _version, ...metadata } = read.metadata;
    expect((await client.update(DEPLOYMENTS, { ...read, metadata, spec: { ...read.spec, replicas: 4 } })).spec).toMatchObject({
      replicas: 4,
    });
  });

  it('conflicts with another uid', async () => {
    const { client } = await withDeployment();
    const read = await client.get(DEPLOYMENTS, WEB);
    expect(await refusalBy(() => client.update(DEPLOYMENTS, { ...read, metadata: { ...read.metadata, uid: 'other' } }))).toMatchObject({
      code: 'conflict',
    });
  });

  it('keeps the version when nothing changes', async () => {
    const { core, merge } = await withDeployment();
    const before = core.revision;
    await merge({ spec: { replicas: 1 } });
    expect(core.revision).toBe(before);
  });

  it('writes status through its sub-resource only, and nothing else there', async () => {
    const { merge } = await withDeployment();
    expect((await merge({ status: { replicas: 5 } })).status).toBeUndefined();
    const written = await merge({ status: { replicas: 5 }, spec: { replicas: 9 } }, 'status');
    expect([written.status, written.spec?.['replicas']]).toEqual([{ replicas: 5 }, 1]);
  });

  it.each<[string, JsonObject, string]>([
    [
      'another selector',
      { spec: { selector: { matchLabels: { app: 'web', b: 'c' } }, template: { metadata: { labels: { app: 'web', b: 'c' } } } } },
      'field is immutable',
    ],
    ['negative replicas', { spec: { replicas: -1 } }, 'must be greater than or equal to 0'],
    ['no room to roll', { spec: { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } } }, 'may not be 0 when `maxSurge` is 0'],
  ])('refuses %s', async (_name, body, message) => {
    const { merge } = await withDeployment();
    expect(await refusalBy(() => merge(body))).toMatchObject({ code: 'invalid', status: 422, message: expect.stringContaining(message) });
  });

  it('lets nobody move a pod to another node', async () => {
    const { client } = aCore();
    await client.create(PODS, aPod('web'));
    const refusal = await refusalBy(() => client.patch(PODS, WEB, { type: 'merge', body: { spec: { nodeName: 'n1' } } }));
    expect(refusal).toMatchObject({ message: expect.stringContaining('spec: Forbidden: pod updates may not change fields other than') });
    await client.create(PODS, anObject(PODS, 'web', { target: { kind: 'Node', name: 'n1' } }), { subresource: 'binding' });
    expect((await client.get(PODS, WEB)).spec?.['nodeName']).toBe('n1');
    expect(
      await refusalBy(() => client.create(PODS, anObject(PODS, 'web', { target: { name: 'n2' } }), { subresource: 'binding' })),
    ).toMatchObject({ code: 'conflict' });
  });

  it('refuses a failed test of a JSON patch as invalid, a server-side apply as unsupported', async () => {
    const { client } = await withDeployment();
    const patch = { type: 'json', operations: [{ op: 'test', path: '/spec/replicas', value: 7 }] } as const;
    expect(await refusalBy(() => client.patch(DEPLOYMENTS, WEB, patch))).toMatchObject({ code: 'invalid', status: 422, reason: 'Invalid' });
    expect(await refusalBy(() => client.patch(DEPLOYMENTS, WEB, { type: 'apply', body: {} }))).toMatchObject({
      code: 'unsupported',
      status: 415,
    });
  });

  it('says 404 for what is not there', async () => {
    const { client } = aCore();
    expect(await refusalBy(() => client.patch(CONFIG_MAPS, WEB, { type: 'merge', body: {} }))).toMatchObject({
      code: 'not-found',
      message: 'configmaps "web" not found',
    });
  });
});

describe('scale', () => {
  it('reads and writes the size of a deployment and of a clone set', async () => {
    const { client } = await withDeployment();
    for (const crd of kruiseCustomResourceDefinitions()) await client.create(CRDS, crd);
    await client.create(CLONE_SETS, { ...aDeployment('web'), apiVersion: 'apps.kruise.io/v1alpha1', kind: 'CloneSet' });
    for (const resource of [DEPLOYMENTS, CLONE_SETS]) {
      const scale = await client.patch(resource, WEB, { type: 'merge', body: { spec: { replicas: 4 } } }, { subresource: 'scale' });
      expect(scale).toMatchObject({ kind: 'Scale', apiVersion: 'autoscaling/v1', spec: { replicas: 4 }, status: { replicas: 0 } });
      const object = await client.get(resource, WEB);
      expect([object.spec?.['replicas'], object.metadata.generation]).toEqual([4, 2]);
    }
  });

  it('refuses fewer than no pods', async () => {
    const { client } = await withDeployment();
    const refusal = await refusalBy(() =>
      client.patch(DEPLOYMENTS, WEB, { type: 'merge', body: { spec: { replicas: -1 } } }, { subresource: 'scale' }),
    );
    expect(refusal).toMatchObject({ code: 'invalid', causes: [{ field: 'spec.replicas' }] });
  });
});

describe('custom resources', () => {
  it('have a definition’s defaults, lose unknown fields and obey its types', async () => {
    const { client } = aCore();
    const properties = {
      spec: {
        type: 'object',
        required: ['color'],
        properties: { color: { type: 'string', enum: ['red'] }, size: { type: 'integer', default: 3, minimum: 1 } },
      },
    };
    const versions = [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: 'object', properties } },
      },
    ];
    await client.create(
      CRDS,
      anObject(CRDS, 'toys.example.com', {
        spec: { group: 'example.com', scope: 'Namespaced', names: { plural: 'toys', kind: 'Toy' }, versions },
      }),
    );
    const toys = { group: 'example.com', version: 'v1', resource: 'toys', kind: 'Toy', namespaced: true };
    const created = await client.create(toys, anObject(toys, 'bear', { spec: { color: 'red', unknown: 1 } }));
    expect([created.spec, created.metadata.generation]).toEqual([{ color: 'red', size: 3 }, 1]);
    const refusal = await refusalBy(() => client.create(toys, anObject(toys, 'b', { spec: { size: 'big' } })));
    expect(refusal).toMatchObject({ message: expect.stringContaining('spec.color: Required value') });
    expect(refusal).toMatchObject({ message: expect.stringContaining('spec.size in body must be of type integer: "string"') });
    const { resourceVersion: _version, ...metadata } = created.metadata;
    expect(await refusalBy(() => client.update(toys, { ...created, metadata }))).toMatchObject({
      message: expect.stringContaining('must be specified for an update'),
    });
    expect(
      await refusalBy(() => client.patch(toys, { namespace: 'default', name: 'bear' }, { type: 'strategic', body: {} })),
    ).toMatchObject({ code: 'unsupported' });
  });

  it('are kept when their definition changes', async () => {
    const { client } = aCore();
    const [crd] = kruiseCustomResourceDefinitions();
    if (crd === undefined) throw new Error('no definition');
    await client.create(CRDS, crd);
    await client.create(CLONE_SETS, { ...aDeployment('web'), apiVersion: 'apps.kruise.io/v1alpha1', kind: 'CloneSet' });
    await client.patch(CRDS, { name: crd.metadata.name }, { type: 'merge', body: { metadata: { labels: { a: 'b' } } } });
    expect((await client.list(CLONE_SETS)).items).toHaveLength(1);
  });
});

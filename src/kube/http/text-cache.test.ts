import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { encodeKubernetesProtobuf } from '../../apiserver/http/protobuf-encoder.ts';
import { keptFieldsOf } from '../../fleet/projection/kept-fields.ts';
import type { JsonObject } from '../../model/kube-object.ts';
import { groupResourceOf, type Resource } from '../../model/resource.ts';
import { ObjectDecoder, valueAt } from './object-decoder.ts';
import { envelopeAt } from './protobuf/envelope.ts';
import { ProtobufKind } from './protobuf/protobuf-kind.ts';
import { TextCache } from './text-cache.ts';

const SECRET = 'canary-5b1d07';
const resourceOf = (group: string, resource: string, kind: string): Resource => ({
  group,
  version: 'v1',
  resource,
  kind,
  namespaced: true,
});
const [REVISIONS, PODS] = [resourceOf('apps', 'controllerrevisions', 'ControllerRevision'), resourceOf('', 'pods', 'Pod')];

function workload(resource: Resource): JsonObject {
  const container = { name: 'app', image: 'a', env: [{ name: 'A', value: SECRET }], args: [SECRET] };
  const template = {
    metadata: { labels: { app: SECRET }, annotations: { a: SECRET } },
    spec: { nodeSelector: { a: SECRET }, containers: [container] },
  };
  const metadata = { name: 'web', namespace: 'shop', resourceVersion: '7', labels: { app: 'web-label' } };
  const { kind } = resource;
  if (resource === REVISIONS) return { apiVersion: 'apps/v1', kind, metadata, data: { spec: { template } }, revision: 1 };
  return { apiVersion: 'apps/v1', kind, metadata, spec: { selector: {}, template }, status: {} };
}

const RESOURCES = [
  REVISIONS,
  resourceOf('apps', 'deployments', 'Deployment'),
  resourceOf('apps', 'replicasets', 'ReplicaSet'),
  resourceOf('apps', 'statefulsets', 'StatefulSet'),
];

type Form = { readonly write: (object: JsonObject) => Buffer; readonly read: (resource: Resource, bytes: Buffer) => unknown };

const JSON_FORM: Form = {
  write: (object) => Buffer.from(JSON.stringify(object)),
  read: (resource, bytes) =>
    new ObjectDecoder(keptFieldsOf(groupResourceOf(resource)), () => expect.fail('the scanner did not follow')).objectAt(bytes, 0).value,
};
const LINE_FORM: Form = {
  write: (object) => Buffer.from(JSON.stringify({ type: 'ADDED', object })),
  read: (resource, bytes) =>
    new ObjectDecoder(keptFieldsOf(groupResourceOf(resource)), () => expect.fail('the scanner did not follow')).line(bytes),
};
const PROTOBUF_FORM: Form = {
  write: encodeKubernetesProtobuf,
  read: (resource, bytes) =>
    ProtobufKind.of(resource, keptFieldsOf(groupResourceOf(resource)) ?? {})?.object(bytes, envelopeAt(bytes, 0, bytes.length)),
};
const FORMS = [
  ['JSON', JSON_FORM],
  ['JSON of a watch', LINE_FORM],
  ['protobuf', PROTOBUF_FORM],
] as const;

afterEach(() => void vi.restoreAllMocks());

describe('texts that are kept to be used again', () => {
  it.each(FORMS.flatMap(([name, form]) => RESOURCES.map((resource) => [resource.kind, name, resource, form] as const)))(
    'R28 are none of the values in the template of a %s in %s',
    (_kind, name, resource, { write, read }) => {
      const kept = [vi.spyOn(TextCache.prototype, 'plain'), vi.spyOn(TextCache.prototype, 'ascii')];
      expect(JSON.stringify(read(resource, write(workload(resource))))).toContain(SECRET);
      const texts = kept.flatMap(({ mock }) => mock.results.map(({ value }) => value as unknown));
      expect(texts).not.toContain(SECRET);
      expect(texts).toEqual(expect.arrayContaining(['shop', 'web-label']));
      // The name is the object's alone: in protobuf it is not kept either.
      expect(texts.includes('web')).toBe(name !== 'protobuf');
    },
  );

  it('R28 are none of what is read without a mask', () => {
    const kept = vi.spyOn(TextCache.prototype, 'plain');
    expect(valueAt(Buffer.from(`{"continue":"${SECRET}"}`), 0).value).toEqual({ continue: SECRET });
    expect(kept.mock.results.map(({ value }) => value as unknown)).toEqual(['continue']);
  });
});

describe('the bytes that were read last', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;

  it.each(FORMS)('R28 are not held until the next are: %s', async (_name, { write, read }) => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', annotations: { a: 'x'.repeat(100_000) } } };
    const readOnce = (): WeakRef<ArrayBufferLike> => {
      const bytes = write(pod);
      expect(read(PODS, bytes)).toBeDefined();
      // Cut short, too: what throws lets go as well.
      expect(() => read(PODS, bytes.subarray(0, -20))).toThrow();
      return new WeakRef(bytes.buffer);
    };
    const held = readOnce();
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    expect(held.deref()).toBeUndefined();
  });
});

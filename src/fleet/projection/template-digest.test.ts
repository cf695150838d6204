import { describe, expect, it } from 'vitest';
import { templateDigest } from './template-digest.ts';

const template = {
  metadata: { labels: { app: 'web' }, annotations: { note: 'a' } },
  spec: { containers: [{ name: 'app', image: 'web:v1', resources: {}, env: [{ name: 'KEY', value: 'secret' }] }], securityContext: {} },
};
const digest = templateDigest(template);

describe('equal templates', () => {
  it.each([
    {
      name: 'members in another order',
      other: {
        spec: { securityContext: {}, containers: template.spec.containers },
        metadata: { annotations: { note: 'a' }, labels: { app: 'web' } },
      },
    },
    {
      name: 'a pod-template-hash',
      other: { ...template, metadata: { ...template.metadata, labels: { app: 'web', 'pod-template-hash': 'abc' } } },
    },
    {
      name: 'a controller-revision-hash',
      other: { ...template, metadata: { ...template.metadata, labels: { app: 'web', 'controller-revision-hash': 'abc' } } },
    },
    { name: 'creationTimestamp null', other: { ...template, metadata: { ...template.metadata, creationTimestamp: null } } },
    { name: 'the $patch of a ControllerRevision', other: { ...template, $patch: 'replace' } },
    { name: 'empty lists', other: { ...template, spec: { ...template.spec, volumes: [], tolerations: null } } },
    { name: 'no empty securityContext', other: { ...template, spec: { containers: template.spec.containers } } },
  ])('differ in $name and nothing else', ({ other }) => {
    expect(templateDigest(other)).toBe(digest);
  });

  it('without labels of their own differ in the generated one alone', () => {
    const plain = { spec: template.spec };
    expect(templateDigest({ ...plain, metadata: { labels: { 'pod-template-hash': 'abc' } } })).toBe(templateDigest(plain));
  });
});

describe('other templates', () => {
  it.each([
    {
      name: 'another image',
      other: { ...template, spec: { ...template.spec, containers: [{ ...template.spec.containers[0], image: 'web:v2' }] } },
    },
    {
      name: 'another value in env',
      other: {
        ...template,
        spec: { ...template.spec, containers: [{ ...template.spec.containers[0], env: [{ name: 'KEY', value: 'other' }] }] },
      },
    },
    { name: 'another annotation', other: { ...template, metadata: { ...template.metadata, annotations: { note: 'b' } } } },
    {
      name: 'a label called pod-template-hash somewhere else',
      other: { ...template, spec: { ...template.spec, nodeSelector: { 'pod-template-hash': 'a' } } },
    },
    { name: 'an emptyDir', other: { ...template, spec: { ...template.spec, volumes: [{ name: 'tmp', emptyDir: {} }] } } },
    {
      name: 'containers in another order',
      other: { ...template, spec: { ...template.spec, containers: [{ name: 'b' }, ...template.spec.containers] } },
    },
    { name: 'false where nothing was', other: { ...template, spec: { ...template.spec, hostNetwork: false } } },
  ])('have $name', ({ other }) => {
    expect(templateDigest(other)).not.toBe(digest);
  });
});

it('is short and the same in every process', () => {
  expect(digest).toMatch(/^[0-9a-f]{16}$/);
  expect(templateDigest({ spec: { containers: [{ name: 'a', image: 'b' }] } })).toBe('19a178640df61c0f');
});

it('survives a template as deep as a hostile server likes', () => {
  let deep: Record<string, unknown> = {};
  for (let i = 0; i < 100_000; i += 1) deep = { metadata: deep };
  expect(templateDigest(deep)).toMatch(/^[0-9a-f]{16}$/);
});

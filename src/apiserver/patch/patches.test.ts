import { describe, expect, it } from 'vitest';
import type { JsonPatchOperation } from '../../kube/api-server.ts';
import { applyJsonPatch } from './json-patch.ts';
import { mergeKeysOf } from './merge-keys.ts';
import { applyMergePatch } from './merge-patch.ts';
import { applyStrategicMerge } from './strategic-merge.ts';

describe('applyJsonPatch', () => {
  it.each<[string, unknown, JsonPatchOperation[], unknown]>([
    ['adds a member', { a: 1 }, [{ op: 'add', path: '/b', value: 2 }], { a: 1, b: 2 }],
    ['inserts into a list', { l: [1, 3] }, [{ op: 'add', path: '/l/1', value: 2 }], { l: [1, 2, 3] }],
    ['appends to a list', { l: [1] }, [{ op: 'add', path: '/l/-', value: 2 }], { l: [1, 2] }],
    ['removes', { a: 1, b: 2 }, [{ op: 'remove', path: '/a' }], { b: 2 }],
    ['replaces under an escaped key', { 'a/b~c': 1 }, [{ op: 'replace', path: '/a~1b~0c', value: 2 }], { 'a/b~c': 2 }],
    ['moves', { a: { b: 1 } }, [{ op: 'move', from: '/a/b', path: '/c' }], { a: {}, c: 1 }],
    ['copies', { a: { b: 1 } }, [{ op: 'copy', from: '/a', path: '/c' }], { a: { b: 1 }, c: { b: 1 } }],
    [
      'goes on after a test that holds',
      { a: { b: [1] } },
      [
        { op: 'test', path: '/a', value: { b: [1] } },
        { op: 'remove', path: '/a' },
      ],
      {},
    ],
    ['reads a missing member as null in a test', {}, [{ op: 'test', path: '/a', value: null }], {}],
    ['replaces the whole', { a: 1 }, [{ op: 'replace', path: '', value: [] }], []],
  ])('%s', (_name, document, operations, expected) => {
    expect(applyJsonPatch(document, operations)).toEqual(expected);
  });

  it.each<[string, unknown, JsonPatchOperation[]]>([
    ['a test that fails', { a: 1 }, [{ op: 'test', path: '/a', value: 2 }]],
    ['removal of what is not there', {}, [{ op: 'remove', path: '/a' }]],
    ['replacement of what is not there', {}, [{ op: 'replace', path: '/a', value: 1 }]],
    ['a missing parent', {}, [{ op: 'add', path: '/a/b', value: 1 }]],
    ['an index beyond the end', { l: [] }, [{ op: 'add', path: '/l/1', value: 1 }]],
    ['an index with a leading zero', { l: [1, 2] }, [{ op: 'remove', path: '/l/01' }]],
    ['a path into the prototype', {}, [{ op: 'add', path: '/__proto__/polluted', value: 1 }]],
    ['a path into an inherited member', {}, [{ op: 'replace', path: '/constructor/name', value: 1 }]],
    ['a move into itself', { a: { b: 1 } }, [{ op: 'move', from: '/a', path: '/a/b/c' }]],
    ['a path without a slash', { a: 1 }, [{ op: 'remove', path: 'a' }]],
  ])('refuses %s as 422', (_name, document, operations) => {
    expect(() => applyJsonPatch(document, operations)).toThrow('the server rejected our request due to an error in our request');
  });
});

describe('applyMergePatch', () => {
  it('merges objects, replaces lists, removes by null', () => {
    const target = Object.freeze({ a: { b: 1, c: 2 }, l: [1, 2], gone: 1 });
    expect(applyMergePatch(target, { a: { b: null, d: 3 }, l: [9], gone: null })).toEqual({ a: { c: 2, d: 3 }, l: [9] });
  });

  it('never touches a prototype', () => {
    applyMergePatch({}, JSON.parse('{"__proto__":{"polluted":true}}'));
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

const POD_TEMPLATE = mergeKeysOf('deployments.apps');
const template = (spec: object) => ({ spec: { template: { spec } } });

describe('applyStrategicMerge', () => {
  it.each([
    [
      'merges containers by name; new ones come in the order of the patch',
      {
        containers: [
          { name: 'a', image: '1', env: [{ name: 'X', value: 'x' }] },
          { name: 'b', image: '1' },
        ],
      },
      {
        containers: [
          { name: 'b', image: '2' },
          { name: 'c', image: '1' },
        ],
      },
      {
        containers: [
          { name: 'a', image: '1', env: [{ name: 'X', value: 'x' }] },
          { name: 'b', image: '2' },
          { name: 'c', image: '1' },
        ],
      },
    ],
    [
      'merges env by name and ports by containerPort',
      { containers: [{ name: 'a', env: [{ name: 'X', value: 'x' }], ports: [{ containerPort: 80, name: 'http' }] }] },
      { containers: [{ name: 'a', env: [{ name: 'Y', value: 'y' }], ports: [{ containerPort: 80, name: 'web' }] }] },
      {
        containers: [
          {
            name: 'a',
            env: [
              { name: 'Y', value: 'y' },
              { name: 'X', value: 'x' },
            ],
            ports: [{ containerPort: 80, name: 'web' }],
          },
        ],
      },
    ],
    [
      'removes an element by $patch: delete',
      { containers: [{ name: 'a' }, { name: 'b' }] },
      { containers: [{ name: 'a', $patch: 'delete' }] },
      { containers: [{ name: 'b' }] },
    ],
    [
      'replaces a list by $patch: replace',
      { containers: [{ name: 'a' }, { name: 'b' }] },
      { containers: [{ name: 'c' }, { $patch: 'replace' }] },
      { containers: [{ name: 'c' }] },
    ],
    ['replaces lists without a key', { tolerations: [{ key: 'a' }] }, { tolerations: [{ key: 'b' }] }, { tolerations: [{ key: 'b' }] }],
    [
      'keeps only the members that $retainKeys lists',
      { volumes: [{ name: 'v', emptyDir: {} }] },
      { volumes: [{ name: 'v', hostPath: { path: '/x' }, $retainKeys: ['name', 'hostPath'] }] },
      { volumes: [{ name: 'v', hostPath: { path: '/x' } }] },
    ],
    [
      'orders by $setElementOrder, with the elements of others where they were',
      { containers: [{ name: 'a' }, { name: 'x' }, { name: 'b' }] },
      { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] },
      { containers: [{ name: 'x' }, { name: 'b' }, { name: 'a' }] },
    ],
    ['removes a member by null', { nodeName: 'n', hostNetwork: true }, { nodeName: null }, { hostNetwork: true }],
    [
      'replaces an object by $patch: replace',
      { securityContext: { a: 1 } },
      { securityContext: { b: 2, $patch: 'replace' } },
      { securityContext: { b: 2 } },
    ],
  ])('%s', (_name, original, patch, expected) => {
    expect(applyStrategicMerge(template(original), template(patch), POD_TEMPLATE)).toEqual(template(expected));
  });

  it('adds finalizers and removes them by $deleteFromPrimitiveList', () => {
    const original = { metadata: { finalizers: ['a', 'b'] } };
    const patch = { metadata: { finalizers: ['c'], '$deleteFromPrimitiveList/finalizers': ['a'] } };
    expect(applyStrategicMerge(original, patch, mergeKeysOf('pods'))).toEqual({ metadata: { finalizers: ['c', 'b'] } });
  });

  it('merges conditions by type and owners by uid', () => {
    const original = {
      metadata: { ownerReferences: [{ uid: '1', name: 'a' }] },
      status: { conditions: [{ type: 'Ready', status: 'False' }] },
    };
    const patch = { metadata: { ownerReferences: [{ uid: '2', name: 'b' }] }, status: { conditions: [{ type: 'Ready', status: 'True' }] } };
    expect(applyStrategicMerge(original, patch, mergeKeysOf('pods'))).toEqual({
      metadata: {
        ownerReferences: [
          { uid: '2', name: 'b' },
          { uid: '1', name: 'a' },
        ],
      },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    });
  });

  it('refuses an element without its key', () => {
    expect(() => applyStrategicMerge(template({}), template({ containers: [{ image: 'x' }] }), POD_TEMPLATE)).toThrow(
      'does not contain declared merge key: name',
    );
  });
});

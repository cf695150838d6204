import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterId, componentId, instanceId, objectId, operationId, parseGlobalId } from './global-id.ts';

const name = fc.string({ unit: 'grapheme', maxLength: 40 });
const object = fc.record({ cluster: name, resource: name, namespace: name, name, uid: name });

describe('a global id', () => {
  it('names its object and no other', () => {
    fc.assert(
      fc.property(object, object, (a, b) => {
        expect(parseGlobalId(objectId(a))).toEqual({ type: 'object', ...a });
        expect(objectId(a) === objectId(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  it('is the same at every served version of a kind', () => {
    const identity = { cluster: 'dev', resource: 'clonesets.apps.kruise.io', namespace: 'shop', name: 'cart', uid: '1' };
    expect(objectId({ ...identity, apiVersion: 'apps.kruise.io/v1alpha1' } as typeof identity)).toBe(objectId(identity));
  });

  it('of other things is read back', () => {
    const cluster = 'arn:aws:eks:eu-west-1:1:cluster/prod';
    expect(parseGlobalId(clusterId(cluster))).toEqual({ type: 'cluster', name: cluster });
    expect(parseGlobalId(componentId('coredns'))).toEqual({ type: 'component', name: 'coredns' });
    expect(parseGlobalId(operationId('42'))).toEqual({ type: 'operation', id: '42' });
    const instance = { component: 'ingress', cluster, namespace: 'edge', instance: 'blue' };
    expect(parseGlobalId(instanceId(instance))).toEqual({ type: 'instance', ...instance });
  });

  it('is never guessed from anything else', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseGlobalId(text)).toBeUndefined();
      }),
    );
    const spellings = [['o', 'a'], ['c'], ['x', 'a'], ['c', 1], 'c', { c: 1 }].map((value) =>
      Buffer.from(JSON.stringify(value)).toString('base64url'),
    );
    for (const text of [
      ...spellings,
      `${clusterId('dev')}=`,
      clusterId('x'.repeat(5_000)),
      Buffer.from('[ "c", "dev" ]').toString('base64url'),
    ]) {
      expect(parseGlobalId(text)).toBeUndefined();
    }
  });
});

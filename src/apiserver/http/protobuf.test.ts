import { describe, expect, it } from 'vitest';
import { decodeKubernetesProtobuf } from './protobuf.ts';

const varint = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)]);
const bytes = (number: number, content: readonly number[]) => [...varint((number << 3) | 2), ...varint(content.length), ...content];
const text = (number: number, value: string) => bytes(number, [...Buffer.from(value)]);
const integer = (number: number, value: number) => [...varint(number << 3), ...varint(value)];
const message = (apiVersion: string, kind: string, raw: readonly number[]) =>
  new Uint8Array([0x6b, 0x38, 0x73, 0, ...bytes(1, [...text(1, apiVersion), ...text(2, kind)]), ...bytes(2, raw)]);

describe('decodeKubernetesProtobuf', () => {
  it('reads names, maps, lists and times', () => {
    const metadata = bytes(1, [
      ...text(1, 'm'),
      ...text(2, ''),
      ...bytes(8, integer(1, 1_767_225_600)),
      ...bytes(11, [...text(1, 'a'), ...text(2, 'b')]),
      ...text(14, 'hold'),
    ]);
    const data = bytes(2, [...text(1, 'key'), ...text(2, 'value')]);
    expect(decodeKubernetesProtobuf(message('v1', 'ConfigMap', [...metadata, ...data]))).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'm', creationTimestamp: '2026-01-01T00:00:00Z', labels: { a: 'b' }, finalizers: ['hold'] },
      data: { key: 'value' },
    });
  });

  it('keeps a zero that is meant, drops one that is only Go’s', () => {
    const spec = bytes(2, [...integer(1, 0), ...integer(5, 0), ...integer(7, 0)]);
    expect(decodeKubernetesProtobuf(message('apps/v1', 'Deployment', spec))['spec']).toEqual({ replicas: 0 });
  });

  it('reads quantities, ports by number or name, and secrets as base64', () => {
    const resources = bytes(8, bytes(1, [...text(1, 'cpu'), ...bytes(2, text(1, '100m'))]));
    const container = bytes(2, [...text(1, 'main'), ...resources]);
    expect(decodeKubernetesProtobuf(message('v1', 'Pod', bytes(2, container)))).toMatchObject({
      spec: { containers: [{ name: 'main', resources: { limits: { cpu: '100m' } } }] },
    });
    const port = (target: readonly number[]) =>
      decodeKubernetesProtobuf(message('v1', 'Service', bytes(2, bytes(1, [...integer(3, 80), ...bytes(4, target)]))));
    expect(port([...integer(1, 0), ...integer(2, 8080)])).toMatchObject({ spec: { ports: [{ port: 80, targetPort: 8080 }] } });
    expect(port([...integer(1, 1), ...text(3, 'web')])).toMatchObject({ spec: { ports: [{ targetPort: 'web' }] } });
    expect(decodeKubernetesProtobuf(message('v1', 'Secret', bytes(2, [...text(1, 'k'), ...text(2, 'b')])))).toMatchObject({
      data: { k: 'Yg==' },
    });
  });

  it('puts embedded members where JSON has them', () => {
    const volume = bytes(1, [...text(1, 'v'), ...bytes(2, bytes(2, []))]);
    expect(decodeKubernetesProtobuf(message('v1', 'Pod', bytes(2, volume)))).toMatchObject({
      spec: { volumes: [{ name: 'v', emptyDir: {} }] },
    });
  });

  it.each([
    ['no magic', new Uint8Array([1, 2, 3, 4])],
    ['a length beyond the end', message('v1', 'ConfigMap', [0x0a, 0x7f])],
    [
      'a number without end',
      message(
        'v1',
        'ConfigMap',
        Array.from({ length: 20 }, () => 0xff),
      ),
    ],
    ['an unknown kind', message('example.com/v1', 'Toy', [])],
    ['an inherited name', message('v1', 'constructor', [])],
  ])('refuses %s with 400', (_name, body) => {
    expect(() => decodeKubernetesProtobuf(body)).toThrow(expect.objectContaining({ status: 400 }));
  });
});

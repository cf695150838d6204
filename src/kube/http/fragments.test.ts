import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/random.ts';
import { Fragments } from './fragments.ts';

describe('Fragments', () => {
  it('are what was put in, in order', () => {
    const random = seededRandom(1);
    for (let story = 0; story < 300; story += 1) {
      const fragments = new Fragments();
      const pieces = Array.from({ length: random.int(30) }, () => {
        const length = random.int(random.next() < 0.8 ? 100 : 40_000);
        const around = Buffer.alloc(length * (1 + random.int(9)), random.int(256));
        return around.subarray(around.length - length);
      });
      for (const piece of pieces) fragments.push(piece);
      const last = random.next() < 0.5 ? undefined : Buffer.from('last');
      const all = Buffer.concat([...pieces, ...(last === undefined ? [] : [last])]);
      expect(fragments.length).toBe(all.length - (last?.length ?? 0));
      expect(fragments.take(last).equals(all)).toBe(true);
      expect([fragments.length, fragments.take().length]).toEqual([0, 0]);
    }
  });

  it('R16 I5 keep nothing of what was around small ones', () => {
    const fragments = new Fragments();
    const around = Buffer.alloc(64 << 10, 0x61);
    fragments.push(around.subarray(0, 1));
    around.fill(0x62);
    expect(fragments.take().toString()).toBe('a');
    fragments.push(around.subarray(0, 10_000));
    const only = fragments.take();
    expect([only.length, only.buffer.byteLength]).toEqual([10_000, 10_000]);
  });

  it('R16 I5 lie together when they are many and tiny', () => {
    const fragments = new Fragments();
    const held = new Set<ArrayBufferLike>();
    const allocated: number[] = [];
    const { allocUnsafeSlow } = Buffer;
    Buffer.allocUnsafeSlow = (size) => {
      allocated.push(size);
      const block = allocUnsafeSlow(size);
      held.add(block.buffer);
      return block;
    };
    try {
      for (let count = 0; count < 100_000; count += 1) fragments.push(Buffer.alloc(64, count).subarray(0, 1));
    } finally {
      Buffer.allocUnsafeSlow = allocUnsafeSlow;
    }
    expect(held.size).toBeLessThan(30);
    expect(allocated.reduce((sum, size) => sum + size, 0)).toBeLessThan(200_000);
    expect(fragments.take()).toHaveLength(100_000);
  });

  it('are views where they are most of what they are part of', () => {
    const fragments = new Fragments();
    const piece = Buffer.alloc(16 << 10).subarray(100);
    fragments.push(piece);
    expect(fragments.take().buffer).toBe(piece.buffer);
  });
});

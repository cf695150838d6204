import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import { readBody, readSome } from './answer-body.ts';
import { CallScope } from './call-scope.ts';

/** As a reader of sockets might: every piece in the same memory. */
async function* reused(text: string): AsyncGenerator<Uint8Array, void, undefined> {
  const read = Buffer.alloc(64 << 10);
  for (const letter of text) yield read.subarray(0, read.write(letter));
}

describe('R16 I5 a body that is read to its end', () => {
  it('R16 I5 keeps nothing of what was around its pieces', async () => {
    const clock = new VirtualClock();
    using scope = new CallScope(clock, undefined);
    expect(String(await readBody(reused('{"a":1}'), scope, clock, { maxBytes: 100, stallMs: 1_000 }))).toBe('{"a":1}');
    expect(String(await readSome(reused('{"a":1}'), scope, 5, 1_000))).toBe('{"a":');
  });
});

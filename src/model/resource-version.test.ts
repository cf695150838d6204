import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareResourceVersions } from './resource-version.ts';

const DECIMAL = /^(0|[1-9][0-9]*)$/;

describe('the order of versions', () => {
  it('is that of the numbers where both are decimal, and nothing else has one', () => {
    const decimal = fc.bigInt({ min: 0n, max: 2n ** 70n }).map(String);
    const version = fc.oneof(
      decimal,
      fc.string({ maxLength: 4 }),
      fc.constantFrom('', '0', '00', '01', '1\n', '-1', '1.5', '٣', '1e3', '/', ':'),
    );
    const run = fc.property(version, version, (a, b) => {
      const order = compareResourceVersions(a, b);
      if (a === b) expect(order).toBe(0);
      else if (!DECIMAL.test(a) || !DECIMAL.test(b)) expect(order).toBeUndefined();
      else expect(Math.sign(order ?? Number.NaN)).toBe(BigInt(a) < BigInt(b) ? -1 : 1);
    });
    fc.assert(run, { numRuns: 2_000 });
  });
});

import { describe, expect, it } from 'vitest';
import { sumQuantities } from './quantity.ts';

describe('a sum of quantities', () => {
  it.each([
    { texts: ['8', '3920m'], unit: 'decimal', sum: '11920m' },
    { texts: ['8', '4000m'], unit: 'decimal', sum: '12' },
    { texts: ['32Gi', '16384256Ki'], unit: 'binary', sum: `${32 * 1024 * 1024 + 16_384_256}Ki` },
    { texts: ['1G'], unit: 'binary', sum: '976563Ki' },
    { texts: ['110', undefined, 'many'], unit: 'decimal', sum: '110' },
    { texts: [undefined], unit: 'decimal', sum: undefined },
  ] as const)('of $texts is $sum', ({ texts, unit, sum }) => {
    expect(sumQuantities(texts, unit)).toBe(sum);
  });
});

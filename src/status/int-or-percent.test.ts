import { describe, expect, it } from 'vitest';
import { isPercent, resolveIntOrPercent } from './int-or-percent.ts';

describe('an integer or percentage', () => {
  it.each([
    { value: 3, total: 10, round: 'up', is: 3 },
    { value: '25%', total: 10, round: 'up', is: 3 },
    { value: '25%', total: 10, round: 'down', is: 2 },
    { value: '12.5%', total: 200, round: 'up', is: 25 },
    { value: '29%', total: 100, round: 'up', is: 29 },
    { value: '7%', total: 100, round: 'down', is: 7 },
    { value: '0%', total: 10, round: 'up', is: 0 },
    { value: '5', total: 10, round: 'up', is: undefined },
    { value: '%', total: 10, round: 'up', is: undefined },
    { value: '-5%', total: 10, round: 'up', is: undefined },
    { value: '1e9%', total: 10, round: 'up', is: undefined },
    { value: Number.NaN, total: 10, round: 'up', is: undefined },
  ] as const)('$value of $total rounded $round is $is', ({ value, total, round, is }) => {
    expect(resolveIntOrPercent(value, total, round)).toBe(is);
  });

  it('knows a percentage', () => {
    expect([isPercent('5%'), isPercent(5), isPercent('5')]).toEqual([true, false, false]);
  });
});

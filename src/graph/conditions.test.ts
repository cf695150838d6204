import { describe, expect, it } from 'vitest';
import { dateTest, enumTest, intTest, stringTest, versionTest } from './conditions.ts';

describe('a condition on a text', () => {
  it.each([
    { condition: {}, value: 'web', holds: true },
    { condition: { eq: null }, value: 'web', holds: true },
    { condition: { eq: 'web' }, value: 'web', holds: true },
    { condition: { eq: 'web' }, value: undefined, holds: false },
    { condition: { neq: 'web' }, value: 'cart', holds: true },
    { condition: { neq: 'web' }, value: undefined, holds: true },
    { condition: { in: [] }, value: 'web', holds: false },
    { condition: { in: ['web', 'cart'] }, value: 'cart', holds: true },
    { condition: { nin: ['web'] }, value: 'web', holds: false },
    { condition: { nin: [] }, value: 'web', holds: true },
    { condition: { contains: 'e' }, value: 'web', holds: true },
    { condition: { contains: 'E' }, value: 'web', holds: false },
    { condition: { startsWith: 'we', neq: 'web' }, value: 'web', holds: false },
    { condition: { isNull: true }, value: undefined, holds: true },
    { condition: { isNull: true }, value: 'web', holds: false },
    { condition: { isNull: false }, value: undefined, holds: false },
    { condition: { eq: 'a' }, value: ['b', 'a'], holds: true },
    { condition: { neq: 'a' }, value: ['b', 'a'], holds: false },
    { condition: { startsWith: 'x', contains: 'y' }, value: ['xa', 'by'], holds: false },
    { condition: { isNull: true }, value: [], holds: true },
  ])('$condition of $value: $holds', ({ condition, value, holds }) => {
    expect(stringTest(condition, 'filter.name')(value)).toBe(holds);
  });

  it('refuses lists and texts without measure, and names the field', () => {
    expect(() => stringTest({ in: Array.from({ length: 501 }, String) }, 'filter.name')).toThrow(/^filter\.name\.in: at most 500 values/);
    expect(() => stringTest({ contains: 'x'.repeat(1_025) }, 'filter.name')).toThrow(/^filter\.name: .*1024/);
  });
});

describe('conditions on other values', () => {
  it.each([
    { test: intTest({ gte: 1, lt: 3 }, 'f'), yes: [1, 2], no: [0, 3, undefined] },
    { test: intTest({ neq: 1 }, 'f'), yes: [0, undefined], no: [1] },
    { test: intTest({ in: [1, 5] }, 'f'), yes: [1, 5], no: [2, undefined] },
    { test: dateTest({ gt: new Date(5) }), yes: [6], no: [5, undefined] },
  ])('hold for $yes and not for $no', ({ test, yes, no }) => {
    for (const value of yes) expect(test(value)).toBe(true);
    for (const value of no) expect(test(value)).toBe(false);
  });

  it('on an enum', () => {
    expect(enumTest({ in: ['STUCK'] }, 'f')('STUCK')).toBe(true);
    expect(enumTest({ in: [] }, 'f')('STUCK')).toBe(false);
    expect(enumTest({ nin: ['STUCK'] }, 'f')(undefined)).toBe(true);
    expect(enumTest({ eq: 'STUCK' }, 'f')(undefined)).toBe(false);
  });
});

describe('a condition on a version', () => {
  it.each([
    { condition: { lt: '1.11' }, yes: ['v1.10.1', '1.9', '1.11.0-rc.1'], no: ['1.11.0', 'v1.11.3', 'latest', undefined] },
    { condition: { gte: 'v1.33.0' }, yes: ['v1.33.0', 'v1.33.1-eks-3315f2e', 'v2.0.0'], no: ['v1.32.9', 'main-3f2a'] },
    { condition: { eq: '1.11.0' }, yes: ['v1.11', '1.11.0'], no: ['1.11.1', undefined] },
    { condition: { eq: 'latest' }, yes: ['latest'], no: ['1.0.0'] },
    { condition: { neq: '1.0.0' }, yes: ['1.0.1', 'latest', undefined], no: ['v1.0.0'] },
  ])('$condition holds for $yes and not for $no', ({ condition, yes, no }) => {
    const test = versionTest(condition, 'filter.version');
    for (const value of yes) expect(test(value), String(value)).toBe(true);
    for (const value of no) expect(test(value), String(value)).toBe(false);
  });

  it('refuses a bound that is no version', () => {
    expect(() => versionTest({ lt: 'old' }, 'filter.version')).toThrow(/^filter\.version\.lt: "old" is not a version/);
  });
});

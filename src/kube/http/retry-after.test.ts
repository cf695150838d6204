import { expect, it } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0);

it.each([
  { name: 'seconds', header: '7', expected: 7_000 },
  { name: 'seconds with blanks', header: ' 120 ', expected: 120_000 },
  { name: 'zero seconds', header: '0', expected: undefined },
  { name: 'a date to come', header: 'Thu, 01 Jan 2026 12:00:30 GMT', expected: 30_000 },
  { name: 'a date that has passed', header: 'Thu, 01 Jan 2026 11:59:30 GMT', expected: undefined },
  { name: 'a negative number', header: '-5', expected: undefined },
  { name: 'a fraction', header: '1.5', expected: undefined },
  { name: 'garbage', header: 'soon', expected: undefined },
  { name: 'nothing', header: '', expected: undefined },
  { name: 'no header', header: undefined, expected: undefined },
  { name: 'more than a day', header: '99999999999', expected: 86_400_000 },
])('understands $name', ({ header, expected }) => {
  expect(retryAfterMs(header, NOW)).toBe(expected);
});

import { expect, it } from 'vitest';
import { ApiError, isApiError, isOutcomeUnknown } from './api-error.ts';

it('tells by code, and without one any', () => {
  const error = new ApiError('gone', 'too old', { reason: 'Expired' });
  expect([isApiError(error), isApiError(error, 'gone', 'conflict'), isApiError(error, 'conflict')]).toEqual([true, true, false]);
  expect(isApiError(new Error('gone'))).toBe(false);
});

it('does not know the outcome of a write that got no answer, or a failing one', () => {
  const codes = ['outcome-unknown', 'server-error', 'unreachable', 'conflict', 'throttled'] as const;
  expect(codes.filter((code) => isOutcomeUnknown(new ApiError(code, 'x')))).toEqual(['outcome-unknown', 'server-error']);
});

import { describe, expect, it } from 'vitest';
import { ApiError, type ApiErrorCode, type ApiErrorDetail } from '../../kube/api-error.ts';
import { patchFailure, readFailure, reviewFailure } from './outcomes.ts';

const error = (code: ApiErrorCode, detail: ApiErrorDetail = {}, message = 'no') => new ApiError(code, message, detail);

describe('what a failed patch proves', () => {
  it.each([
    { name: 'a failed test', error: error('invalid', { status: 422 }), outcome: 'invalid' },
    { name: 'a conflict', error: error('conflict', { status: 409 }), outcome: 'conflict' },
    { name: 'a missing right', error: error('forbidden', { status: 403 }), outcome: 'forbidden' },
    { name: 'too many requests', error: error('throttled', { status: 429, retryAfterMs: 7 }), outcome: 'throttled' },
    {
      name: 'unavailable, which a proxy may say after having passed it on',
      error: error('throttled', { status: 503 }),
      outcome: 'unknown',
    },
    { name: 'our own credentials', error: error('unauthorized', { status: 401 }), outcome: 'unreachable' },
    { name: 'a request that was not sent', error: error('unreachable'), outcome: 'unreachable' },
    { name: 'no answer', error: error('outcome-unknown'), outcome: 'unknown' },
    { name: 'a failing server', error: error('server-error', { status: 500 }), outcome: 'unknown' },
    { name: 'an abort', error: new DOMException('aborted', 'AbortError'), outcome: 'unknown' },
    { name: 'no such object', error: error('not-found', { status: 404 }, 'deployments.apps "web" not found'), outcome: 'gone' },
    { name: 'no such kind', error: error('not-found', { status: 404 }, '404 page not found'), outcome: 'unreachable' },
  ])('$name: $outcome', ({ error: failure, outcome }) => {
    expect(patchFailure(failure, 'web').outcome).toBe(outcome);
  });

  it('keeps how long the server asks to be left alone', () => {
    expect(patchFailure(error('throttled', { status: 429, retryAfterMs: 7 }), 'web')).toMatchObject({ retryAfterMs: 7 });
    expect(readFailure(error('throttled', { status: 503, retryAfterMs: 7 }), 'web')).toEqual({ error: 'unreachable', retryAfterMs: 7 });
    expect(reviewFailure(error('throttled', { retryAfterMs: 7 }))).toEqual({ error: 'unreachable', retryAfterMs: 7 });
  });
});

describe('what a failed read proves', () => {
  it.each([
    { name: 'no such object', error: error('not-found', {}, 'deployments.apps "web" not found'), result: 'not-found' },
    { name: 'no such kind', error: error('not-found', {}, 'the server could not find the requested resource'), result: 'unreachable' },
    { name: 'another object that is missing', error: error('not-found', {}, 'deployments.apps "webs" not found'), result: 'unreachable' },
    { name: 'a missing right', error: error('forbidden'), result: 'forbidden' },
    { name: 'a failing server', error: error('server-error'), result: 'unreachable' },
  ])('$name: $result', ({ error: failure, result }) => {
    expect(readFailure(failure, 'web')).toEqual({ error: result });
  });
});

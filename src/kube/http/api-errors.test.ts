import { describe, expect, it } from 'vitest';
import { errorOfAnswer, errorOfStatus, errorOfTransport } from './api-errors.ts';
import { TransportError } from './transport.ts';
import { transportFailure } from './transport-failure.ts';

const NOW = Date.UTC(2026, 0, 1);

function status(fields: object): string {
  return JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', ...fields });
}

describe('errorOfAnswer', () => {
  it.each([
    { status: 302, code: 'server-error', reason: 'Redirected' },
    { status: 307, code: 'server-error', reason: 'Redirected' },
    { status: 400, code: 'invalid', reason: undefined },
    { status: 401, code: 'unauthorized', reason: 'Unauthorized' },
    { status: 403, code: 'forbidden', reason: 'Forbidden' },
    { status: 404, code: 'not-found', reason: 'NotFound' },
    { status: 405, code: 'unsupported', reason: undefined },
    { status: 406, code: 'unsupported', reason: undefined },
    { status: 409, code: 'conflict', reason: undefined },
    { status: 410, code: 'gone', reason: 'Gone' },
    { status: 413, code: 'invalid', reason: 'RequestEntityTooLarge' },
    { status: 415, code: 'unsupported', reason: undefined },
    { status: 422, code: 'invalid', reason: undefined },
    { status: 429, code: 'throttled', reason: 'TooManyRequests' },
    { status: 500, code: 'server-error', reason: undefined },
    { status: 502, code: 'server-error', reason: 'BadGateway' },
    { status: 503, code: 'server-error', reason: 'ServiceUnavailable' },
    { status: 504, code: 'server-error', reason: 'Timeout' },
  ])('calls a bare $status $code', (row) => {
    const error = errorOfAnswer({ status: row.status, headers: {}, body: '' }, NOW);
    expect(error).toMatchObject({ code: row.code, status: row.status, reason: row.reason, retryAfterMs: undefined });
  });

  it.each([
    { name: 'seconds', header: '3', retryAfterMs: 3_000 },
    { name: 'a date', header: 'Thu, 01 Jan 2026 00:01:00 GMT', retryAfterMs: 60_000 },
    { name: 'a date gone by', header: 'Thu, 01 Jan 2025 00:01:00 GMT', retryAfterMs: undefined },
    { name: 'garbage', header: 'later', retryAfterMs: undefined },
  ])('calls a 503 with a Retry-After of $name throttled', ({ header, retryAfterMs }) => {
    const error = errorOfAnswer({ status: 503, headers: { 'retry-after': header }, body: '' }, NOW);
    expect(error).toMatchObject({ code: 'throttled', retryAfterMs });
  });

  it("takes message, reason, delay and causes from the server's Status", () => {
    const causes = [{ field: 'spec.replicas', reason: 'FieldValueInvalid', message: 'must not be negative' }];
    const body = status({ message: 'Deployment "x" is invalid', reason: 'Invalid', code: 422, details: { causes, retryAfterSeconds: 2 } });
    const error = errorOfAnswer({ status: 422, headers: {}, body }, NOW);
    expect(error).toMatchObject({ code: 'invalid', message: 'Deployment "x" is invalid', reason: 'Invalid', retryAfterMs: 2_000, causes });
  });

  it("tells a proxy's short line and keeps its pages to itself", () => {
    expect(errorOfAnswer({ status: 502, headers: {}, body: 'no healthy upstream' }, NOW).message).toBe('no healthy upstream');
    expect(errorOfAnswer({ status: 502, headers: {}, body: '<html>…</html>' }, NOW).message).toBe(
      'the server answered with HTTP status 502',
    );
  });

  it('survives a Status whose details are nonsense', () => {
    const body = status({ details: { causes: 'many', retryAfterSeconds: 'soon' }, message: 7 });
    expect(errorOfAnswer({ status: 409, headers: {}, body }, NOW)).toMatchObject({ code: 'conflict', causes: [], retryAfterMs: undefined });
  });
});

describe('errorOfStatus', () => {
  it.each([
    { name: '410 by code', object: { code: 410, reason: 'Expired' }, code: 'gone' },
    { name: '410 by reason only', object: { reason: 'Expired' }, code: 'gone' },
    { name: '429', object: { code: 429, reason: 'TooManyRequests', details: { retryAfterSeconds: 1 } }, code: 'throttled' },
    { name: '403', object: { code: 403, reason: 'Forbidden' }, code: 'forbidden' },
    { name: '500', object: { code: 500, reason: 'InternalError' }, code: 'server-error' },
  ])('reads an ERROR line of $name', ({ object, code }) => {
    expect(errorOfStatus({ kind: 'Status', message: 'told', ...object })).toMatchObject({ code, message: 'told' });
  });

  it('calls an ERROR line without a Status unreadable', () => {
    expect(errorOfStatus({ kind: 'Pod' })).toMatchObject({ code: 'server-error', reason: 'UnreadableLine' });
  });
});

describe('errorOfTransport', () => {
  it.each([
    { effect: 'read', sent: false, code: 'unreachable' },
    { effect: 'read', sent: true, code: 'unreachable' },
    { effect: 'write', sent: false, code: 'unreachable' },
    { effect: 'write', sent: true, code: 'outcome-unknown' },
  ] as const)('calls a $effect with sent=$sent $code', ({ effect, sent, code }) => {
    expect(errorOfTransport(new TransportError('ConnectionReset', 'reset', { sent }), effect)).toMatchObject({
      code,
      reason: 'ConnectionReset',
    });
  });

  it.each([
    ['ECONNREFUSED', 'ConnectionRefused'],
    ['ECONNRESET', 'ConnectionReset'],
    ['EPIPE', 'ConnectionReset'],
    ['ENOTFOUND', 'DnsFailed'],
    ['EAI_AGAIN', 'DnsFailed'],
    ['ETIMEDOUT', 'TimedOut'],
    ['EHOSTUNREACH', 'HostUnreachable'],
    ['CERT_HAS_EXPIRED', 'CertificateExpired'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'CertificateUntrusted'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'HostnameMismatch'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'TlsFailed'],
    ['SOMETHING_NEW', 'ConnectionFailed'],
  ])('names %s %s', (code, reason) => {
    expect(transportFailure(Object.assign(new Error('x'), { code }), true)).toMatchObject({ reason, sent: true });
  });

  it('knows that a refused handshake carried no request', () => {
    const alert = Object.assign(new Error('x'), { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' });
    expect(transportFailure(alert, true)).toMatchObject({ reason: 'TlsFailed', sent: false });
  });
});

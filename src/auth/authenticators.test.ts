import { describe, expect, it } from 'vitest';
import { ReviewingApiServer } from '../../test/support/reviewing-api-server.ts';
import type { UserInfo } from '../model/user.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import type { AuthRequest } from './authenticator.ts';
import { LocalAuthenticator } from './local-authenticator.ts';
import type { Principal } from './principal.ts';
import { TokenReviewAuthenticator } from './token-review-authenticator.ts';
import { TokenReviewer } from './token-reviewer.ts';

function request(headers: Record<string, string | string[]>): AuthRequest {
  return { headersDistinct: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat()])) };
}

describe('local mode', () => {
  const local = new LocalAuthenticator('ann');

  it.each<[string, Record<string, string | string[]>, number | 'ann']>([
    ['localhost', { host: 'localhost:4000' }, 'ann'],
    ['localhost without a port', { host: 'localhost' }, 'ann'],
    ['a forwarded port', { host: 'LOCALHOST:5001' }, 'ann'],
    ['127.0.0.1', { host: '127.0.0.1:4000' }, 'ann'],
    ['another loopback address', { host: '127.1.2.3:4000' }, 'ann'],
    ['IPv6', { host: '[::1]:4000' }, 'ann'],
    ['our own page', { host: 'localhost:4000', origin: 'http://localhost:4000' }, 'ann'],
    ['our own page on the default port', { host: 'localhost', origin: 'http://localhost' }, 'ann'],
    ['a bearer token, ignored', { host: 'localhost:4000', authorization: 'Bearer x' }, 'ann'],
    ['no host', {}, 421],
    ['a rebound name', { host: 'evil.example:4000' }, 421],
    ['a name that begins like ours', { host: 'localhost.evil.example' }, 421],
    ['a name that ends like ours', { host: 'evil-localhost:4000' }, 421],
    ['an address that begins like ours', { host: '127.0.0.1.evil.example' }, 421],
    ['any address', { host: '0.0.0.0:4000' }, 421],
    ['a user in the host', { host: 'localhost@evil.example' }, 421],
    ['two hosts', { host: ['localhost:4000', 'localhost:4000'] }, 400],
    ['another page', { host: 'localhost:4000', origin: 'https://evil.example' }, 403],
    ['another page of this machine', { host: 'localhost:4000', origin: 'http://localhost:3000' }, 403],
    ['the same machine by another name', { host: 'localhost:4000', origin: 'http://127.0.0.1:4000' }, 403],
    ['another scheme', { host: 'localhost:4000', origin: 'https://localhost:4000' }, 403],
    ['a sandboxed page', { host: 'localhost:4000', origin: 'null' }, 403],
    ['nonsense as origin', { host: 'localhost:4000', origin: 'localhost:4000' }, 403],
    ['an empty origin', { host: 'localhost:4000', origin: '' }, 403],
    ['two origins', { host: 'localhost:4000', origin: ['http://localhost:4000', 'http://localhost:4000'] }, 400],
    ['somebody to be taken for', { host: 'localhost:4000', 'impersonate-user': 'root' }, 400],
  ])('%s', async (_, headers, expected) => {
    const result = await local.identify(request(headers));
    const refusal = local.refuse(request(headers));
    if (expected === 'ann') {
      expect(result).toEqual({ principal: { mode: 'LOCAL', user: { username: 'ann', groups: [] } } });
      expect(refusal).toBeUndefined();
    } else {
      expect(result).toMatchObject({ rejection: { status: expected } });
      expect(refusal).toMatchObject({ status: expected });
    }
  });
});

function reviewing(
  user: UserInfo | null = { username: 'ann', groups: ['system:authenticated'] },
  audiences: readonly string[] = ['fleetgraph'],
) {
  const clock = new VirtualClock();
  const server = new ReviewingApiServer();
  server.tokens.set('good', { audiences, ...(user === null ? {} : { user }) });
  const reviewer = new TokenReviewer({ server: () => server.asApiServer(), audience: 'fleetgraph', clock });
  return { clock, server, reviewer, authenticator: new TokenReviewAuthenticator(reviewer) };
}

const bearer = (token: string) => request({ authorization: `Bearer ${token}` });
const status = (result: Awaited<ReturnType<TokenReviewAuthenticator['identify']>>) =>
  'principal' in result ? result.principal.user.username : result.rejection.status;

describe('token review', () => {
  it.each<[string, Record<string, string | string[]>, Record<string, unknown> | undefined, number | 'ann']>([
    ['a header', { authorization: 'Bearer good' }, undefined, 'ann'],
    ['a header in other letters', { authorization: 'bearer  good' }, undefined, 'ann'],
    ['the first message of a socket', {}, { authorization: 'Bearer good' }, 'ann'],
    ['the first message in capitals', {}, { Authorization: 'Bearer good' }, 'ann'],
    ['an empty first message beside a header', { authorization: 'Bearer good' }, {}, 'ann'],
    ['nobody', {}, undefined, 401],
    ['an unknown token', { authorization: 'Bearer bad' }, undefined, 401],
    ['another scheme', { authorization: 'Basic good' }, undefined, 401],
    ['a bare token', { authorization: 'good' }, undefined, 401],
    ['a token with a space', { authorization: 'Bearer good bad' }, undefined, 401],
    ['an immense token', { authorization: `Bearer ${'x'.repeat(20_000)}` }, undefined, 401],
    ['two credentials', { authorization: 'Bearer good' }, { authorization: 'Bearer good' }, 400],
    ['two headers', { authorization: ['Bearer good', 'Bearer good'] }, undefined, 400],
    ['two first messages', {}, { authorization: 'Bearer good', Authorization: 'Bearer good' }, 400],
    ['a number', {}, { authorization: 7 }, 400],
    ['somebody to be taken for', { authorization: 'Bearer good', 'impersonate-user': 'root' }, undefined, 400],
    ['an extra to be taken for', { authorization: 'Bearer good', 'impersonate-extra-scopes': 'x' }, undefined, 400],
    ['underscores', { authorization: 'Bearer good', impersonate_group: 'root' }, undefined, 400],
    ["a front proxy's word", { authorization: 'Bearer good', 'x-remote-user': 'root' }, undefined, 400],
    ['a header told to vanish', { authorization: 'Bearer good', connection: 'keep-alive, Impersonate-User' }, undefined, 400],
    ['an ordinary connection', { authorization: 'Bearer good', connection: 'Upgrade, keep-alive' }, undefined, 'ann'],
  ])('%s', async (_, headers, params, expected) => {
    expect(status(await reviewing().authenticator.identify(request(headers), params))).toBe(expected);
  });

  it('says nothing of why somebody is not known', async () => {
    const { authenticator } = reviewing();
    const rejections = await Promise.all([authenticator.identify(request({})), authenticator.identify(bearer('bad'))]);
    expect(new Set(rejections.map((result) => JSON.stringify(result))).size).toBe(1);
  });

  it.each<[string, UserInfo | null, readonly string[], number | string]>([
    [
      'a service account',
      { username: 'system:serviceaccount:ci:bot', groups: ['system:serviceaccounts'] },
      ['fleetgraph'],
      'system:serviceaccount:ci:bot',
    ],
    ['a token for several audiences', { username: 'ann', groups: [] }, ['other', 'fleetgraph'], 'ann'],
    ['a token of other audiences', { username: 'ann', groups: [] }, ['https://kubernetes.default.svc'], 401],
    ['a server that ignores audiences', { username: 'ann', groups: [] }, [], 401],
    ['an answer without a user', null, ['fleetgraph'], 401],
    ['an empty name', { username: '', groups: [] }, ['fleetgraph'], 401],
    ['a master', { username: 'ann', groups: ['system:masters'] }, ['fleetgraph'], 403],
    ['a node', { username: 'system:node:n1', groups: ['system:nodes'] }, ['fleetgraph'], 403],
    ['the anonymous user', { username: 'system:anonymous', groups: [] }, ['fleetgraph'], 403],
  ])('%s', async (_, user, audiences, expected) => {
    expect(status(await reviewing(user, audiences).authenticator.identify(bearer('good')))).toBe(expected);
  });

  it('asks once in ten seconds, for good tokens and bad ones', async () => {
    const { authenticator, server, clock } = reviewing();
    for (const token of ['good', 'bad', 'good', 'bad']) await authenticator.identify(bearer(token));
    expect(server.asked).toEqual(['token good fleetgraph', 'token bad fleetgraph']);
    await clock.advanceBy(10_000);
    server.tokens.clear();
    expect(status(await authenticator.identify(bearer('good')))).toBe(401);
  });

  it('never remembers a token beyond its own end', async () => {
    const { authenticator, server, clock } = reviewing();
    const token = `x.${Buffer.from(JSON.stringify({ exp: clock.now() / 1_000 + 3 })).toString('base64url')}.y`;
    server.tokens.set(token, { user: { username: 'ann', groups: [] }, audiences: ['fleetgraph'] });
    expect(await authenticator.identify(bearer(token))).toMatchObject({ principal: { notAfter: clock.now() + 3_000 } });
    await clock.advanceBy(3_000);
    server.tokens.clear();
    expect(status(await authenticator.identify(bearer(token)))).toBe(401);
  });

  it('remembers no failure to ask', async () => {
    const { authenticator, server } = reviewing();
    server.down = true;
    expect(status(await authenticator.identify(bearer('good')))).toBe(503);
    server.down = false;
    expect(status(await authenticator.identify(bearer('good')))).toBe('ann');
  });

  it('shares one review among all who bring the token, and ends it by its own deadline only', async () => {
    const { authenticator, server, clock } = reviewing();
    server.held = true;
    const results = Array.from({ length: 5 }, () => authenticator.identify(bearer('good')));
    await clock.advanceBy(4_000);
    expect(server.asked).toHaveLength(1);
    await clock.advanceBy(1_000);
    expect((await Promise.all(results)).map(status)).toEqual([503, 503, 503, 503, 503]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('asks about fifty tokens at once and turns the next away', async () => {
    const { authenticator, server, clock } = reviewing();
    server.held = true;
    const results = Array.from({ length: 60 }, (_, index) => authenticator.identify(bearer(`t${index}`)));
    await clock.settle();
    expect(server.asked).toHaveLength(50);
    server.release();
    expect((await Promise.all(results)).map(status).filter((one) => one === 429)).toHaveLength(10);
  });

  it('keeps good tokens when bad ones flood in', async () => {
    const { server, clock } = reviewing();
    const reviewer = new TokenReviewer({ server: () => server.asApiServer(), audience: 'fleetgraph', clock, limits: { remembered: 5 } });
    await reviewer.review('good');
    for (let index = 0; index < 20; index += 1) await reviewer.review(`bad${index}`);
    const { length } = server.asked;
    await reviewer.review('good');
    expect(server.asked).toHaveLength(length);
  });
});

describe('an open socket', () => {
  const ann: Principal = { mode: 'TOKEN_REVIEW', user: { username: 'ann', groups: ['system:authenticated'] } };

  it('stays while its token is the same person', async () => {
    const { authenticator, clock } = reviewing();
    await authenticator.identify(bearer('good'));
    await clock.advanceBy(60_000);
    expect(await authenticator.stillValid(ann, bearer('good'))).toBe(true);
    expect(await authenticator.stillValid(ann, request({}), { authorization: 'Bearer good' })).toBe(true);
  });

  it('ends when the token is refused or the person changed', async () => {
    const { authenticator, server, clock } = reviewing();
    await authenticator.identify(bearer('good'));
    await clock.advanceBy(60_000);
    server.tokens.set('good', { user: { username: 'ann', groups: ['other'] }, audiences: ['fleetgraph'] });
    expect(await authenticator.stillValid(ann, bearer('good'))).toBe(false);
    await clock.advanceBy(60_000);
    server.tokens.clear();
    expect(await authenticator.stillValid(ann, bearer('good'))).toBe(false);
  });

  it('outlives a cluster that does not answer by five minutes', async () => {
    const { authenticator, server, clock } = reviewing();
    await authenticator.identify(bearer('good'));
    server.down = true;
    await clock.advanceBy(240_000);
    expect(await authenticator.stillValid(ann, bearer('good'))).toBe(true);
    await clock.advanceBy(60_000);
    expect(await authenticator.stillValid(ann, bearer('good'))).toBe(false);
  });
});

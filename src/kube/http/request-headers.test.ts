import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UserInfo } from '../../model/user.ts';
import { ApiError } from '../api-error.ts';
import { requestHeaders } from './request-headers.ts';

const BASE = { userAgent: 'fleetgraph/test', accept: 'application/json' };

/** As the API server reads impersonation. Source: kubernetes/apiserver, impersonation filter and unescapeExtraKey. */
function impersonatedBy(lines: readonly (readonly [string, string])[]): UserInfo | undefined {
  const all = (name: string) => lines.filter(([line]) => line === name).map(([, value]) => Buffer.from(value, 'latin1').toString('utf8'));
  const [username] = all('impersonate-user');
  if (username === undefined) return undefined;
  const [uid] = all('impersonate-uid');
  const extra: Record<string, string[]> = Object.create(null);
  for (const [name, value] of lines) {
    if (!name.startsWith('impersonate-extra-')) continue;
    const key = decodeURIComponent(name.slice('impersonate-extra-'.length).toLowerCase());
    extra[key] = [...(extra[key] ?? []), Buffer.from(value, 'latin1').toString('utf8')];
  }
  return { username, groups: all('impersonate-group'), ...(uid === undefined ? {} : { uid }), extra: { ...extra } };
}

const word = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
const user: fc.Arbitrary<UserInfo> = fc.record(
  {
    username: word,
    uid: word,
    groups: fc.array(word, { maxLength: 4 }),
    extra: fc.dictionary(word, fc.array(word, { minLength: 1, maxLength: 3 }), { maxKeys: 3 }),
  },
  { requiredKeys: ['username', 'groups'] },
);

describe('requestHeaders', () => {
  it('says nothing but what it was given', () => {
    expect(requestHeaders(BASE)).toEqual([
      ['accept', 'application/json'],
      ['user-agent', 'fleetgraph/test'],
    ]);
  });

  it('sends several groups as several lines', () => {
    const lines = requestHeaders({ ...BASE, impersonate: { username: 'alice', groups: ['devs', 'on, call'] } });
    expect(lines.filter(([name]) => name === 'impersonate-group')).toEqual([
      ['impersonate-group', 'devs'],
      ['impersonate-group', 'on, call'],
    ]);
  });

  it.each(['alice ', ' alice', '', 'a\nImpersonate-Group: system:masters', 'a\r\nb', 'a\u0000b', 'a\u007fb'])(
    'refuses the user name %j',
    (username) => {
      expect(() => requestHeaders({ ...BASE, impersonate: { username, groups: [] } })).toThrow(ApiError);
    },
  );

  it('is understood by the server as the same identity, or refuses', () => {
    fc.assert(
      fc.property(user, (impersonate) => {
        let lines: ReturnType<typeof requestHeaders>;
        try {
          lines = requestHeaders({ ...BASE, impersonate });
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid', reason: 'UnfitIdentity' });
          return;
        }
        expect(impersonatedBy(lines)).toEqual({ ...impersonate, extra: { ...impersonate.extra } });
        for (const [name, value] of lines) {
          expect(name).toMatch(/^[a-z0-9!#$%&'*+.^_`|~-]+$/);
          expect(value).toMatch(/^[\x20-\x7e\x80-\xff]+$/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('depends on identity and operation only: the same again, whatever was built in between', () => {
    fc.assert(
      fc.property(user, user, (one, other) => {
        const build = (impersonate: UserInfo) => {
          try {
            return requestHeaders({ ...BASE, impersonate, authorization: 'Bearer t', auditId: 'a-1', contentType: 'application/json' });
          } catch {
            return 'refused';
          }
        };
        const before = build(one);
        build(other);
        expect(build(one)).toEqual(before);
      }),
    );
  });
});

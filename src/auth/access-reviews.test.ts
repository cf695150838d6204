import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReviewingApiServer } from '../../test/support/reviewing-api-server.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { type Access, EVERYTHING, type Visibility } from './access.ts';
import { type AccessLimits, AccessReviews } from './access-reviews.ts';
import type { DecisionCacheLimits } from './decision-cache.ts';
import { lengthPrefixed, userFields } from './length-prefixed.ts';
import type { Principal } from './principal.ts';

function principal(username: string, ...groups: string[]): Principal {
  return { mode: 'TOKEN_REVIEW', user: { username, groups } };
}

function aFleet(options: { limits?: Partial<AccessLimits>; cache?: DecisionCacheLimits; namespaces?: readonly string[] } = {}) {
  const clock = new VirtualClock();
  const servers = new Map([
    ['c1', new ReviewingApiServer()],
    ['c2', new ReviewingApiServer()],
  ]);
  const { namespaces = ['a', 'b'], ...rest } = options;
  const reviews = new AccessReviews({
    server: (cluster) => servers.get(cluster)?.asApiServer(),
    clock,
    kinds: ['pods', 'nodes', 'deployments.apps'],
    namespaces: () => namespaces,
    ...rest,
  });
  const server = servers.get('c1') as ReviewingApiServer;
  return { clock, reviews, server, other: servers.get('c2') as ReviewingApiServer };
}

const pods = (access: Access, candidates: readonly string[] = ['a', 'b']) => access.visibility('c1', 'pods', 'list', () => candidates);
const all = (answers: readonly (Visibility | Promise<Visibility>)[]) => Promise.all(answers.map(async (answer) => answer));
const seen = (visibility: Visibility) => (visibility.everything ? '*' : [...visibility.namespaces].sort().join());

describe('what a principal may see', () => {
  it('is asked for all namespaces first, and no further when that is allowed', async () => {
    const { reviews, server } = aFleet();
    server.allow('ann', 'list', 'pods');
    expect(await pods(reviews.accessFor(principal('ann')))).toEqual(EVERYTHING);
    expect(server.asked).toEqual(['ann list pods *']);
  });

  it('is asked for each candidate otherwise, and nothing else is visible', async () => {
    const { reviews, server } = aFleet();
    server.allow('ann', 'list', 'pods', 'b');
    const access = reviews.accessFor(principal('ann'));
    expect(await pods(access)).toEqual({ everything: false, namespaces: new Set(['b']) });
    expect(server.asked).toEqual(['ann list pods *', 'ann list pods a', 'ann list pods b']);
    expect(seen(pods(access) as Visibility)).toBe('b');
    expect(server.asked).toHaveLength(3);
  });

  it('is answered at once when known, on this and on the next request', async () => {
    const { reviews, server } = aFleet();
    server.allow('ann', 'list', 'pods');
    await pods(reviews.accessFor(principal('ann')));
    expect(pods(reviews.accessFor(principal('ann')))).toBe(EVERYTHING);
  });

  it('names the group of the kind', async () => {
    const { reviews, server } = aFleet();
    server.allow('ann', 'get', 'clonesets.apps.kruise.io');
    expect(await reviews.accessFor(principal('ann')).visibility('c1', 'clonesets.apps.kruise.io', 'get', () => [])).toEqual(EVERYTHING);
  });

  it('in one cluster says nothing about another', async () => {
    const { reviews, server, other } = aFleet();
    server.allow('ann', 'list', 'pods');
    const access = reviews.accessFor(principal('ann'));
    await pods(access);
    expect(seen(await access.visibility('c2', 'pods', 'list', () => []))).toBe('');
    expect(other.asked).toHaveLength(1);
  });

  it('is asked again after ten seconds, allowed or not', async () => {
    const { reviews, server, clock } = aFleet();
    server.allow('ann', 'list', 'pods', 'a');
    const access = reviews.accessFor(principal('ann'));
    await pods(access, ['a']);
    await clock.advanceBy(9_999);
    expect(pods(access, ['a'])).not.toBeInstanceOf(Promise);
    await clock.advanceBy(1);
    server.allowed.clear();
    server.allow('ann', 'list', 'pods');
    expect(seen(await pods(access, ['a']))).toBe('*');
  });

  it('is forgotten when rights change, also what was under way', async () => {
    const { reviews, server, clock } = aFleet();
    server.allow('ann', 'list', 'pods');
    const access = reviews.accessFor(principal('ann'));
    server.held = true;
    const asked = pods(access, []);
    await clock.settle();
    server.allowed.clear();
    reviews.invalidate('c1');
    expect(access.epoch).toBe(1);
    server.held = false;
    server.allow('ann', 'list', 'pods');
    server.release();
    server.allowed.clear();
    expect(seen((await asked) as Visibility)).toBe('');
    expect(server.asked).toHaveLength(2);
    expect(pods(access, [])).not.toBeInstanceOf(Promise);
    reviews.invalidate('c1');
    expect(pods(access, [])).toBeInstanceOf(Promise);
  });
});

describe('who asked first', () => {
  it('shares no answer with another user, in any interleaving', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('ann', 'bob'), { minLength: 2, maxLength: 6 }),
        fc.array(fc.nat(3), { maxLength: 12 }),
        async (callers, releases) => {
          const { reviews, server, clock } = aFleet();
          server.allow('ann', 'list', 'pods', 'a');
          server.held = true;
          const answers = callers.map((name) => pods(reviews.accessFor(principal(name)), ['a']));
          for (const count of releases) {
            await clock.settle();
            server.release(count);
          }
          server.held = false;
          await clock.settle();
          for (let turn = 0; turn < 5; turn += 1) {
            server.release();
            await clock.settle();
          }
          const visible = await all(answers);
          expect(visible.map(seen)).toEqual(callers.map((name) => (name === 'ann' ? 'a' : '')));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('asks once for all who ask the same', async () => {
    const { reviews, server, clock } = aFleet();
    server.held = true;
    const answers = Array.from({ length: 5 }, () => pods(reviews.accessFor(principal('ann')), []));
    await clock.settle();
    expect(server.asked).toEqual(['ann list pods *']);
    server.release();
    await all(answers);
  });

  it('is told apart by every attribute', () => {
    const users = [
      { username: 'ann', groups: [] },
      { username: 'ann', groups: ['dev'] },
      { username: 'ann', groups: ['dev', 'ops'] },
      { username: 'ann', groups: ['dev,ops'] },
      { username: 'ann', uid: 'dev', groups: [] },
      { username: 'ann', groups: [], extra: { scope: ['dev'] } },
      { username: 'ann', groups: [], extra: { scope: ['dev', ''] } },
      { username: 'anndev', groups: [] },
    ];
    expect(new Set(users.map((user) => lengthPrefixed(userFields(user)))).size).toBe(users.length);
    expect(userFields({ username: 'ann', groups: ['b', 'a'] })).toEqual(userFields({ username: 'ann', groups: ['a', 'b'] }));
  });

  it('never meets another list of texts in one key', () => {
    expect(lengthPrefixed(['a+b', 'c'])).not.toBe(lengthPrefixed(['a', 'b+c']));
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (a, b) => {
        expect(lengthPrefixed(a) === lengthPrefixed(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });
});

describe('a cluster that cannot be asked', () => {
  it('shows nothing to whom it never allowed anything, and says so', async () => {
    const { reviews, server } = aFleet();
    server.down = true;
    expect(await pods(reviews.accessFor(principal('ann')))).toEqual({
      everything: false,
      namespaces: new Set(),
      incomplete: 'UNREACHABLE',
    });
  });

  it('is believed for five minutes in what it allowed, never in more', async () => {
    const { reviews, server, clock } = aFleet();
    server.allow('ann', 'list', 'pods', 'a');
    server.allow('root', 'list', 'pods');
    const [ann, root] = [reviews.accessFor(principal('ann')), reviews.accessFor(principal('root'))];
    await pods(ann);
    await pods(root);
    server.down = true;
    await clock.advanceBy(299_000);
    expect(await pods(ann)).toMatchObject({ everything: false, namespaces: new Set(['a']), incomplete: 'UNREACHABLE', staleSince: 0 });
    expect(await pods(root)).toEqual({ everything: true, staleSince: 0 });
    await clock.advanceBy(2_000);
    expect(seen(await pods(ann))).toBe('');
    expect(seen(await pods(root))).toBe('');
  });

  it('is not believed any more once its rights changed', async () => {
    const { reviews, server } = aFleet();
    server.allow('ann', 'list', 'pods');
    const access = reviews.accessFor(principal('ann'));
    await pods(access);
    server.down = true;
    reviews.invalidate('c1');
    expect(seen(await pods(access))).toBe('');
  });

  it('is waited for two seconds, then not at all for one', async () => {
    const { reviews, server, clock } = aFleet();
    server.held = true;
    const access = reviews.accessFor(principal('ann'));
    const first = pods(access);
    await clock.advanceBy(2_000);
    expect(await first).toMatchObject({ incomplete: 'UNREACHABLE' });
    expect(await pods(access)).toMatchObject({ incomplete: 'UNREACHABLE' });
    expect(server.asked).toHaveLength(1);
    await clock.advanceBy(1_001);
    server.held = false;
    server.allow('ann', 'list', 'pods');
    expect(seen(await pods(access))).toBe('*');
  });

  it('makes no denial that outlives it', async () => {
    const { reviews, server } = aFleet({ limits: { pauseMs: 0 } });
    server.down = true;
    const access = reviews.accessFor(principal('ann'));
    await pods(access);
    server.down = false;
    server.allow('ann', 'list', 'pods');
    expect(seen(await pods(access))).toBe('*');
  });

  it('that nobody registered shows nothing', async () => {
    const { reviews } = aFleet();
    expect(await reviews.accessFor(principal('ann')).visibility('c9', 'pods', 'list', () => ['a'])).toMatchObject({
      incomplete: 'UNREACHABLE',
    });
  });
});

describe('bounds', () => {
  const many = Array.from({ length: 600 }, (_, index) => `n${String(index).padStart(3, '0')}`);

  it('hold one request to 500 namespaces and say so; the rest is had later', async () => {
    const { reviews, server, clock } = aFleet();
    for (const namespace of many) server.allow('ann', 'list', 'pods', namespace);
    const access = reviews.accessFor(principal('ann'));
    const first = (await pods(access, many)) as Extract<Visibility, { everything: false }>;
    expect(first.namespaces.size).toBe(500);
    expect(first.incomplete).toBe('TOO_MANY_NAMESPACES');
    expect(server.maxInFlight).toBeLessThanOrEqual(32);
    await clock.advanceBy(9_999);
    const second = (await pods(reviews.accessFor(principal('ann')), many)) as Extract<Visibility, { everything: false }>;
    expect(second).toMatchObject({ namespaces: new Set(many) });
    expect(second).not.toHaveProperty('incomplete');
  });

  it('hold 32 reviews of one cluster in flight', async () => {
    const { reviews, server, clock } = aFleet();
    server.held = true;
    const answers = Array.from({ length: 100 }, (_, index) => pods(reviews.accessFor(principal(`user ${index}`)), []));
    await clock.settle();
    expect(server.inFlight).toBe(32);
    await clock.advanceBy(2_000);
    expect((await all(answers)).every((answer) => !answer.everything && answer.incomplete === 'UNREACHABLE')).toBe(true);
    expect(server.inFlight).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  it('keep one user from pushing out another', async () => {
    const { reviews, server } = aFleet({ cache: { total: 40, perUser: 30, users: 10 } });
    server.allow('ann', 'list', 'pods');
    const ann = reviews.accessFor(principal('ann'));
    await pods(ann);
    await pods(reviews.accessFor(principal('eve')), many.slice(0, 200));
    expect(pods(ann)).toBe(EVERYTHING);
  });

  it('do not keep the answers of a user of immense attributes', async () => {
    const { reviews, server } = aFleet();
    const huge = principal('ann', 'x'.repeat(20_000));
    await pods(reviews.accessFor(huge), []);
    await pods(reviews.accessFor(huge), []);
    expect(server.asked).toHaveLength(2);
  });
});

describe('whether somebody sees a cluster', () => {
  it('takes one review when the first kind is allowed, and none when known', async () => {
    const { reviews, server } = aFleet();
    server.allow('ann', 'list', 'pods');
    const access = reviews.accessFor(principal('ann'));
    expect(await access.seesCluster('c1')).toBe(true);
    expect(server.asked).toHaveLength(1);
    expect(access.seesCluster('c1')).toBe(true);
  });

  it.each([
    ['another kind', 'deployments.apps', '*', true],
    ['one namespace', 'pods', 'b', true],
    ['another kind in one namespace', 'deployments.apps', 'b', true],
    ['a namespace that nobody knows', 'pods', 'z', false],
  ])('is found out for %s', async (_, kind, namespace, expected) => {
    const { reviews, server } = aFleet();
    server.allow('ann', 'list', kind, namespace);
    const access = reviews.accessFor(principal('ann'));
    expect(await access.seesCluster('c1')).toBe(expected);
    const { length } = server.asked;
    expect(await access.seesCluster('c1')).toBe(expected);
    expect(server.asked).toHaveLength(length);
    expect(server.asked.some((question) => question.includes('nodes a'))).toBe(false);
  });

  it('stays as it was while the cluster cannot be asked, and is not settled by that', async () => {
    const { reviews, server, clock } = aFleet({ limits: { pauseMs: 0 } });
    server.allow('ann', 'list', 'pods');
    const [ann, bob] = [reviews.accessFor(principal('ann')), reviews.accessFor(principal('bob'))];
    expect(await ann.seesCluster('c1')).toBe(true);
    await clock.advanceBy(20_000);
    server.down = true;
    expect(await ann.seesCluster('c1')).toBe(true);
    expect(await bob.seesCluster('c1')).toBe(false);
    server.down = false;
    server.allow('bob', 'list', 'pods');
    expect(await bob.seesCluster('c1')).toBe(true);
  });

  it('costs a stranger a bounded number of reviews', async () => {
    const { reviews, server } = aFleet({ namespaces: Array.from({ length: 1_000 }, (_, index) => `n${index}`) });
    expect(await reviews.accessFor(principal('eve')).seesCluster('c1')).toBe(false);
    expect(server.asked.length).toBe(203);
  });
});

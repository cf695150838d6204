import { describe, expect, it } from 'vitest';
import { aCore, anObject, aPod, CONFIG_MAPS, PODS, refusalBy } from '../testing/core-for-tests.ts';

async function withMaps(count: number) {
  const server = aCore();
  for (let at = 0; at < count; at += 1) await server.client.create(CONFIG_MAPS, anObject(CONFIG_MAPS, `m${at}`));
  return server;
}

describe('list', () => {
  it('pins all pages to the state of the first', async () => {
    const { client } = await withMaps(5);
    const first = await client.list(CONFIG_MAPS, { limit: 2 });
    await client.delete(CONFIG_MAPS, { namespace: 'default', name: 'm3' });
    await client.create(CONFIG_MAPS, anObject(CONFIG_MAPS, 'm2a'));
    const second = await client.list(CONFIG_MAPS, { limit: 2, continue: first.continue ?? '' });
    const third = await client.list(CONFIG_MAPS, { limit: 2, continue: second.continue ?? '' });
    expect([first, second, third].map(({ items }) => items.map(({ metadata }) => metadata.name))).toEqual([
      ['m0', 'm1'],
      ['m2', 'm3'],
      ['m4'],
    ]);
    expect(new Set([first, second, third].map(({ resourceVersion }) => resourceVersion)).size).toBe(1);
    expect([first.remainingItemCount, second.remainingItemCount, third.continue]).toEqual([3, 1, undefined]);
  });

  it('says 410 for a page whose state was compacted, and offers a token to go on with', async () => {
    const { client, core } = await withMaps(4);
    const first = await client.list(CONFIG_MAPS, { limit: 2 });
    await client.delete(CONFIG_MAPS, { namespace: 'default', name: 'm3' });
    core.compact();
    const refusal = await refusalBy(() => client.list(CONFIG_MAPS, { limit: 2, continue: first.continue ?? '' }));
    expect(refusal).toMatchObject({ code: 'gone', reason: 'Expired' });
    const { continue: fresh } = (refusal as { parts: { continue: string } }).parts;
    expect((await client.list(CONFIG_MAPS, { continue: fresh })).items.map(({ metadata }) => metadata.name)).toEqual(['m2']);
  });

  it('counts what is left only without a selector', async () => {
    const { client } = await withMaps(3);
    const page = await client.list(CONFIG_MAPS, { limit: 1, fieldSelector: 'metadata.name!=m1' });
    expect([page.remainingItemCount, page.continue === undefined]).toEqual([undefined, false]);
  });

  it('selects by labels and fields', async () => {
    const { client } = aCore();
    await client.create(PODS, aPod('a', { metadata: { labels: { app: 'x' } }, spec: { nodeName: 'n1' } }));
    await client.create(PODS, aPod('b', { metadata: { labels: { app: 'y' } }, spec: { nodeName: 'n1' } }));
    const names = async (options: object) => (await client.list(PODS, options)).items.map(({ metadata }) => metadata.name);
    expect(await names({ labelSelector: 'app in (x)', fieldSelector: 'spec.nodeName=n1,status.phase=Pending' })).toEqual(['a']);
    expect(await names({ fieldSelector: 'spec.nodeName!=n1' })).toEqual([]);
  });

  it.each([
    [{ fieldSelector: 'spec.color=red' }, 'invalid', 'field label not supported: spec.color'],
    [{ labelSelector: 'a in b' }, 'invalid', 'unable to parse requirement'],
    [{ resourceVersion: 'abc' }, 'invalid', 'invalid syntax'],
    [{ resourceVersion: '99999' }, 'server-error', 'Too large resource version: 99999'],
    [{ resourceVersionMatch: 'Exact' }, 'invalid', 'forbidden unless resourceVersion is provided'],
    [{ resourceVersionMatch: 'Exact', resourceVersion: '0' }, 'invalid', 'forbidden for resourceVersion "0"'],
    [{ continue: 'nonsense' }, 'invalid', 'continue key is not valid'],
  ] as const)('refuses %j', async (options, code, message) => {
    const refusal = await refusalBy(() => aCore().client.list(PODS, options));
    expect(refusal).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('lists exactly an earlier state, or one not older', async () => {
    const { client } = await withMaps(2);
    const { resourceVersion } = await client.list(CONFIG_MAPS);
    await client.create(CONFIG_MAPS, anObject(CONFIG_MAPS, 'm9'));
    expect((await client.list(CONFIG_MAPS, { resourceVersion, resourceVersionMatch: 'Exact' })).items).toHaveLength(2);
    expect((await client.list(CONFIG_MAPS, { resourceVersion, resourceVersionMatch: 'NotOlderThan' })).items).toHaveLength(3);
    expect((await client.list(CONFIG_MAPS, { resourceVersion: '0' })).items).toHaveLength(3);
  });
});

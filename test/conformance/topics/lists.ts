import { describe, expect, it } from 'vitest';
import type { ListPage } from '../../../src/kube/api-server.ts';
import { pods, secrets, unknownKind } from '../kinds.ts';
import { pod, secret } from '../objects.ts';
import type { Stage } from '../stage.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const names = (page: ListPage) => page.items.map(({ metadata }) => metadata.name);

export function lists(stage: Stage): void {
  describe('in pages', () => inPages(stage));
  describe('with selectors', () => withSelectors(stage));
  describe('at a version', () => atVersion(stage));

  it('gives each item its kind and version', async () => {
    const namespace = await stage.namespace('items');
    await stage.admin.create(pods, pod('web', { namespace }));
    const { items } = await stage.admin.list(pods, { namespace });
    expect(items.map(({ apiVersion, kind }) => ({ apiVersion, kind }))).toEqual([{ apiVersion: 'v1', kind: 'Pod' }]);
  });

  it('is empty, with a version, for a namespace that is not there', async () => {
    const page = await stage.admin.list(secrets, { namespace: 'no-such-namespace' });
    expect(page).toEqual({ items: [], resourceVersion: expect.stringMatching(/^[1-9][0-9]*$/) });
  });

  it('says not-found for a kind that is not served', async () => {
    await expect(stage.admin.list(unknownKind)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('hands out objects that belong to the caller', async () => {
    const namespace = await stage.namespace('owned');
    await stage.admin.create(secrets, secret('one', { namespace, labels: { mark: 'server' } }));
    const [item] = (await stage.admin.list(secrets, { namespace })).items;
    if (item?.metadata.labels === undefined) throw new Error('no labels');
    item.metadata.labels['mark'] = 'client';
    expect((await stage.admin.get(secrets, { namespace, name: 'one' })).metadata.labels).toEqual({ mark: 'server' });
  });
}

function inPages(stage: Stage): void {
  const filled = async (topic: string) => {
    const namespace = await stage.namespace(topic);
    for (const name of NAMES) await stage.admin.create(secrets, secret(name, { namespace }));
    return namespace;
  };

  it('shows in all pages the state at the version of the first', async () => {
    const namespace = await filled('pages');
    const first = await stage.admin.list(secrets, { namespace, limit: 3 });
    expect(first).toMatchObject({ remainingItemCount: 4, continue: expect.any(String) });
    await stage.admin.delete(secrets, { namespace, name: 'e' });
    await stage.admin.create(secrets, secret('ee', { namespace }));
    const second = await stage.admin.list(secrets, { namespace, limit: 3, continue: first.continue ?? '' });
    const third = await stage.admin.list(secrets, { namespace, limit: 3, continue: second.continue ?? '' });
    expect([...names(first), ...names(second), ...names(third)]).toEqual(NAMES);
    expect([second.resourceVersion, third.resourceVersion]).toEqual([first.resourceVersion, first.resourceVersion]);
    expect(second.remainingItemCount).toBe(1);
    expect(third).not.toHaveProperty('continue');
    expect(third).not.toHaveProperty('remainingItemCount');
  });

  it('counts no remaining items where a selector hides some', async () => {
    const namespace = await filled('counts');
    const page = await stage.admin.list(secrets, { namespace, limit: 2, fieldSelector: 'metadata.name!=c' });
    expect(names(page)).toEqual(['a', 'b']);
    expect(page.continue).toEqual(expect.any(String));
    expect(page).not.toHaveProperty('remainingItemCount');
    const rest = await stage.admin.list(secrets, { namespace, fieldSelector: 'metadata.name!=c', continue: page.continue ?? '' });
    expect(names(rest)).toEqual(['d', 'e', 'f', 'g']);
  });

  it('refuses a continue token that is none', async () => {
    await expect(stage.admin.list(secrets, { limit: 1, continue: 'nonsense' })).rejects.toMatchObject({ code: 'invalid' });
  });

  stage.needs('expiring-pages')('says gone when the continue token has expired', async () => {
    const namespace = await filled('expired');
    const first = await stage.admin.list(secrets, { namespace, limit: 2 });
    await stage.subject.expirePages?.();
    const next = stage.admin.list(secrets, { namespace, limit: 2, continue: first.continue ?? '' });
    await expect(next).rejects.toMatchObject({ code: 'gone', status: 410, reason: 'Expired' });
  });
}

function withSelectors(stage: Stage): void {
  it('takes labels in all the forms of kubectl', async () => {
    const namespace = await stage.namespace('labels');
    await stage.admin.create(secrets, secret('red', { namespace, labels: { colour: 'red', size: 'big' } }));
    await stage.admin.create(secrets, secret('blue', { namespace, labels: { colour: 'blue' } }));
    await stage.admin.create(secrets, secret('plain', { namespace }));
    const select = async (labelSelector: string) => names(await stage.admin.list(secrets, { namespace, labelSelector }));
    expect(await select('colour=red')).toEqual(['red']);
    expect(await select('colour!=red')).toEqual(['blue', 'plain']);
    expect(await select('colour in (red, blue)')).toEqual(['blue', 'red']);
    expect(await select('colour notin (red)')).toEqual(['blue', 'plain']);
    expect(await select('colour,!size')).toEqual(['blue']);
    expect(await select('colour=red,size=big')).toEqual(['red']);
  });

  it('takes the fields that the kind has', async () => {
    const namespace = await stage.namespace('fields');
    await stage.admin.create(pods, pod('here', { namespace }));
    await stage.admin.create(pods, pod('there', { namespace }, { nodeName: 'conformance-another-node' }));
    const select = async (fieldSelector: string) => names(await stage.admin.list(pods, { namespace, fieldSelector }));
    expect(await select('spec.nodeName=conformance-another-node')).toEqual(['there']);
    expect(await select('metadata.name=here')).toEqual(['here']);
    expect(await select('spec.nodeName!=conformance-another-node,metadata.name=there')).toEqual([]);
  });

  it('calls a selector that it cannot read, or a field that the kind does not have, invalid', async () => {
    await expect(stage.admin.list(secrets, { labelSelector: 'a in (' })).rejects.toMatchObject({ code: 'invalid', status: 400 });
    await expect(stage.admin.list(pods, { fieldSelector: 'spec.colour=red' })).rejects.toMatchObject({ code: 'invalid', status: 400 });
  });
}

function atVersion(stage: Stage): void {
  it('shows the state of exactly that version, or one not older', async () => {
    const namespace = await stage.namespace('versions');
    await stage.admin.create(secrets, secret('first', { namespace }));
    const { resourceVersion } = await stage.admin.list(secrets, { namespace });
    await stage.admin.create(secrets, secret('second', { namespace }));
    const exact = await stage.admin.list(secrets, { namespace, resourceVersion, resourceVersionMatch: 'Exact' });
    expect({ names: names(exact), version: exact.resourceVersion }).toEqual({ names: ['first'], version: resourceVersion });
    const newer = await stage.admin.list(secrets, { namespace, resourceVersion, resourceVersionMatch: 'NotOlderThan' });
    expect(names(newer).length).toBeGreaterThanOrEqual(1);
    const any = await stage.admin.list(secrets, { namespace, resourceVersion: '0' });
    expect(names(any)).toEqual(expect.arrayContaining(['first']));
  });

  it('says which version is too large for it', async () => {
    const { resourceVersion } = await stage.admin.list(secrets, { limit: 1 });
    const ahead = String(Number(resourceVersion) + 1_000_000);
    const listing = stage.admin.list(secrets, { resourceVersion: ahead, resourceVersionMatch: 'NotOlderThan' });
    await expect(listing).rejects.toMatchObject({
      code: 'server-error',
      status: 504,
      reason: 'Timeout',
      causes: [expect.objectContaining({ reason: 'ResourceVersionTooLarge' })],
    });
  });
}

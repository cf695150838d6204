import { expect, it } from 'vitest';
import { deployments, namespaces, pods, secrets, widgets } from '../kinds.ts';
import type { Stage } from '../stage.ts';

export function discovery(stage: Stage): void {
  it('lists the kinds that are served, built in and custom, and no sub-resources', async () => {
    const found = await stage.admin.discover();
    for (const resource of [pods, secrets, deployments, namespaces, widgets]) expect(found).toContainEqual(resource);
    expect(found.filter(({ resource }) => resource.includes('/'))).toEqual([]);
  });

  it('lists each once at each version, and agrees with what can be listed', async () => {
    const found = await stage.admin.discover();
    const keys = found.map(({ group, version, resource }) => `${group}/${version}/${resource}`);
    expect(new Set(keys).size).toBe(keys.length);
    const served = found.find(({ resource }) => resource === 'deployments') ?? pods;
    expect((await stage.admin.list(served, { limit: 1 })).resourceVersion).toEqual(expect.any(String));
  });

  it('tells the version of the server', async () => {
    expect((await stage.admin.version()).gitVersion).toMatch(/^v1\.\d+\.\d+/);
  });
}

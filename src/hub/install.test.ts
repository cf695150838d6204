import { describe, expect, it } from 'vitest';
import { aHub } from '../../test/support/a-hub.ts';
import { ApiServerCore } from '../apiserver/api-server-core.ts';
import { seededRandom } from '../runtime/random.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { DEFINITIONS_REVISION, HUB_DEFINITIONS, REVISION_ANNOTATION } from './crds.ts';
import { installHub } from './install.ts';
import { DEFINITIONS, OPERATIONS, ROLLOUTS } from './resources.ts';

const USER = { username: 'gateway', groups: [] };
const ROLLOUT_DEFINITION = { name: 'rollouts.fleetgraph.io' };

function anEmptyServer() {
  const clock = new VirtualClock();
  const core = new ApiServerCore({ name: 'hub', clock, random: seededRandom(1) });
  return { core, clock, admin: core.client(), user: core.client(USER) };
}

async function grant(core: ApiServerCore, rules: readonly object[]) {
  const admin = core.client();
  const group = 'rbac.authorization.k8s.io';
  const kinds = { namespaced: false, group, version: 'v1' };
  await admin.create(
    { ...kinds, resource: 'clusterroles', kind: 'ClusterRole' },
    { apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata: { name: 'gateway' }, rules },
  );
  await admin.create(
    { ...kinds, resource: 'clusterrolebindings', kind: 'ClusterRoleBinding' },
    {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'gateway' },
      roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'gateway' },
      subjects: [{ kind: 'User', name: USER.username, apiGroup: group }],
    },
  );
}

const OURS = [
  { apiGroups: ['fleetgraph.io'], resources: ['*'], verbs: ['*'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['*'] },
];

describe('installing the hub', () => {
  it('makes the kinds served, in a namespace of their own', async () => {
    const { apiServer } = await aHub();
    const served = (await apiServer.discover()).filter(({ group }) => group === 'fleetgraph.io');
    expect(served.map(({ resource }) => resource).sort()).toEqual(['operations', 'rollouts']);
    expect((await apiServer.list(ROLLOUTS, { namespace: 'fleetgraph' })).items).toEqual([]);
    expect((await apiServer.list(OPERATIONS, { namespace: 'fleetgraph' })).items).toEqual([]);
  });

  it('changes nothing when repeated', async () => {
    const { apiServer, core, clock } = await aHub();
    const { revision } = core;
    await installHub(apiServer, { clock });
    expect(core.revision).toBe(revision);
  });

  it('may be done by two at once', async () => {
    const { admin, core, clock } = anEmptyServer();
    await Promise.all([installHub(admin, { clock }), installHub(core.client(), { clock })]);
    expect((await admin.list(DEFINITIONS)).items).toHaveLength(HUB_DEFINITIONS.length);
  });

  it('updates older definitions and leaves newer ones alone', async () => {
    const { apiServer, clock } = await aHub();
    const revisionAfter = async (revision: string) => {
      const present = await apiServer.get(DEFINITIONS, ROLLOUT_DEFINITION);
      present.metadata.annotations = { [REVISION_ANNOTATION]: revision, 'somebody.else/note': 'kept' };
      await apiServer.update(DEFINITIONS, present);
      await installHub(apiServer, { clock });
      return (await apiServer.get(DEFINITIONS, ROLLOUT_DEFINITION)).metadata.annotations;
    };
    expect(await revisionAfter('0')).toEqual({ [REVISION_ANNOTATION]: String(DEFINITIONS_REVISION), 'somebody.else/note': 'kept' });
    expect(await revisionAfter('7')).toMatchObject({ [REVISION_ANNOTATION]: '7' });
  });

  it('says which right is missing to install, and what to do', async () => {
    const { user, clock } = anEmptyServer();
    await expect(installHub(user, { clock })).rejects.toMatchObject({
      code: 'not-allowed',
      message: expect.stringMatching(/cannot .* "customresourcedefinitions" .*administrator/),
    });
  });

  it('needs no right to install what an administrator has installed', async () => {
    const { core, admin, user, clock } = anEmptyServer();
    await installHub(admin, { clock });
    await grant(core, OURS);
    await expect(installHub(user, { clock })).resolves.toBeUndefined();
  });

  it('says that the namespace is missing when it may not make it', async () => {
    const { core, admin, user, clock } = anEmptyServer();
    for (const definition of HUB_DEFINITIONS) await admin.create(DEFINITIONS, definition);
    await grant(core, OURS);
    await expect(installHub(user, { clock })).rejects.toMatchObject({
      code: 'not-allowed',
      message: expect.stringMatching(/"namespaces" .*administrator/),
    });
  });

  it('lists every right that is missing to use it', async () => {
    const { core, admin, user, clock } = anEmptyServer();
    await installHub(admin, { clock });
    await grant(core, [{ apiGroups: ['fleetgraph.io'], resources: ['*'], verbs: ['get', 'list', 'watch'] }]);
    await expect(installHub(user, { clock })).rejects.toThrow(
      /create rollouts\.fleetgraph\.io, update rollouts.* delete operations\.fleetgraph\.io, get leases\.coordination\.k8s\.io/,
    );
  });
});

import { describe, expect, it } from 'vitest';
import {
  aCore,
  aDeployment,
  anObject,
  aPod,
  CONFIG_MAPS,
  container,
  DEPLOYMENTS,
  NAMESPACES,
  NODES,
  PODS,
  refusalBy,
} from '../testing/core-for-tests.ts';

describe('create', () => {
  it('gives an object its identity and drops what is the server’s to say', async () => {
    const { client, core } = aCore();
    const metadata = { uid: 'mine', generation: 9, creationTimestamp: '2000-01-01T00:00:00Z', deletionTimestamp: '2000-01-01T00:00:00Z' };
    const created = await client.create(DEPLOYMENTS, {
      ...aDeployment('web'),
      metadata: { name: 'web', namespace: 'default', ...metadata },
    });
    expect(created.metadata).toEqual({
      name: 'web',
      namespace: 'default',
      uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      resourceVersion: String(core.revision),
    });
    expect(created.metadata.uid).not.toBe('mine');
  });

  it('generates names and says so when one is taken', async () => {
    const { client } = aCore({ random: { ...aCore().core.random, suffix: () => 'abcde' } });
    const given = anObject(CONFIG_MAPS, '', { metadata: { generateName: 'web-' } });
    expect((await client.create(CONFIG_MAPS, given)).metadata).toMatchObject({ name: 'web-abcde', generateName: 'web-' });
    const refusal = await refusalBy(() => client.create(CONFIG_MAPS, given));
    expect(refusal).toMatchObject({
      reason: 'AlreadyExists',
      retryAfterMs: 1000,
      message: expect.stringContaining('was not able to generate a unique name'),
    });
  });

  it('keeps a copy: neither the argument nor the answer is the stored object', async () => {
    const { client } = aCore();
    const given = anObject(CONFIG_MAPS, 'm', { data: { a: '1' } });
    const answer = await client.create(CONFIG_MAPS, given);
    (given['data'] as { a: string }).a = '2';
    (answer['data'] as { a: string }).a = '3';
    expect((await client.get(CONFIG_MAPS, { namespace: 'default', name: 'm' }))['data']).toEqual({ a: '1' });
  });

  it('changes nothing as a dry run', async () => {
    const { client, core } = aCore();
    const before = core.revision;
    expect((await client.create(DEPLOYMENTS, aDeployment('web'), { dryRun: true })).spec).toMatchObject({ replicas: 1 });
    expect(core.revision).toBe(before);
  });

  it('fills in what clients rely on', async () => {
    const { client } = aCore();
    const deployment = await client.create(DEPLOYMENTS, aDeployment('web'));
    expect(deployment.spec).toMatchObject({
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      template: { spec: { restartPolicy: 'Always', terminationGracePeriodSeconds: 30, containers: [{ imagePullPolicy: 'IfNotPresent' }] } },
    });
    const pod = await client.create(PODS, aPod('p', { spec: { containers: [container('nginx')] }, status: { phase: 'Running' } }));
    expect(pod.spec).toMatchObject({ containers: [{ imagePullPolicy: 'Always' }], serviceAccountName: 'default' });
    expect(pod.status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
  });

  it('keeps the status that a node brings along', async () => {
    const node = anObject(NODES, 'n1', { spec: {}, status: { capacity: { cpu: '4' } } });
    expect((await aCore().client.create(NODES, node)).status).toEqual({ capacity: { cpu: '4' } });
  });

  it.each([
    ['an unknown namespace', aDeployment('web', {}), { namespace: 'nowhere' }, 'not-found', 'namespaces "nowhere" not found'],
    ['a name that is taken', anObject(CONFIG_MAPS, 'taken'), {}, 'conflict', 'configmaps "taken" already exists'],
    [
      'a malformed name',
      anObject(CONFIG_MAPS, 'Web_1'),
      {},
      'invalid',
      'ConfigMap "Web_1" is invalid: metadata.name: Invalid value: "Web_1": a lowercase RFC 1123 subdomain',
    ],
    ['no name', anObject(CONFIG_MAPS, ''), {}, 'invalid', 'metadata.name: Required value: name or generateName is required'],
    [
      'a malformed label',
      anObject(CONFIG_MAPS, 'm'),
      { labels: { a: '-' } },
      'invalid',
      'metadata.labels: Invalid value: "-": a valid label must be an empty string',
    ],
    [
      'a resource version',
      anObject(CONFIG_MAPS, 'm'),
      { resourceVersion: '1' },
      'server-error',
      'resourceVersion should not be set on objects to be created',
    ],
    [
      'negative replicas',
      aDeployment('web', { replicas: -1 }),
      {},
      'invalid',
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    ],
    ['no selector', aDeployment('web', { selector: undefined }), {}, 'invalid', 'spec.selector: Required value'],
    [
      'a foreign selector',
      aDeployment('web', { selector: { matchLabels: { app: 'x' } } }),
      {},
      'invalid',
      '`selector` does not match template `labels`',
    ],
    ['a pod without containers', anObject(PODS, 'p', { spec: {} }), {}, 'invalid', 'spec.containers: Required value'],
    [
      'another version in the data',
      { ...anObject(CONFIG_MAPS, 'm'), apiVersion: 'v2' },
      {},
      'invalid',
      'does not match the expected API version (v1)',
    ],
  ])('refuses %s', async (_name, object, metadata, code, message) => {
    const { client } = aCore();
    await client.create(CONFIG_MAPS, anObject(CONFIG_MAPS, 'taken'));
    const resource = [CONFIG_MAPS, DEPLOYMENTS, PODS].find(({ kind }) => kind === object.kind) ?? CONFIG_MAPS;
    const refusal = await refusalBy(() => client.create(resource, { ...object, metadata: { ...object.metadata, ...metadata } }));
    expect(refusal).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('names field, reason and message of every broken rule', async () => {
    const refusal = await refusalBy(() => aCore().client.create(DEPLOYMENTS, aDeployment('web', { replicas: -1, minReadySeconds: -2 })));
    expect(refusal).toMatchObject({
      status: 422,
      reason: 'Invalid',
      causes: [
        { field: 'spec.replicas', reason: 'FieldValueInvalid', message: 'Invalid value: -1: must be greater than or equal to 0' },
        { field: 'spec.minReadySeconds', reason: 'FieldValueInvalid', message: 'Invalid value: -2: must be greater than or equal to 0' },
      ],
    });
  });

  it('adds nothing to a namespace that terminates', async () => {
    const { client } = aCore();
    await client.create(NAMESPACES, anObject(NAMESPACES, 'shop'));
    expect((await client.delete(NAMESPACES, { name: 'shop' })).status).toEqual({ phase: 'Terminating' });
    const refusal = await refusalBy(() => client.create(CONFIG_MAPS, anObject(CONFIG_MAPS, 'm', { metadata: { namespace: 'shop' } })));
    expect(refusal).toMatchObject({ code: 'forbidden', causes: [{ reason: 'NamespaceTerminating' }] });
  });
});

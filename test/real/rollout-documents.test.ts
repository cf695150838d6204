import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserName } from '../controlplane/accounts.ts';
import { sharedControlPlane } from '../controlplane/shared-control-plane.ts';
import { until } from '../controlplane/until.ts';
import type { Target } from '../scenarios/stage.ts';
import { exampleDocument } from './documents.ts';
import { GatewayProcess } from './gateway.ts';
import type { GraphqlClient } from './graphql-client.ts';
import { workload } from './six-kinds.ts';
import { writeEventsIn } from './workload-writes.ts';
import { image } from './workloads.ts';

type Variables = Readonly<Record<string, unknown>>;

interface UserError {
  readonly __typename: string;
  readonly code: string;
  readonly message: string;
  readonly path: readonly string[];
  readonly unblock: readonly string[];
}
interface Run {
  readonly id: string;
  readonly phase: string;
  readonly currentStep: number;
}
interface Payload {
  readonly rollout: Run | null;
  readonly operation: { readonly id: string; readonly outcome: string } | null;
  readonly plan: {
    readonly hash: string;
    readonly method: string;
    readonly steps: readonly { target: number }[];
    readonly patches: readonly unknown[];
  } | null;
  readonly replayed: boolean;
  readonly userErrors: readonly UserError[];
}
interface Capability {
  readonly allowed: boolean;
  readonly reason: string | null;
}

const controlPlane = sharedControlPlane();
const RUN_VERBS = ['advance', 'pause', 'resume', 'abort', 'rollback', 'retry'] as const;
const WORKLOAD_VERBS = ['scale', 'restart', 'pause', 'resume', 'setPartition', 'undo'] as const;
const ERRORS = 'userErrors { __typename code message path unblock }';
let folder = '';
let gateway: GatewayProcess;
const as = (user: UserName): GraphqlClient => gateway.client(controlPlane.tokens[user]);
const team = () => as('team-shop');

const cloneSet: Target = { cluster: 'cluster-1', kind: 'CLONE_SET', namespace: 'shop', name: 'documents-c' };
const deployment: Target = { cluster: 'cluster-2', kind: 'DEPLOYMENT', namespace: 'shop', name: 'documents-d' };
const failing: Target = { ...deployment, name: 'documents-failing' };
const both = [
  { kind: 'CloneSet', target: cloneSet, method: 'PARTITION' },
  { kind: 'Deployment', target: deployment, method: 'DEPLOYMENT_BRAKE' },
] as const;

const tenOfKind = ({ kind, namespace, name }: Target) =>
  workload(kind === 'CLONE_SET' ? 'CloneSet' : 'Deployment', { namespace, name, tag: 'v1', replicas: 4 });
const clusterOf = ({ cluster }: Target) => controlPlane.cluster(cluster);

async function startGateway(...args: string[]): Promise<GatewayProcess> {
  return GatewayProcess.start({ kubeconfigPath: join(folder, 'kubeconfig'), args: ['--auth', 'token-review', ...args] });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollout-documents-'));
  await controlPlane.writeKubeconfig({ user: 'gateway', path: join(folder, 'kubeconfig') });
  for (const target of [cloneSet, deployment, failing]) await clusterOf(target).apply(tenOfKind(target));
  gateway = await startGateway();
  await Promise.all([cloneSet, deployment, failing].map(untilSettled));
});

afterAll(async () => {
  await gateway?.stop();
  for (const target of [cloneSet, deployment, failing])
    await clusterOf(target).kubectl(
      '-n',
      'shop',
      'delete',
      target.kind === 'CLONE_SET' ? 'cloneset' : 'deployment',
      target.name,
      '--wait=false',
    );
  await rm(folder, { recursive: true, force: true });
});

describe.each(both)('the documents of a rollout, on a $kind', ({ target, method }) => {
  let id = '';
  let rollout = '';

  beforeAll(async () => {
    id = await idOf(target);
  });

  it('canary-plan shows what would happen, has the server try it, and writes nothing', async () => {
    const { plan, rollout: none, userErrors } = await run('canary-plan', { workload: id, image: image('v2') });
    expect([none, userErrors]).toEqual([null, []]);
    expect(plan).toMatchObject({ method, steps: [{ target: 1 }, { target: 1 }, { target: 4 }] });
    const changes = (plan as unknown as { changes: { path: string }[] }).changes.map(({ path }) => path);
    expect(changes).toEqual(['/spec/template/spec/containers/0/image']);
    expect(JSON.stringify(plan?.patches)).toContain(image('v2'));
    // The same question has the same plan.
    expect((await run('canary-plan', { workload: id, image: image('v2') })).plan?.hash).toBe(plan?.hash);
    expect(await writes(target)).toEqual([]);
    const events = await clusterOf(target).auditEvents();
    expect(
      events.some(
        ({ objectRef, requestURI, verb }) => verb === 'patch' && objectRef?.name === target.name && requestURI.includes('dryRun=All'),
      ),
    ).toBe(true);
  });

  it('a plan that is no more is not started, and shows the present one', async () => {
    const document = `mutation ($workload: ID!, $image: String!) {
      rolloutStart(input: { workload: { id: $workload }, change: { images: [{ container: "app", image: $image }] }, expectedPlanHash: "0000" }) {
        plan { hash } rollout { id } ${ERRORS}
      }
    }`;
    const { rolloutStart } = await team().query<{ rolloutStart: Payload }>(document, { workload: id, image: image('v2') });
    expect(rolloutStart).toMatchObject({
      rollout: null,
      plan: { hash: expect.any(String) },
      userErrors: [{ __typename: 'ConflictError', code: 'PLAN_CHANGED' }],
    });
    expect(await writes(target)).toEqual([]);
  });

  it('canary-start begins it once, however often it is asked', async () => {
    const { cluster, kind, namespace, name } = target;
    const variables = { ...{ cluster, kind, namespace, name }, image: image('v2'), requestId: `documents-${name}` };
    const [once, again] = [await run('canary-start', variables), await run('canary-start', variables)];
    expect(once).toMatchObject({ operation: { outcome: 'APPLIED' }, replayed: false, userErrors: [] });
    expect(again).toMatchObject({
      rollout: { id: once.rollout?.id },
      operation: { id: once.operation?.id },
      replayed: true,
      userErrors: [],
    });
    rollout = once.rollout?.id ?? '';
    expect(await run('canary-start', { ...variables, image: image('v3') })).toMatchObject({
      userErrors: [{ __typename: 'RequestIdReusedError' }],
    });
  });

  it('watch-rollout follows it until it waits', async () => {
    const stream = team().overSocket(await exampleDocument('watch-rollout'), { rollout });
    const phases: string[] = [];
    for await (const { data } of stream.results) {
      const { phase, progress } = (data as { rolloutProgress: { phase: string; progress: { updatedAvailable: number } } }).rolloutProgress;
      phases.push(phase);
      if (phase === 'WAITING' && progress.updatedAvailable === 1) break;
    }
    await stream.close();
    expect(phases.at(-1)).toBe('WAITING');
  });

  it('meanwhile verbs on the workload are refused with the run that stands in the way, as viewerCan says', async () => {
    const can = await workloadCan(team(), target);
    for (const verb of WORKLOAD_VERBS) {
      const payload = await workloadVerb(team(), verb, id);
      expect([verb, payload.userErrors]).toMatchObject([verb, [{ __typename: 'BlockedError', code: 'RUN_ACTIVE' }]]);
      expect([verb, can[verb]]).toEqual([verb, { allowed: false, reason: expect.any(String) }]);
    }
    expect(can['startRollout']).toMatchObject({ allowed: false });
  });

  it('what viewerCan allows on the run would be done, and nothing else', async () => {
    await expectRunVerdicts(team(), rollout);
    const viewers = await expectRunVerdicts(as('viewer'), rollout);
    expect(viewers.every(({ allowed }) => !allowed)).toBe(true);
  });

  it('wait-for-step answers once, when the step is reached, and completes', async () => {
    const waiting = answersOf(team(), await exampleDocument('wait-for-step'), { rollout });
    expect(await run('rollout-verbs', { rollout }, 'Advance')).toMatchObject({ operation: { outcome: 'APPLIED' }, userErrors: [] });
    expect(await waiting).toMatchObject([{ rolloutWait: { met: true, timedOut: false, impossible: false, rollout: { currentStep: 1 } } }]);
    expect(await run('rollout-verbs', { rollout }, 'Advance')).toMatchObject({ userErrors: [{ __typename: 'ConflictError' }] });
    await untilPhase(rollout, 'WAITING');
  });

  it('rollout-verbs stop it, move it on and take it back', async () => {
    expect(await run('rollout-verbs', { rollout }, 'Pause')).toMatchObject({ operation: { outcome: 'APPLIED' }, userErrors: [] });
    await untilPhase(rollout, 'PAUSED');
    await expectRunVerdicts(team(), rollout);
    expect(await run('rollout-verbs', { rollout }, 'Resume')).toMatchObject({ userErrors: [] });
    await untilPhase(rollout, 'WAITING');
    expect(await run('rollout-verbs', { rollout }, 'Rollback')).toMatchObject({ userErrors: [] });
    await untilPhase(rollout, 'ROLLED_BACK');
    await expectRunVerdicts(team(), rollout);
    const late = await run('rollout-verbs', { rollout }, 'Abort');
    expect(late.userErrors).toMatchObject([{ __typename: expect.stringMatching(/ConflictError|BlockedError/) }]);
  });

  it('rollout-history tells it, with who and why', async () => {
    const data = await team().query<{ node: { rollout: unknown; rollouts: { nodes: History[] } }; operations: { nodes: object[] } }>(
      await exampleDocument('rollout-history'),
      { workload: id },
    );
    const [last] = data.node.rollouts.nodes;
    expect(data.node.rollout).toBeNull();
    expect(last).toMatchObject({
      ...{ id: rollout, phase: 'ROLLED_BACK', createdBy: 'team-shop', target: { name: target.name } },
      changes: [{ from: image('v1'), to: image('v2') }],
      finishedAt: expect.any(String),
      fromRevision: expect.any(String),
      toRevision: expect.any(String),
    });
    expect(last?.fromRevision).not.toBe(last?.toRevision);
    expect(last?.timeline.nodes.map(({ actor }) => actor)).toContain('team-shop');
    expect(data.operations.nodes).toContainEqual(
      expect.objectContaining({ mutation: 'rolloutRollback', note: 'wrong image', actor: 'team-shop', outcome: 'APPLIED' }),
    );
  });

  it('events on the workload say it to who looks with kubectl, with the person', async () => {
    const reasons = await until('the events', { timeoutMs: 20_000 }, async () => {
      const text = await clusterOf(target).kubectl(
        '-n',
        'shop',
        'get',
        'events',
        '-o',
        'json',
        '--field-selector',
        `involvedObject.name=${target.name}`,
      );
      const { items } = JSON.parse(text) as { items: { reason: string; message: string; source?: { component?: string } }[] };
      const ours = items.filter(({ source }) => source?.component === 'fleetgraph');
      return ours.some(({ reason }) => reason === 'RolloutRollingBack') && ours;
    });
    expect(reasons.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining(['RolloutStarted', 'RolloutAdvanced', 'RolloutRollingBack']),
    );
    for (const { message } of reasons) expect(message).toContain('team-shop');
    const kind = target.kind === 'CLONE_SET' ? 'cloneset' : 'deployment';
    expect(await clusterOf(target).kubectl('-n', 'shop', 'describe', kind, target.name)).toContain('RolloutRollingBack');
  });

  it('workload-verbs do as viewerCan says, once nothing stands in the way', async () => {
    const can = await workloadCan(team(), target);
    for (const verb of WORKLOAD_VERBS) {
      const { userErrors } = await workloadVerb(team(), verb, id);
      expect([verb, userErrors.length === 0, userErrors]).toEqual([verb, can[verb]?.allowed, userErrors]);
    }
    expect([can['scale'], can['restart'], can['startRollout']]).toEqual([1, 2, 3].map(() => ({ allowed: true, reason: null })));
    const viewers = await workloadCan(as('viewer'), target);
    for (const verb of WORKLOAD_VERBS) {
      expect([verb, viewers[verb]?.allowed]).toEqual([verb, false]);
      expect((await workloadVerb(as('viewer'), verb, id)).userErrors).not.toEqual([]);
    }
    const before = await writes(target);
    expect(await run('workload-verbs', { workload: id }, 'Restart')).toMatchObject({ operation: { outcome: 'APPLIED' }, userErrors: [] });
    await untilSettled(target);
    const partition = await run('workload-verbs', { workload: id }, 'SetPartition');
    expect(partition.userErrors.map(({ __typename }) => __typename)).toEqual(target.kind === 'CLONE_SET' ? [] : ['UnsupportedError']);
    expect(await run('workload-verbs', { workload: id, replicas: 7 }, 'Scale')).toMatchObject({
      operation: { outcome: 'APPLIED' },
      userErrors: [],
    });
    expect(await run('workload-verbs', { workload: id }, 'Undo')).toMatchObject({ operation: { outcome: 'APPLIED' }, userErrors: [] });
    const expected = target.kind === 'CLONE_SET' ? 3 : 2;
    // The server writes its log a moment after its answer.
    const made = await until(`${expected} writes in the log`, { timeoutMs: 10_000 }, async () => {
      const since = (await writes(target)).slice(before.length);
      return since.length >= expected && since;
    });
    expect(made.map(({ impersonatedUser }) => impersonatedUser?.username)).toEqual(made.map(() => 'team-shop'));
    expect(made).toHaveLength(expected);
  });
});

describe('a run that fails', () => {
  it('with onFailure ROLL_BACK goes back by itself within 30 s of the evidence, and says why', async () => {
    const document = `mutation ($workload: ID!, $image: String!) {
      rolloutStart(input: { workload: { id: $workload }, change: { images: [{ container: "app", image: $image }] }, steps: [{ target: 1 }], onFailure: ROLL_BACK }) {
        rollout { id } ${ERRORS}
      }
    }`;
    const { rolloutStart } = await team().query<{ rolloutStart: Payload }>(document, {
      workload: await idOf(failing),
      image: image('v2-missing'),
    });
    expect(rolloutStart.userErrors).toEqual([]);
    const id = rolloutStart.rollout?.id ?? '';
    const seenAt = await until('a pod that cannot be pulled', { timeoutMs: 30_000 }, async () => {
      const text = await clusterOf(failing).kubectl('-n', 'shop', 'get', 'pods', '-l', `app=${failing.name}`, '-o', 'json');
      return text.includes('ImagePullBackOff') && Date.now();
    });
    await untilPhase(id, 'ROLLED_BACK', 60_000);
    const { rollout } = await team().query<{ rollout: { timeline: { nodes: { at: string; code: string }[] } } }>(
      'query ($rollout: ID!) { rollout(id: $rollout) { timeline(first: 50) { nodes { at code } } } }',
      { rollout: id },
    );
    expect(rollout.timeline.nodes.map(({ code }) => code)).toContain('Stuck:ImagePull');
    // When it turned back, by its own account: how long the way takes is the cluster's matter.
    const turnedAt = Date.parse(rollout.timeline.nodes.find(({ code }) => code === 'Stuck:ImagePull')?.at ?? '');
    expect(turnedAt - seenAt).toBeLessThan(30_000);
  });
});

describe('stop-many', () => {
  it('pauses every run, with one result each, and names what is none', async () => {
    // What the last test left: a start beside it is refused, and says what is in the way.
    const reset =
      'mutation ($workload: ID!) { workloadSetPartition(input: { workload: { id: $workload }, partition: 0 }) { userErrors { code } } }';
    const { rolloutStart } = await plainStart(cloneSet);
    expect(rolloutStart.userErrors).toMatchObject([{ __typename: 'BlockedError', unblock: ['workloadSetPartition'] }]);
    await team().query(reset, { workload: await idOf(cloneSet) });
    await untilSettled(cloneSet);
    const ids: string[] = [];
    for (const target of [cloneSet, deployment]) {
      const { cluster, kind, namespace, name } = target;
      const variables = { ...{ cluster, kind, namespace, name }, image: image('v4'), requestId: `many-${name}` };
      const { rollout, userErrors } = await run('canary-start', variables);
      expect(userErrors).toEqual([]);
      ids.push(rollout?.id ?? '');
    }
    for (const id of ids) await untilPhase(id, 'WAITING');
    const { rolloutsCommand } = await team().query<{ rolloutsCommand: { results: (Payload & { id: string })[] } }>(
      await exampleDocument('stop-many'),
      {
        rollouts: [...ids, 'rubbish'],
      },
    );
    expect(rolloutsCommand.results.map(({ id }) => id)).toEqual([...ids, 'rubbish']);
    expect(rolloutsCommand.results.map(({ userErrors }) => userErrors.length)).toEqual([0, 0, 1]);
    for (const id of ids) {
      await untilPhase(id, 'PAUSED');
      await run('rollout-verbs', { rollout: id }, 'Abort');
      await untilPhase(id, 'ABORTED');
    }
  });
});

describe('with --read-only', () => {
  it('nothing is started, moved or changed, and viewerCan says so', async () => {
    await using reader = await startGateway('--read-only');
    const client = reader.client(controlPlane.tokens['team-shop']);
    const before = await writes(deployment);
    const id = await idOf(deployment, client);
    expect(await run('canary-plan', { workload: id, image: image('v2') }, undefined, client)).toMatchObject({
      userErrors: [{ code: 'READ_ONLY' }],
    });
    const can = await workloadCan(client, deployment);
    for (const verb of WORKLOAD_VERBS) {
      expect([verb, can[verb]?.allowed]).toEqual([verb, false]);
      expect((await workloadVerb(client, verb, id)).userErrors).toMatchObject([{ __typename: 'BlockedError', code: 'READ_ONLY' }]);
    }
    expect(await writes(deployment)).toEqual(before);
  });
});

interface History {
  readonly id: string;
  readonly fromRevision: string;
  readonly toRevision: string;
  readonly timeline: { readonly nodes: readonly { readonly actor: string }[] };
}

async function plainStart(target: Target): Promise<{ rolloutStart: Payload }> {
  const document = `mutation ($workload: ID!, $image: String!) {
    rolloutStart(input: { workload: { id: $workload }, change: { images: [{ container: "app", image: $image }] } }) { rollout { id } ${ERRORS} }
  }`;
  return team().query(document, { workload: await idOf(target), image: image('v4') });
}

/** An example document; the payload of its one field. */
async function run(name: string, variables: Variables, operation?: string, client = team()): Promise<Payload> {
  const data = await client.query<Record<string, Payload>>(await exampleDocument(name), variables, operation);
  return Object.values(data)[0] as Payload;
}

async function idOf({ cluster, kind, namespace, name }: Target, client = team()): Promise<string> {
  const document =
    'query ($cluster: String!, $kind: WorkloadKind!, $namespace: String!, $name: String!) { workload(cluster: $cluster, kind: $kind, namespace: $namespace, name: $name) { id } }';
  return until(`the id of ${name}`, { timeoutMs: 20_000 }, async () => {
    const { workload: found } = await client.query<{ workload: { id: string } | null }>(document, { cluster, kind, namespace, name });
    return found?.id;
  });
}

async function untilPhase(rollout: string, phase: string, timeoutMs = 60_000): Promise<void> {
  const document = 'query ($rollout: ID!) { rollout(id: $rollout) { phase reason { code message } } }';
  let shown: unknown;
  await until(`${phase}`, { timeoutMs, everyMs: 150 }, async () => {
    const answer = await team().query<{ rollout: { phase: string } }>(document, { rollout });
    shown = answer.rollout;
    return answer.rollout.phase === phase;
  }).catch((error: unknown) => {
    throw new Error(`not ${phase}: ${JSON.stringify(shown)}`, { cause: error });
  });
}

async function untilSettled(target: Target): Promise<void> {
  const { cluster, kind, namespace, name } = target;
  const document = `query ($cluster: String!, $kind: WorkloadKind!, $namespace: String!, $name: String!) {
    workload(cluster: $cluster, kind: $kind, namespace: $namespace, name: $name) { observedGeneration status { state } }
  }`;
  // The graph may not have heard yet of a write that was just answered, and still show what was settled before it.
  const resource = kind === 'CLONE_SET' ? 'cloneset' : 'deployment';
  const written = await clusterOf(target).kubectl('-n', namespace, 'get', resource, name, '-o', 'jsonpath={.metadata.generation}');
  await until(`${name} settled`, { timeoutMs: 60_000, everyMs: 200 }, async () => {
    const { workload: found } = await team().query<{ workload: { observedGeneration: number | null; status: { state: string } } | null }>(
      document,
      { cluster, kind, namespace, name },
    );
    return found?.status.state === 'COMPLETE' && (found.observedGeneration ?? 0) >= Number(written);
  });
}

async function writes(target: Target) {
  return writeEventsIn(await clusterOf(target).auditEvents(), target);
}

async function workloadCan(client: GraphqlClient, { cluster, kind, namespace, name }: Target): Promise<Record<string, Capability>> {
  const fields = ['startRollout', ...WORKLOAD_VERBS].map((verb) => `${verb} { allowed reason }`).join(' ');
  const document = `query ($cluster: String!, $kind: WorkloadKind!, $namespace: String!, $name: String!) {
    workload(cluster: $cluster, kind: $kind, namespace: $namespace, name: $name) { viewerCan { ${fields} } }
  }`;
  const data = await client.query<{ workload: { viewerCan: Record<string, Capability> } }>(document, { cluster, kind, namespace, name });
  return data.workload.viewerCan;
}

/** On a dry run: everything but the effect. */
async function workloadVerb(client: GraphqlClient, verb: (typeof WORKLOAD_VERBS)[number], id: string): Promise<Payload> {
  const more = { scale: ', replicas: 5', setPartition: ', partition: 2' }[verb as string] ?? '';
  const field = `workload${verb[0]?.toUpperCase()}${verb.slice(1)}`;
  const document = `mutation ($workload: ID!) { ${field}(input: { workload: { id: $workload }${more}, dryRun: true }) { operation { id outcome } ${ERRORS} } }`;
  return Object.values(await client.query<Record<string, Payload>>(document, { workload: id }))[0] as Payload;
}

/** Of each verb what viewerCan says, after a dry run of the verb has said the same. */
async function expectRunVerdicts(client: GraphqlClient, rollout: string): Promise<Capability[]> {
  const fields = RUN_VERBS.map((verb) => `${verb} { allowed reason }`).join(' ');
  const document = `query ($rollout: ID!) { rollout(id: $rollout) { viewerCan { ${fields} } } }`;
  const data = await client.query<{ rollout: { viewerCan: Record<string, Capability> } }>(document, { rollout });
  for (const verb of RUN_VERBS) {
    const field = `rollout${verb[0]?.toUpperCase()}${verb.slice(1)}`;
    const trial = `mutation ($rollout: ID!) { ${field}(input: { rollout: $rollout, dryRun: true }) { rollout { id } ${ERRORS} } }`;
    const payload = Object.values(await client.query<Record<string, Payload>>(trial, { rollout }))[0] as Payload;
    const { allowed } = data.rollout.viewerCan[verb] as Capability;
    expect([verb, payload.userErrors.length === 0, payload.userErrors]).toEqual([verb, allowed, payload.userErrors]);
  }
  return Object.values(data.rollout.viewerCan);
}

async function answersOf(client: GraphqlClient, document: string, variables: Variables): Promise<unknown[]> {
  const answers: unknown[] = [];
  for await (const { data, errors } of client.overSse(document, variables).results) answers.push(data ?? errors);
  return answers;
}

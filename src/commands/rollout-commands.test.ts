import { describe, expect, it } from 'vitest';
import { aDoor, type Door, dyingAt, LOCAL, TEAM, VIEWER } from '../../test/support/a-door.ts';
import { type Fate, lossyApiServer } from '../../test/support/lossy-api-server.ts';
import { ApiError } from '../kube/api-error.ts';
import type { RolloutVerb } from '../rollout/events.ts';
import { NotLeadingError } from '../rollout/run-driver.ts';
import type { RolloutPhase } from '../rollout/state.ts';
import type { RolloutStart, WorkloadTarget } from './commands.ts';

type Stage = Awaited<ReturnType<typeof aDoor>>;

const V2 = 'registry.example/till:v2';

function aStart(workload: WorkloadTarget, more: Partial<RolloutStart> = {}): RolloutStart {
  return {
    workload,
    change: { images: [{ container: 'app', image: V2 }] },
    steps: [
      { target: 1, manual: true },
      { target: '50%', manual: true },
    ],
    hasNodeSets: false,
    prePull: false,
    onFailure: 'HALT',
    dryRun: false,
    ...more,
  };
}

/** A run that has come to this phase. */
async function aRun(door: Stage, gateway: Door, phase: RolloutPhase = 'WAITING') {
  const workload = await door.workload('CLONE_SET');
  const { object } = await gateway.commands.rolloutStart(TEAM, aStart(workload));
  const id = object?.uid ?? '';
  gateway.driver.set(id, (state) => ({ ...state, status: { ...state.status, phase } }));
  return id;
}

describe('starting a run', () => {
  it.each(['DEPLOYMENT', 'CLONE_SET'] as const)('of a %s makes it durable, as planned, in the name of who asked', async (kind) => {
    const door = await aDoor();
    const workload = await door.workload(kind);
    const { commands, runs } = door.open();
    const answer = await commands.rolloutStart(
      TEAM,
      aStart(workload, { reason: 'CHG-1', stepDeadlineSeconds: 60, onFailure: 'ROLL_BACK' }),
    );
    expect(answer).toMatchObject({
      errors: [],
      replayed: false,
      operation: { mutation: 'rolloutStart', outcome: 'APPLIED', note: 'CHG-1' },
    });
    expect(answer.object?.state.spec).toMatchObject({
      author: TEAM.user,
      note: 'CHG-1',
      onFailure: 'ROLL_BACK',
      patience: { stepDeadlineSeconds: 60 },
    });
    expect(answer.object?.state.status.steps.map(({ target }) => target)).toEqual([1, 5, 10]);
    expect(answer.object?.state.spec.planHash).toBe(answer.plan?.hash);
    expect(runs.get(answer.object?.uid ?? '')).toBe(answer.object);
    expect(door.writes()).toEqual([]);
  });

  it('shows on a dry run what it would do, tries it on the server, and begins nothing', async () => {
    const door = await aDoor();
    const workload = await door.workload('DEPLOYMENT');
    const { commands, runs, ledger } = door.open();
    const answer = await commands.rolloutStart(TEAM, aStart(workload, { dryRun: true, requestId: 'r1' }));
    expect(answer).toMatchObject({ errors: [], plan: { method: 'DEPLOYMENT_BRAKE' }, operation: { dryRun: true } });
    expect(answer).not.toHaveProperty('object');
    expect(answer.plan?.warnings.some((warning) => warning.startsWith('Only the first of'))).toBe(true);
    expect(door.audit.events).toMatchObject([{ dryRun: true, code: 200, impersonatedUser: { username: 'team-shop' } }]);
    expect([[...runs.all()], await ledger.list()]).toEqual([[], []]);
  });

  it('keeps to the plan that was shown, also of a restart a minute later, and to no other', async () => {
    const door = await aDoor();
    const workload = await door.workload('CLONE_SET');
    const { commands } = door.open();
    const restart = aStart(workload, { change: { restart: true } });
    const shown = await commands.rolloutStart(TEAM, { ...restart, dryRun: true });
    await door.pass(60);
    const other = await commands.rolloutStart(TEAM, aStart(workload, { expectedPlanHash: shown.plan?.hash ?? '' }));
    expect(other).toMatchObject({
      errors: [{ type: 'ConflictError', code: 'PLAN_CHANGED', path: ['input', 'expectedPlanHash'] }],
      plan: { method: 'PARTITION' },
    });
    expect(await commands.rolloutStart(TEAM, { ...restart, expectedPlanHash: shown.plan?.hash ?? '' })).toMatchObject({ errors: [] });
  });

  it('goes back to a revision that the workload had', async () => {
    const door = await aDoor();
    const workload = await door.workload('DEPLOYMENT');
    await door.edit('DEPLOYMENT', { spec: { template: { spec: { containers: [{ name: 'app', image: V2 }] } } } });
    await door.pass(120);
    const answer = await door.open().commands.rolloutStart(TEAM, aStart(workload, { change: { revision: '1' } }));
    expect(answer.object?.state.spec.changes).toEqual([
      { path: '/spec/template/spec/containers/0/image', from: V2, to: 'registry.example/till:v1' },
    ]);
  });

  it('says what stands around, and what could not be looked for', async () => {
    const door = await aDoor();
    const workload = await door.workload('DEPLOYMENT');
    await door.admin.create(
      { group: 'policy', version: 'v1', resource: 'poddisruptionbudgets', kind: 'PodDisruptionBudget', namespaced: true },
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'till', namespace: 'shop' },
        spec: { minAvailable: 8, selector: { matchLabels: { app: 'till' } } },
      },
    );
    const plan = async (door_: Door) => (await door_.commands.rolloutStart(TEAM, aStart(workload, { dryRun: true }))).plan;
    const seen = await plan(door.open());
    expect(seen?.warnings.join('\n')).toContain('PodDisruptionBudget till covers the pods');
    const blind = await plan(
      door.open({
        cluster: (server) =>
          Object.assign(Object.create(server), {
            list: () => Promise.reject(new ApiError('forbidden', 'you may not list')),
            get: server.get.bind(server),
            patch: server.patch.bind(server),
            reviewAccess: server.reviewAccess.bind(server),
          }),
      }),
    );
    expect(blind?.warnings.filter((warning) => warning.includes('could not be found out'))).toHaveLength(2);
    expect(blind?.hash).toBe(seen?.hash);
  });

  it.each<{ name: string; more: Partial<RolloutStart>; type: string; path: readonly string[] }>([
    {
      name: 'a container that there is not',
      more: { change: { images: [{ container: 'ap', image: V2 }] } },
      type: 'ValidationError',
      path: ['input', 'change', 'images', '0', 'container'],
    },
    {
      name: 'steps that go down',
      more: { steps: [{ target: 5 }, { target: 2 }] },
      type: 'ValidationError',
      path: ['input', 'steps', '1', 'target'],
    },
    {
      name: 'a change that changes nothing',
      more: { change: { images: [{ container: 'app', image: 'registry.example/till:v1' }] } },
      type: 'ValidationError',
      path: ['input', 'change'],
    },
    {
      name: 'a revision that there is not',
      more: { change: { revision: '9' } },
      type: 'NotFoundError',
      path: ['input', 'change', 'revision'],
    },
    { name: 'a method of another kind', more: { method: 'NODE_SETS' }, type: 'UnsupportedError', path: ['input', 'method'] },
    { name: 'node sets', more: { hasNodeSets: true }, type: 'UnsupportedError', path: ['input', 'nodeSets'] },
    { name: 'pulling beforehand', more: { prePull: true }, type: 'UnsupportedError', path: ['input', 'prePull'] },
    { name: 'a deadline of no time', more: { stepDeadlineSeconds: 0 }, type: 'ValidationError', path: ['input', 'stepDeadlineSeconds'] },
    { name: 'a deadline of days', more: { stepDeadlineSeconds: 90_000 }, type: 'ValidationError', path: ['input', 'stepDeadlineSeconds'] },
    { name: 'another generation', more: { expectedGeneration: 7 }, type: 'ConflictError', path: ['input', 'expectedGeneration'] },
    {
      name: 'what the server does not take',
      more: { change: { strategicMergePatch: { spec: { containers: [{ name: 'app', ports: [{ containerPort: 99_999 }] }] } } } },
      type: 'ValidationError',
      path: ['input', 'change'],
    },
  ])('is refused for $name', async ({ more, type, path }) => {
    const door = await aDoor();
    const workload = await door.workload('DEPLOYMENT');
    const { commands, runs } = door.open();
    expect((await commands.rolloutStart(TEAM, aStart(workload, more))).errors).toMatchObject([{ type, path }]);
    expect([...runs.all()]).toEqual([]);
  });

  it.each(['STATEFUL_SET', 'DAEMON_SET'] as const)('is refused for a %s', async (kind) => {
    const door = await aDoor();
    const workload = await door.workload(kind);
    expect((await door.open().commands.rolloutStart(TEAM, aStart(workload))).errors).toMatchObject([
      { type: 'UnsupportedError', path: ['input', 'workload'] },
    ]);
  });

  it('is refused at once to who may not patch', async () => {
    const door = await aDoor();
    const workload = await door.workload('DEPLOYMENT');
    expect(await door.open().commands.rolloutStart(VIEWER, aStart(workload))).toMatchObject({
      errors: [{ type: 'ForbiddenError', path: ['input', 'workload'] }],
      operation: { outcome: 'REFUSED' },
    });
  });

  it('is refused while another run is at work, also when both were asked for at once', async () => {
    const door = await aDoor();
    const workload = await door.workload('DEPLOYMENT');
    const { commands, runs } = door.open();
    const answers = await Promise.all([1, 2, 3].map(() => commands.rolloutStart(TEAM, aStart(workload))));
    const [begun] = [...runs.all()];
    expect([...runs.all()]).toHaveLength(1);
    expect(answers.flatMap(({ errors }) => errors)).toMatchObject([
      { type: 'BlockedError', code: 'RUN_ACTIVE', run: begun?.uid },
      { type: 'BlockedError', code: 'RUN_ACTIVE', run: begun?.uid },
    ]);
  });

  it('takes over the label that a run that is over has left', async () => {
    const door = await aDoor();
    const gateway = door.open();
    const id = await aRun(door, gateway, 'SUCCEEDED');
    await door.edit('CLONE_SET', { metadata: { labels: { 'fleetgraph.io/rollout': `${id}.1.9` } } });
    const workload = { cluster: door.cluster, workloadKind: 'CLONE_SET', namespace: 'shop', name: 'till' } as const;
    expect(await gateway.commands.workloadScale(TEAM, { workload, replicas: 11, dryRun: false })).toMatchObject({ errors: [] });
    const started = await gateway.commands.rolloutStart(TEAM, aStart(workload));
    expect(started).toMatchObject({ errors: [], object: { state: { spec: { overtakes: id } } } });
  });

  it('is refused by a gateway that does not lead, which says who does', async () => {
    const door = await aDoor();
    const workload = await door.workload('DEPLOYMENT');
    const { commands, driver } = door.open();
    Object.assign(driver, { leads: false, leader: 'gateway-7' });
    const [error] = (await commands.rolloutStart(TEAM, aStart(workload, { requestId: 'r1' }))).errors;
    expect(error).toMatchObject({ type: 'BlockedError', code: 'NOT_LEADING', unblock: [], message: expect.stringContaining('gateway-7') });
    driver.leads = true;
    expect(await commands.rolloutStart(TEAM, aStart(workload, { requestId: 'r1' }))).toMatchObject({ errors: [], replayed: false });
  });
});

describe('a verb for a run', () => {
  it.each<{ verb: RolloutVerb; mutation: string; before: RolloutPhase; after: RolloutPhase }>([
    { verb: 'advance', mutation: 'rolloutAdvance', before: 'WAITING', after: 'RUNNING' },
    { verb: 'pause', mutation: 'rolloutPause', before: 'RUNNING', after: 'PAUSED' },
    { verb: 'resume', mutation: 'rolloutResume', before: 'PAUSED', after: 'RUNNING' },
    { verb: 'abort', mutation: 'rolloutAbort', before: 'WAITING', after: 'ABORTED' },
    { verb: 'rollback', mutation: 'rolloutRollback', before: 'WAITING', after: 'ROLLED_BACK' },
    { verb: 'retry', mutation: 'rolloutRetry', before: 'HALTED', after: 'RUNNING' },
  ])('$verb is decided by the engine and answered with the run as that left it', async ({ verb, mutation, before, after }) => {
    const door = await aDoor();
    const gateway = door.open();
    const run = await aRun(door, gateway, before);
    const dry = await gateway.commands.rolloutCommand(TEAM, verb, { run, dryRun: true });
    expect(dry).toMatchObject({ errors: [], operation: { dryRun: true, outcome: 'APPLIED' } });
    expect(gateway.runs.get(run)?.state.status.phase).toBe(before);
    const answer = await gateway.commands.rolloutCommand(TEAM, verb, { run, reason: 'as agreed', dryRun: false });
    expect(answer).toMatchObject({
      errors: [],
      object: { state: { status: { phase: after } } },
      operation: { mutation, note: 'as agreed', outcome: 'APPLIED' },
    });
  });

  it('tells what the engine refuses with the state that it found, dry or not', async () => {
    const door = await aDoor();
    const gateway = door.open();
    const run = await aRun(door, gateway, 'PAUSED');
    for (const dryRun of [true, false]) {
      expect(await gateway.commands.rolloutCommand(TEAM, 'advance', { run, dryRun })).toMatchObject({
        errors: [
          {
            type: 'ConflictError',
            code: 'WRONG_PHASE',
            currentPhase: 'PAUSED',
            currentStep: 0,
            path: [],
            unblock: ['rolloutResume', 'rolloutAbort', 'rolloutRollback'],
          },
        ],
        object: { uid: run },
        operation: { outcome: 'REFUSED' },
      });
      expect((await gateway.commands.rolloutCommand(TEAM, 'resume', { run, dryRun, expectedPhase: 'HALTED' })).errors).toMatchObject([
        { type: 'ConflictError', code: 'PHASE_MISMATCH', path: ['input', 'expectedPhase'] },
      ]);
    }
  });

  it('is refused for a run that nobody knows, to who may not, and when only looking', async () => {
    const door = await aDoor();
    const gateway = door.open();
    const run = await aRun(door, gateway);
    const ask = gateway.commands.rolloutCommand;
    expect((await ask(TEAM, 'pause', { run: 'rnone', dryRun: false })).errors).toMatchObject([
      { type: 'NotFoundError', path: ['input', 'rollout'] },
    ]);
    expect((await ask(VIEWER, 'pause', { run, dryRun: false })).errors).toMatchObject([{ type: 'ForbiddenError' }]);
    expect(gateway.runs.get(run)?.state.status.phase).toBe('WAITING');
  });
});

/** The cluster does not answer, from now on. */
function dead() {
  const state = { isDead: false };
  const network = (server: Parameters<typeof lossyApiServer>[0]) => {
    const lossy = lossyApiServer(server, (): Fate => (state.isDead ? 'not-sent' : 'answered'));
    const review = async (...args: Parameters<typeof server.reviewAccess>) => {
      if (state.isDead) return new Promise<never>(() => {});
      return server.reviewAccess(...args);
    };
    return Object.assign(lossy, { reviewAccess: review });
  };
  return { state, network };
}

describe('a dead cluster', () => {
  it.each(['pause', 'abort', 'rollback'] as const)(
    'keeps nobody who is known from a %s, and lets nobody wait who is told that it is dead',
    async (verb) => {
      const door = await aDoor();
      const { state, network } = dead();
      const gateway = door.open({ cluster: network });
      const run = await aRun(door, gateway, 'RUNNING');
      state.isDead = true;
      await door.look('UNREACHABLE');
      const before = door.clock.monotonic();
      const answer = await gateway.commands.rolloutCommand(TEAM, verb, { run, dryRun: false });
      expect([answer.errors, answer.operation?.outcome, door.clock.monotonic() - before]).toEqual([[], 'APPLIED', 0]);
    },
  );

  it('lets nobody go on blindly, nor stop what they are not known to may', async () => {
    const door = await aDoor();
    const { state, network } = dead();
    const gateway = door.open({ cluster: network });
    const run = await aRun(door, gateway);
    // What was answered a moment ago counts for a moment.
    await door.pass(11);
    state.isDead = true;
    const ask = async (verb: RolloutVerb, who: typeof TEAM) => {
      const answer = gateway.commands.rolloutCommand(who, verb, { run, dryRun: false });
      await door.clock.advanceBy(2_100);
      return (await answer).errors;
    };
    expect(await ask('advance', TEAM)).toMatchObject([{ type: 'ClusterUnreachableError', cluster: door.cluster }]);
    expect(await ask('pause', VIEWER)).toMatchObject([{ type: 'ClusterUnreachableError' }]);
    expect(await ask('pause', LOCAL)).toEqual([]);
  });

  it('refuses what is about the cluster itself, typed and with nothing done', async () => {
    const door = await aDoor();
    const workload = await door.workload('DEPLOYMENT');
    const { state, network } = dead();
    const { commands } = door.open({ cluster: network });
    state.isDead = true;
    expect(await commands.rolloutStart(TEAM, aStart(workload))).toMatchObject({
      errors: [{ type: 'ClusterUnreachableError' }],
      operation: { outcome: 'FAILED' },
    });
    expect(await commands.workloadScale(TEAM, { workload, replicas: 1, dryRun: false })).toMatchObject({
      errors: [{ type: 'ClusterUnreachableError' }],
    });
  });
});

describe('one verb for many runs', () => {
  async function three() {
    const door = await aDoor();
    const gateway = door.open();
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      const workload = await door.workload('CLONE_SET', {}, name);
      ids.push((await gateway.commands.rolloutStart(TEAM, aStart(workload))).object?.uid ?? '');
    }
    return { door, gateway, ids };
  }

  it('gives each its result and its operation, in order; what is gone is a result', async () => {
    const { gateway, ids } = await three();
    const [a, b = '', c] = ids;
    gateway.driver.set(b, (state) => ({ ...state, status: { ...state.status, phase: 'PAUSED' } }));
    const answer = await gateway.commands.rolloutsCommand(TEAM, {
      runs: [a, undefined, b, 'rnone', c, a],
      verb: 'pause',
      reason: 'incident 77',
      dryRun: false,
    });
    expect(answer.errors).toEqual([]);
    expect(answer.results.map(({ object, errors }) => [object?.uid, errors.map(({ code }) => code)])).toEqual([
      [a, []],
      [undefined, ['NOT_FOUND']],
      [b, ['WRONG_PHASE']],
      [undefined, ['NOT_FOUND']],
      [c, []],
      [a, []],
    ]);
    const operations = new Set(answer.results.flatMap(({ operation }) => (operation === undefined ? [] : [operation.id])));
    expect(operations.size).toBe(3);
    expect(ids.map((id) => gateway.runs.get(id)?.state.status.phase)).toEqual(['PAUSED', 'PAUSED', 'PAUSED']);
    expect(answer.results[2]?.errors[0]?.path).toEqual([]);
  });

  it('leaves the rest alone after so many failures', async () => {
    const { gateway, ids } = await three();
    const answer = await gateway.commands.rolloutsCommand(TEAM, {
      runs: [undefined, ...ids],
      verb: 'abort',
      stopAfterFailures: 1,
      dryRun: false,
    });
    expect(answer.results.map(({ operation }) => operation?.outcome)).toEqual([undefined, 'SKIPPED', 'SKIPPED', 'SKIPPED']);
    expect(ids.map((id) => gateway.runs.get(id)?.state.status.phase)).toEqual(['PENDING', 'PENDING', 'PENDING']);
  });

  it('gives the first answer again, also after a restart, and the rest of it after a death in the middle', async () => {
    for (const takesEffect of [false, true]) {
      for (let calls = 1; ; calls += 1) {
        const { door, ids } = await three();
        const input = { runs: ids, verb: 'pause', requestId: 'r1', dryRun: false } as const;
        const death = { calls };
        const dying = dyingAt(death, takesEffect);
        const first = door.open({ hub: dying, cluster: dying }).commands.rolloutsCommand(TEAM, input);
        await Promise.race([first, door.clock.settle()]);
        if (death.calls > 0) break;
        const later = door.open();
        const again = await later.commands.rolloutsCommand(TEAM, input);
        expect([calls, takesEffect, again.results.map(({ errors }) => errors)]).toEqual([calls, takesEffect, [[], [], []]]);
        for (const id of ids) expect(later.runs.get(id)?.state.status.commands).toHaveLength(1);
        const replay = await door.open().commands.rolloutsCommand(TEAM, input);
        expect(replay.replayed).toBe(true);
        expect(replay.results.map(({ operation }) => operation)).toEqual(again.results.map(({ operation }) => operation));
      }
    }
  });
});

describe('a request id', () => {
  it('gets the first answer again after a restart, as it was, though the run has moved on', async () => {
    const door = await aDoor();
    const gateway = door.open();
    const workload = await door.workload('CLONE_SET');
    const start = aStart(workload, { requestId: 'r1' });
    const first = await gateway.commands.rolloutStart(TEAM, start);
    const run = first.object?.uid ?? '';
    const paused = await gateway.commands.rolloutCommand(TEAM, 'pause', { run, requestId: 'r1', dryRun: false });
    await gateway.commands.rolloutCommand(TEAM, 'abort', { run, dryRun: false });
    const later = door.open();
    const again = await later.commands.rolloutStart(TEAM, start);
    expect(again).toMatchObject({ replayed: true, errors: [], operation: first.operation });
    expect(again.object?.uid).toBe(run);
    const shown = (answer: typeof first) => {
      const { phase, reason, currentStep, steps, meter } = answer.object?.state.status ?? {};
      return { phase, reason, currentStep, steps, progress: meter?.progress, hash: answer.plan?.hash, patches: answer.plan?.patches };
    };
    expect(shown(again)).toEqual(shown(first));
    const pausedAgain = await later.commands.rolloutCommand(TEAM, 'pause', { run, requestId: 'r1', dryRun: false });
    expect([pausedAgain.replayed, shown(pausedAgain)]).toEqual([true, shown(paused)]);
    expect((await later.commands.rolloutStart(TEAM, { ...start, reason: 'other' })).errors).toMatchObject([
      { type: 'RequestIdReusedError' },
    ]);
  });

  it('starts one run, however often and at once it is sent', async () => {
    const door = await aDoor();
    const { commands, runs } = door.open();
    const start = aStart(await door.workload('CLONE_SET'), { requestId: 'r1' });
    const answers = await Promise.all([1, 2, 3].map(() => commands.rolloutStart(TEAM, start)));
    expect([...runs.all()]).toHaveLength(1);
    expect(answers.map(({ replayed, errors }) => [replayed, errors])).toEqual([
      [false, []],
      [true, []],
      [true, []],
    ]);
  });

  it.each([
    { name: 'lost the answer', error: new ApiError('outcome-unknown', 'reset'), code: 'OUTCOME_UNKNOWN' },
    { name: 'was deposed when it had written', error: new NotLeadingError('gateway-7'), code: 'NOT_LEADING' },
  ])('whose driver $name finds the run, or the decision, when it is repeated', async ({ error, code }) => {
    const door = await aDoor();
    const first = door.open();
    const workload = await door.workload('CLONE_SET');
    const start = aStart(workload, { requestId: 'r1' });
    first.driver.failure = { error, when: 'after' };
    expect(await first.commands.rolloutStart(TEAM, start)).toMatchObject({ errors: [{ code }], operation: { outcome: 'UNKNOWN' } });
    // Here or elsewhere, and though the change is made by now: it is the same run.
    await door.edit('CLONE_SET', { spec: { template: { spec: { containers: [{ name: 'app', image: V2 }] } } } });
    const second = door.open();
    const again = await second.commands.rolloutStart(TEAM, start);
    expect(again).toMatchObject({ errors: [], operation: { outcome: 'APPLIED' } });
    expect([...second.runs.all()]).toHaveLength(1);
    const run = again.object?.uid ?? '';
    second.driver.failure = { error, when: 'after' };
    const pause = { run, requestId: 'r2', dryRun: false };
    expect(await second.commands.rolloutCommand(TEAM, 'pause', pause)).toMatchObject({
      errors: [{ code }],
      operation: { outcome: 'UNKNOWN' },
    });
    const third = door.open();
    expect(await third.commands.rolloutCommand(TEAM, 'pause', pause)).toMatchObject({ errors: [], operation: { outcome: 'APPLIED' } });
    expect(third.runs.get(run)?.state.status.commands).toHaveLength(1);
  });

  it('left open by a gateway whose book is not read yet begins the plan that was noted, and no other', async () => {
    const door = await aDoor();
    const first = door.open();
    const start = aStart(await door.workload('CLONE_SET'), { requestId: 'r1' });
    first.driver.failure = { error: new ApiError('outcome-unknown', 'reset'), when: 'after' };
    await first.commands.rolloutStart(TEAM, start);
    await door.edit('CLONE_SET', { spec: { template: { spec: { containers: [{ name: 'app', image: V2 }] } } } });
    const [id = ''] = door.states.keys();
    const second = door.open();
    second.runs.remove(id);
    expect(await second.commands.rolloutStart(TEAM, start)).toMatchObject({
      errors: [],
      object: { uid: id },
      operation: { outcome: 'APPLIED' },
    });
  });

  it('starts one run, wherever the first gateway died', async () => {
    let moments = 0;
    for (const takesEffect of [false, true]) {
      for (let calls = 1; ; calls += 1) {
        const door = await aDoor();
        const start = aStart(await door.workload('CLONE_SET'), { requestId: 'r1' });
        const death = { calls };
        const dying = dyingAt(death, takesEffect);
        await Promise.race([door.open({ hub: dying, cluster: dying }).commands.rolloutStart(TEAM, start), door.clock.settle()]);
        if (death.calls > 0) break;
        moments += 1;
        const later = door.open();
        const again = await later.commands.rolloutStart(TEAM, start);
        expect([calls, takesEffect, again.errors, again.operation?.outcome]).toEqual([calls, takesEffect, [], 'APPLIED']);
        expect([...later.runs.all()].map(({ uid }) => uid)).toEqual([again.object?.uid]);
      }
    }
    expect(moments).toBeGreaterThanOrEqual(12);
  });
});

describe('a hub that does not answer', () => {
  it('refuses every mutation with nothing done, and lets reading go on', async () => {
    const door = await aDoor();
    const hub = { fate: 'answered' as Fate };
    const gateway = door.open({ hub: (server) => lossyApiServer(server, () => hub.fate) });
    const run = await aRun(door, gateway);
    const workload = { cluster: door.cluster, workloadKind: 'CLONE_SET', namespace: 'shop', name: 'till' } as const;
    hub.fate = 'not-sent';
    const { commands } = gateway;
    for (const requestId of [{}, { requestId: 'r1' }]) {
      const answers = [
        await commands.workloadScale(TEAM, { workload, replicas: 3, dryRun: false, ...requestId }),
        await commands.rolloutStart(TEAM, aStart(workload, requestId)),
        await commands.rolloutCommand(TEAM, 'pause', { run, dryRun: false, ...requestId }),
        await commands.rolloutsCommand(TEAM, { runs: [run], verb: 'pause', dryRun: false, ...requestId }),
      ];
      for (const { errors } of answers) expect(errors).toMatchObject([{ type: 'BlockedError', code: 'HUB_UNAVAILABLE' }]);
    }
    expect([door.writes(), gateway.runs.get(run)?.state.status.phase]).toEqual([[], 'WAITING']);
    expect([...gateway.operations.all()]).toHaveLength(1);
  });

  it('saves an answer later that it did not take at once, and gives it to whoever asks meanwhile', async () => {
    const door = await aDoor();
    const workload = await door.workload('CLONE_SET');
    let updates = 0;
    let isAway = false;
    const { commands, ledger } = door.open({
      hub: (server) => lossyApiServer(server, (verb): Fate => (isAway && verb === 'update' && ++updates > 1 ? 'not-sent' : 'answered')),
    });
    isAway = true;
    const input = { workload, replicas: 3, requestId: 'r1', dryRun: false };
    const first = await commands.workloadScale(TEAM, input);
    expect(first).toMatchObject({ errors: [], operation: { outcome: 'APPLIED' } });
    expect((await ledger.list())[0]?.outcome).toBe('ACCEPTED');
    expect(await commands.workloadScale(TEAM, input)).toEqual({ ...first, replayed: true });
    isAway = false;
    await door.clock.advanceBy(2_500);
    expect((await ledger.list())[0]?.outcome).toBe('APPLIED');
    expect(door.writes()).toEqual([200]);
  });
});

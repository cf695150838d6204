import { describe, expect, it } from 'vitest';
import { aDoor, type Door, LOCAL, TEAM, VIEWER } from '../../test/support/a-door.ts';
import type { Principal } from '../auth/principal.ts';
import type { JsonObject } from '../model/kube-object.ts';
import { ROLLOUT_VERBS } from '../rollout/events.ts';
import { ROLLOUT_PHASES, type RolloutState } from '../rollout/state.ts';
import { type CommandResult, WORKLOAD_VERBS, type WorkloadTarget, type WorkloadVerb } from './commands.ts';

type Stage = Awaited<ReturnType<typeof aDoor>>;

/** A mutation for each verb, as a dry run: refused or not is what counts. */
function ask(verb: WorkloadVerb, who: Principal, workload: WorkloadTarget, { commands }: Door): Promise<CommandResult<unknown>> {
  const input = { workload, dryRun: true };
  switch (verb) {
    case 'startRollout':
      return commands.rolloutStart(who, {
        ...input,
        change: { restart: true },
        steps: [],
        hasNodeSets: false,
        prePull: false,
        onFailure: 'HALT',
      });
    case 'scale':
      return commands.workloadScale(who, { ...input, replicas: 3 });
    case 'setPartition':
      return commands.workloadSetPartition(who, { ...input, partition: 1 });
    case 'restart':
      return commands.workloadRestart(who, input);
    case 'pause':
      return commands.workloadPause(who, input);
    case 'resume':
      return commands.workloadResume(who, input);
    case 'undo':
      return commands.workloadUndo(who, input);
  }
}

/** What the viewer is told, and what then happens. */
async function compared(
  who: Principal,
  workload: WorkloadTarget & { readonly workloadKind: WorkloadTarget['workloadKind'] },
  door: Stage,
  gateway: Door,
) {
  await door.look();
  const told = await gateway.commands.workloadCapabilities(who, door.record(workload.workloadKind));
  const happened: Record<string, unknown> = {};
  for (const verb of WORKLOAD_VERBS) {
    const [error] = (await ask(verb, who, workload, gateway)).errors;
    happened[verb] = error === undefined ? { allowed: true } : { allowed: false };
  }
  return { told, happened };
}

const SPECS: readonly {
  readonly name: string;
  readonly kind: 'DEPLOYMENT' | 'CLONE_SET' | 'STATEFUL_SET' | 'DAEMON_SET';
  readonly spec: JsonObject;
}[] = [
  { name: 'plain', kind: 'DEPLOYMENT', spec: {} },
  { name: 'paused', kind: 'DEPLOYMENT', spec: { paused: true } },
  { name: 'at zero', kind: 'DEPLOYMENT', spec: { replicas: 0 } },
  { name: 'to be recreated', kind: 'DEPLOYMENT', spec: { strategy: { type: 'Recreate' } } },
  { name: 'plain', kind: 'CLONE_SET', spec: {} },
  { name: 'paused', kind: 'CLONE_SET', spec: { updateStrategy: { paused: true } } },
  { name: 'held by a partition', kind: 'CLONE_SET', spec: { updateStrategy: { partition: 3 } } },
  { name: 'updated in place', kind: 'CLONE_SET', spec: { updateStrategy: { type: 'InPlaceIfPossible' } } },
  { name: 'plain', kind: 'STATEFUL_SET', spec: {} },
  { name: 'on delete', kind: 'STATEFUL_SET', spec: { updateStrategy: { type: 'OnDelete' } } },
  { name: 'plain', kind: 'DAEMON_SET', spec: {} },
];

describe('what may be done with a workload agrees with what then happens', () => {
  for (const { kind, name, spec } of SPECS) {
    it.each([TEAM, VIEWER, LOCAL])(`to a ${kind} that is ${name}, for $user.username`, async (who) => {
      const door = await aDoor();
      const gateway = door.open();
      const workload = await door.workload(kind, spec);
      for (const hasHistory of [false, true]) {
        if (hasHistory) {
          await door.edit(kind, { spec: { template: { spec: { containers: [{ name: 'app', image: 'registry.example/till:v2' }] } } } });
          await door.pass(60);
        }
        const { told, happened } = await compared(who, workload, door, gateway);
        expect(told, `history: ${hasHistory}`).toMatchObject(happened);
      }
    });
  }

  it.each(['while a run is at work', 'after it', 'beside the label of a run that nobody knows', 'where another gateway leads'])(
    '%s',
    async (name) => {
      const door = await aDoor();
      const gateway = door.open();
      const workload = await door.workload('CLONE_SET');
      if (name.includes('another gateway')) gateway.driver.leads = false;
      if (name.includes('label')) await door.edit('CLONE_SET', { metadata: { labels: { 'fleetgraph.io/rollout': 'rnobody.1.1' } } });
      if (name.includes('a run is') || name.includes('after')) {
        const start = {
          workload,
          change: { restart: true },
          steps: [],
          hasNodeSets: false,
          prePull: false,
          onFailure: 'HALT',
          dryRun: false,
        } as const;
        const { object } = await gateway.commands.rolloutStart(TEAM, start);
        if (name.includes('after')) await gateway.commands.rolloutCommand(TEAM, 'abort', { run: object?.uid ?? '', dryRun: false });
      }
      const { told, happened } = await compared(TEAM, workload, door, gateway);
      expect(told).toMatchObject(happened);
    },
  );

  it('is nothing where only looking is allowed, with the reason', async () => {
    const door = await aDoor({ readOnly: true });
    await door.workload('CLONE_SET');
    const told = await door.open().commands.workloadCapabilities(TEAM, door.record('CLONE_SET'));
    for (const verb of WORKLOAD_VERBS) expect(told[verb]).toEqual({ allowed: false, reason: expect.stringContaining('--read-only') });
  });

  it('is nothing on a cluster that is known to be down, told at once', async () => {
    const door = await aDoor();
    await door.workload('CLONE_SET');
    await door.look('UNREACHABLE');
    const told = door.open().commands.workloadCapabilities(TEAM, door.record('CLONE_SET'));
    expect(told).not.toBeInstanceOf(Promise);
    expect(await told).toMatchObject({ scale: { allowed: false, reason: expect.stringContaining('cannot be asked') } });
  });

  it('is told at once when the right is known', async () => {
    const door = await aDoor();
    await door.workload('CLONE_SET');
    const { commands } = door.open();
    const first = commands.workloadCapabilities(TEAM, door.record('CLONE_SET'));
    expect(first).toBeInstanceOf(Promise);
    expect(commands.workloadCapabilities(TEAM, door.record('CLONE_SET'))).toBeInstanceOf(Promise);
    await first;
    expect(commands.workloadCapabilities(TEAM, door.record('CLONE_SET'))).toEqual(await first);
    await door.clock.advanceBy(10_001);
    expect(commands.workloadCapabilities(TEAM, door.record('CLONE_SET'))).toBeInstanceOf(Promise);
  });
});

describe('what may be done with a run agrees with what then happens', () => {
  const aspects: readonly { readonly name: string; readonly of: (state: RolloutState) => RolloutState }[] = [
    { name: 'as it is', of: (state) => state },
    {
      name: 'with an edit of somebody else',
      of: (state) => withStatus(state, { drift: { fields: [{ path: '/spec/paused' }], resourceVersion: '1', seenAt: 0 } }),
    },
    { name: 'on its way to its end', of: (state) => withStatus(state, { closing: 'SUCCEEDED' }) },
  ];
  const withStatus = (state: RolloutState, status: Partial<RolloutState['status']>) => ({
    ...state,
    status: { ...state.status, ...status },
  });

  it.each([
    { who: TEAM, leads: true, down: false },
    { who: VIEWER, leads: true, down: false },
    { who: TEAM, leads: false, down: false },
    { who: TEAM, leads: true, down: true },
    { who: VIEWER, leads: true, down: true },
  ])('in every phase, for $who.user.username, leads: $leads, cluster down: $down', async ({ who, leads, down }) => {
    const door = await aDoor();
    const reach = { isDown: false };
    const gateway = door.open({
      cluster: (server) =>
        Object.assign(Object.create(server), {
          ...{ get: server.get.bind(server), list: server.list.bind(server), patch: server.patch.bind(server) },
          reviewAccess: (...args: Parameters<typeof server.reviewAccess>) =>
            reach.isDown ? Promise.reject(new Error('nobody there')) : server.reviewAccess(...args),
        }),
    });
    const workload = await door.workload('CLONE_SET');
    const start = {
      workload,
      change: { restart: true },
      steps: [{ target: 1, manual: true }],
      hasNodeSets: false,
      prePull: false,
      onFailure: 'HALT',
      dryRun: false,
    } as const;
    const id = (await gateway.commands.rolloutStart(TEAM, start)).object?.uid ?? '';
    const before = door.states.get(id) as RolloutState;
    await door.pass(11);
    reach.isDown = down;
    if (down) await door.look('UNREACHABLE');
    gateway.driver.leads = leads;
    for (const phase of ROLLOUT_PHASES) {
      for (const { name, of } of aspects) {
        gateway.driver.set(id, () => of(withStatus(before, { phase })));
        const run = gateway.runs.get(id);
        if (run === undefined) throw new Error('no run');
        const told = await gateway.commands.rolloutCapabilities(who, run);
        for (const verb of ROLLOUT_VERBS) {
          const { errors } = await gateway.commands.rolloutCommand(who, verb, { run: id, dryRun: true });
          expect([phase, name, verb, told[verb].allowed], errors[0]?.message).toEqual([phase, name, verb, errors.length === 0]);
        }
      }
    }
  });
});

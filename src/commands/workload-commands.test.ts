import { describe, expect, it } from 'vitest';
import { aDoor, dyingAt, LOCAL, TEAM, VIEWER } from '../../test/support/a-door.ts';
import { type Fate, lossyApiServer } from '../../test/support/lossy-api-server.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { CommandResult, Commands, WorkloadTarget } from './commands.ts';

type Result = CommandResult<unknown>;
const RESTARTED = 'kubectl.kubernetes.io/restartedAt';

function annotationOf(object: KubeObject): unknown {
  const template = object.spec?.['template'] as { metadata?: { annotations?: Record<string, string> } };
  return template.metadata?.annotations?.[RESTARTED];
}

function imageOf(object: KubeObject): string | undefined {
  const template = object.spec?.['template'] as { spec: { containers: { image: string }[] } };
  return template.spec.containers[0]?.image;
}

const NEXT = { spec: { template: { spec: { containers: [{ name: 'app', image: 'registry.example/till:v2' }] } } } };

describe('a verb on a workload', () => {
  it('is done as the person who asks, with an audit id that the record keeps, and answers the object as written', async () => {
    const door = await aDoor();
    const workload = await door.workload('DEPLOYMENT');
    const { commands, operations } = door.open();
    const audits: { auditID: string; user: string | undefined }[] = [];
    const answer = await commands.workloadScale(TEAM, { workload, replicas: 12, dryRun: false, reason: 'CHG-7' });
    for (const event of door.audit.events) audits.push({ auditID: event.auditID, user: event.impersonatedUser?.username });
    expect(answer).toMatchObject({
      errors: [],
      replayed: false,
      object: { name: 'till', workloadKind: 'DEPLOYMENT', replicas: { desired: 12 } },
      operation: {
        mutation: 'workloadScale',
        outcome: 'APPLIED',
        actor: 'team-shop',
        note: 'CHG-7',
        target: { name: 'till', cluster: door.cluster },
      },
    });
    expect(audits).toEqual([{ auditID: answer.operation?.auditId, user: 'team-shop' }]);
    expect([...operations.all()]).toEqual([answer.operation]);
    expect((await door.get('DEPLOYMENT')).spec).toMatchObject({ replicas: 12 });
  });

  it('is refused to who may not, and nothing is done', async () => {
    const door = await aDoor();
    const workload = await door.workload('DEPLOYMENT');
    const { commands } = door.open();
    const before = await door.get('DEPLOYMENT');
    expect(await commands.workloadScale(VIEWER, { workload, replicas: 12, dryRun: false })).toMatchObject({
      errors: [{ type: 'ForbiddenError', path: ['input', 'workload'] }],
      operation: { outcome: 'REFUSED' },
    });
    expect(await door.get('DEPLOYMENT')).toEqual(before);
  });

  it('changes nothing on a dry run, which the server judges all the same, and uses no request id up', async () => {
    const door = await aDoor();
    const workload = await door.workload('DEPLOYMENT');
    const { commands, ledger, operations } = door.open();
    const before = await door.get('DEPLOYMENT');
    const input = { workload, replicas: 12, requestId: 'r1' };
    const dry = await commands.workloadScale(TEAM, { ...input, dryRun: true });
    expect(dry).toMatchObject({ object: { replicas: { desired: 12 } }, operation: { dryRun: true, outcome: 'APPLIED' } });
    expect(await commands.workloadScale(VIEWER, { ...input, dryRun: true })).toMatchObject({ errors: [{ type: 'ForbiddenError' }] });
    expect(await door.get('DEPLOYMENT')).toEqual(before);
    expect([await ledger.list(), [...operations.all()].length]).toEqual([[], 2]);
    expect(await commands.workloadScale(TEAM, { ...input, dryRun: false })).toMatchObject({
      replayed: false,
      operation: { outcome: 'APPLIED' },
    });
  });

  it.each([
    { name: 'another generation', more: { expectedGeneration: 7 }, type: 'ConflictError', path: ['input', 'expectedGeneration'] },
    { name: 'another object of that name', target: { uid: 'gone' }, type: 'NotFoundError', path: ['input', 'workload'] },
    { name: 'a name that there is not', target: { name: 'tiller' }, type: 'NotFoundError', path: ['input', 'workload'] },
    { name: 'a cluster that there is not', target: { cluster: 'nowhere' }, type: 'NotFoundError', path: ['input', 'workload'] },
    { name: 'fewer than no pods', more: { replicas: -1 }, type: 'ValidationError', path: ['input', 'replicas'] },
    { name: 'more pods than can be counted', more: { replicas: 2 ** 31 }, type: 'ValidationError', path: ['input', 'replicas'] },
  ])('is refused for $name', async ({ more = {}, target = {}, type, path }) => {
    const door = await aDoor();
    const workload = { ...(await door.workload('DEPLOYMENT')), ...target };
    const { generation } = (await door.get('DEPLOYMENT')).metadata;
    const answer = await door.open().commands.workloadScale(TEAM, { workload, replicas: 12, dryRun: false, ...more });
    expect(answer.errors).toMatchObject([{ type, path }]);
    if (type === 'ConflictError') expect(answer.errors).toMatchObject([{ currentGeneration: generation }]);
    expect((await door.get('DEPLOYMENT')).metadata.generation).toBe(generation);
  });

  it('that is so already is skipped', async () => {
    const door = await aDoor();
    const workload = await door.workload('CLONE_SET');
    const { commands } = door.open();
    const before = await door.get('CLONE_SET');
    const answers = [
      await commands.workloadScale(TEAM, { workload, replicas: 10, dryRun: false }),
      await commands.workloadResume(TEAM, { workload, dryRun: false }),
      await commands.workloadSetPartition(TEAM, { workload, partition: 0, dryRun: false }),
    ];
    for (const answer of answers) expect(answer).toMatchObject({ errors: [], object: { name: 'till' }, operation: { outcome: 'SKIPPED' } });
    expect(await door.get('CLONE_SET')).toEqual(before);
  });

  it('looks again when somebody else wrote meanwhile', async () => {
    const door = await aDoor();
    const workload = await door.workload('DEPLOYMENT');
    let edits = 0;
    const busy = door.open({
      cluster: (server) =>
        lossyApiServer(server, async (verb): Promise<Fate> => {
          if (verb === 'patch' && edits++ === 0) await door.edit('DEPLOYMENT', { spec: { minReadySeconds: 5 } });
          return 'answered';
        }),
    });
    expect(await busy.commands.workloadScale(TEAM, { workload, replicas: 12, dryRun: false })).toMatchObject({
      errors: [],
      operation: { outcome: 'APPLIED' },
    });
    expect((await door.get('DEPLOYMENT')).spec).toMatchObject({ replicas: 12, minReadySeconds: 5 });
    expect(edits).toBe(2);
  });

  it('is refused while a run is at work, which is named with the way out', async () => {
    const door = await aDoor();
    const workload = await door.workload('DEPLOYMENT');
    const { commands } = door.open();
    const started = await commands.rolloutStart(TEAM, aStart(workload));
    const answer = await commands.workloadRestart(TEAM, { workload, dryRun: false });
    expect(answer.errors).toMatchObject([
      {
        type: 'BlockedError',
        code: 'RUN_ACTIVE',
        run: started.object?.uid,
        by: { kind: 'Deployment', name: 'till' },
        unblock: ['rolloutAbort', 'rolloutRollback'],
      },
    ]);
    await commands.rolloutCommand(TEAM, 'abort', { run: started.object?.uid ?? '', dryRun: false });
  });

  it('is refused while the label names a run that nobody here knows', async () => {
    const door = await aDoor();
    const workload = await door.workload('CLONE_SET');
    await door.edit('CLONE_SET', { metadata: { labels: { 'fleetgraph.io/rollout': 'rsomebody.3.1' } } });
    expect((await door.open().commands.workloadScale(TEAM, { workload, replicas: 3, dryRun: false })).errors).toMatchObject([
      { type: 'BlockedError', code: 'RUN_OF_ANOTHER_GATEWAY', by: { name: 'till' } },
    ]);
  });

  it('is refused by a gateway that only looks', async () => {
    const door = await aDoor({ readOnly: true });
    const workload = await door.workload('DEPLOYMENT');
    expect((await door.open().commands.workloadScale(TEAM, { workload, replicas: 3, dryRun: false })).errors).toMatchObject([
      { code: 'READ_ONLY' },
    ]);
  });

  it('uses the credentials as they are in local mode', async () => {
    const door = await aDoor();
    const workload = await door.workload('DEPLOYMENT');
    // The gateway's own account may look and may not change.
    expect((await door.open().commands.workloadScale(LOCAL, { workload, replicas: 3, dryRun: false })).errors).toMatchObject([
      { type: 'ForbiddenError' },
    ]);
  });
});

function aStart(workload: WorkloadTarget) {
  const change = { images: [{ container: 'app', image: 'registry.example/till:v2' }] };
  return { workload, change, steps: [], hasNodeSets: false, prePull: false, onFailure: 'HALT', dryRun: false } as const;
}

describe('what kinds have', () => {
  const PARTITIONS = [
    { partition: '40%', kind: 'CLONE_SET', at: { updateStrategy: { partition: '40%' } } },
    { partition: 3, kind: 'CLONE_SET', at: { updateStrategy: { partition: 3 } } },
    { partition: 4, kind: 'STATEFUL_SET', at: { updateStrategy: { rollingUpdate: { partition: 4 } } } },
  ] as const;
  it.each(PARTITIONS)('a partition of $partition for a $kind', async ({ partition, kind, at }) => {
    const door = await aDoor();
    const workload = await door.workload(kind);
    const { commands } = door.open();
    expect(await commands.workloadSetPartition(TEAM, { workload, partition, dryRun: false })).toMatchObject({
      errors: [],
      object: { strategy: { partition } },
    });
    expect((await door.get(kind)).spec).toMatchObject(at);
  });

  it.each([
    { kind: 'CLONE_SET', partition: '101%' },
    { kind: 'CLONE_SET', partition: '12.5%' },
    { kind: 'CLONE_SET', partition: '7' },
    { kind: 'CLONE_SET', partition: -1 },
    { kind: 'STATEFUL_SET', partition: '40%' },
  ] as const)('no partition of $partition for a $kind', async ({ kind, partition }) => {
    const door = await aDoor();
    const workload = await door.workload(kind);
    expect((await door.open().commands.workloadSetPartition(TEAM, { workload, partition, dryRun: false })).errors).toMatchObject([
      { type: 'ValidationError', path: ['input', 'partition'] },
    ]);
  });

  it.each([
    { kind: 'DEPLOYMENT', on: { paused: true }, off: { paused: false } },
    { kind: 'CLONE_SET', on: { updateStrategy: { paused: true } }, off: { updateStrategy: { paused: false } } },
  ] as const)('a pause for a $kind, and its end', async ({ kind, on, off }) => {
    const door = await aDoor();
    const workload = await door.workload(kind);
    const { commands } = door.open();
    expect(await commands.workloadPause(TEAM, { workload, dryRun: false })).toMatchObject({
      errors: [],
      object: { strategy: { paused: true } },
    });
    expect((await door.get(kind)).spec).toMatchObject(on);
    for (const verb of ['workloadRestart', 'workloadUndo'] as const) {
      expect((await commands[verb](TEAM, { workload, dryRun: false })).errors).toMatchObject([
        { code: 'PAUSED', unblock: ['workloadResume'] },
      ]);
    }
    await commands.workloadResume(TEAM, { workload, dryRun: false });
    expect((await door.get(kind)).spec).toMatchObject(off);
  });

  it.each([
    {
      kind: 'DAEMON_SET',
      ask: (door: Commands, workload: WorkloadTarget) => door.workloadScale(TEAM, { workload, replicas: 3, dryRun: false }),
      unblock: [],
    },
    {
      kind: 'DAEMON_SET',
      ask: (door: Commands, workload: WorkloadTarget) => door.workloadPause(TEAM, { workload, dryRun: false }),
      unblock: [],
    },
    {
      kind: 'STATEFUL_SET',
      ask: (door: Commands, workload: WorkloadTarget) => door.workloadPause(TEAM, { workload, dryRun: false }),
      unblock: ['workloadSetPartition'],
    },
    {
      kind: 'DEPLOYMENT',
      ask: (door: Commands, workload: WorkloadTarget) => door.workloadSetPartition(TEAM, { workload, partition: 1, dryRun: false }),
      unblock: ['rolloutStart'],
    },
  ] as const)('a $kind lacks what it lacks, and the refusal names what would do', async ({ kind, ask, unblock }) => {
    const door = await aDoor();
    const workload = await door.workload(kind);
    expect((await ask(door.open().commands, workload)).errors).toMatchObject([{ type: 'UnsupportedError', unblock }]);
  });

  it.each(['DEPLOYMENT', 'CLONE_SET', 'STATEFUL_SET', 'DAEMON_SET'] as const)('a restart of a %s makes all pods anew', async (kind) => {
    const door = await aDoor();
    const workload = await door.workload(kind);
    const answer = await door.open().commands.workloadRestart(TEAM, { workload, dryRun: false });
    expect(answer).toMatchObject({ errors: [], operation: { outcome: 'APPLIED' } });
    expect(annotationOf(await door.get(kind))).toBe(new Date(answer.operation?.at ?? 0).toISOString());
  });

  it('no restart of what is updated in place: no container would start anew', async () => {
    const door = await aDoor();
    const workload = await door.workload('CLONE_SET', { updateStrategy: { type: 'InPlaceIfPossible' } });
    expect((await door.open().commands.workloadRestart(TEAM, { workload, dryRun: false })).errors).toMatchObject([
      { type: 'UnsupportedError', code: 'IN_PLACE', unblock: ['podDelete', 'podEvict'] },
    ]);
  });
});

describe('an undo', () => {
  it.each(['DEPLOYMENT', 'CLONE_SET', 'STATEFUL_SET', 'DAEMON_SET'] as const)(
    'of a %s goes to the revision before, and forth again',
    async (kind) => {
      const door = await aDoor();
      const workload = await door.workload(kind);
      const before = await door.get(kind);
      await door.edit(kind, NEXT);
      await door.pass(120);
      const { commands } = door.open();
      expect(await commands.workloadUndo(TEAM, { workload, dryRun: false })).toMatchObject({
        errors: [],
        operation: { outcome: 'APPLIED' },
      });
      expect((await door.get(kind)).spec?.['template']).toEqual(before.spec?.['template']);
      await door.pass(120);
      await commands.workloadUndo(TEAM, { workload, dryRun: false });
      expect(imageOf(await door.get(kind))).toBe('registry.example/till:v2');
    },
  );

  it('goes to the revision that is named by its number, or is skipped where it is there already', async () => {
    const door = await aDoor();
    const workload = await door.workload('DEPLOYMENT');
    await door.edit('DEPLOYMENT', NEXT);
    await door.pass(120);
    const { commands } = door.open();
    expect(await commands.workloadUndo(TEAM, { workload, toRevision: '2', dryRun: false })).toMatchObject({
      operation: { outcome: 'SKIPPED' },
    });
    await commands.workloadUndo(TEAM, { workload, toRevision: '1', dryRun: false });
    expect(imageOf(await door.get('DEPLOYMENT'))).toBe('registry.example/till:v1');
  });

  it('has nowhere to go at first, and not to a revision that there is not', async () => {
    const door = await aDoor();
    const workload = await door.workload('DEPLOYMENT');
    const { commands } = door.open();
    expect((await commands.workloadUndo(TEAM, { workload, dryRun: false })).errors).toMatchObject([{ code: 'NO_EARLIER_REVISION' }]);
    expect((await commands.workloadUndo(TEAM, { workload, toRevision: '9', dryRun: false })).errors).toMatchObject([
      { type: 'NotFoundError', path: ['input', 'toRevision'] },
    ]);
  });
});

describe('a lost answer of the cluster', () => {
  it.each(['answer-lost', 'lost'] as const)('(%s) is cleared up at once where it can be', async (fate) => {
    const door = await aDoor();
    const workload = await door.workload('DEPLOYMENT');
    let patches = 0;
    const { commands } = door.open({
      cluster: (server) => lossyApiServer(server, (verb) => (verb === 'patch' && patches++ === 0 ? fate : 'answered')),
    });
    const answer = await commands.workloadRestart(TEAM, { workload, dryRun: false });
    expect(answer).toMatchObject({ errors: [], object: { name: 'till' }, operation: { outcome: 'APPLIED' } });
    expect(door.writes()).toEqual([200]);
  });

  it('is UNKNOWN where somebody else has written since, and never a guess', async () => {
    const door = await aDoor();
    const workload = await door.workload('DEPLOYMENT');
    const { commands } = door.open({
      cluster: (server) =>
        lossyApiServer(server, async (verb): Promise<Fate> => {
          if (verb !== 'patch') return 'answered';
          await door.edit('DEPLOYMENT', { spec: { replicas: 4 } });
          return 'lost';
        }),
    });
    expect(await commands.workloadScale(TEAM, { workload, replicas: 12, dryRun: false })).toMatchObject({
      errors: [{ type: 'ClusterUnreachableError', code: 'OUTCOME_UNKNOWN' }],
      operation: { outcome: 'UNKNOWN' },
    });
    expect((await door.get('DEPLOYMENT')).spec).toMatchObject({ replicas: 4 });
  });
});

describe('a gateway that dies in the middle of', () => {
  interface Deed {
    readonly name: string;
    ask(commands: Commands, workload: WorkloadTarget): Promise<Result>;
    isDone(object: KubeObject): boolean;
  }
  const deeds: readonly Deed[] = [
    {
      name: 'a scaling',
      ask: (door, workload) => door.workloadScale(TEAM, { workload, replicas: 12, requestId: 'r1', dryRun: false }),
      isDone: ({ spec }) => spec?.['replicas'] === 12,
    },
    {
      name: 'a restart',
      ask: (door, workload) => door.workloadRestart(TEAM, { workload, requestId: 'r1', dryRun: false }),
      isDone: (object) => annotationOf(object) !== undefined,
    },
    {
      name: 'a pause',
      ask: (door, workload) => door.workloadPause(TEAM, { workload, requestId: 'r1', dryRun: false }),
      isDone: ({ spec }) => spec?.['paused'] === true,
    },
    {
      name: 'an undo',
      ask: (door, workload) => door.workloadUndo(TEAM, { workload, requestId: 'r1', dryRun: false }),
      isDone: (object) => imageOf(object) === 'registry.example/till:v1',
    },
  ];

  it.each(deeds)('$name has done it once when it is asked again, wherever it died', async ({ ask, isDone }) => {
    const moments: string[] = [];
    for (const takesEffect of [false, true]) {
      for (let calls = 1; ; calls += 1) {
        const door = await aDoor();
        const workload = await door.workload('DEPLOYMENT');
        await door.edit('DEPLOYMENT', NEXT);
        await door.pass(120);
        const death = { calls };
        const dying = dyingAt(death, takesEffect);
        const first = ask(door.open({ hub: dying, cluster: dying }).commands, workload);
        const ended = await Promise.race([first, door.clock.settle().then(() => undefined)]);
        if (death.calls > 0) {
          expect(ended).toMatchObject({ errors: [], operation: { outcome: 'APPLIED' } });
          break;
        }
        moments.push(`${calls} ${takesEffect}`);
        const again = await ask(door.open().commands, workload);
        expect([calls, takesEffect, again.errors, again.operation?.outcome]).toEqual([calls, takesEffect, [], 'APPLIED']);
        expect([calls, takesEffect, isDone(await door.get('DEPLOYMENT')), door.writes()]).toEqual([calls, takesEffect, true, [200]]);
        const replay = await ask(door.open().commands, workload);
        expect(replay).toMatchObject({ replayed: true, errors: [], operation: { id: again.operation?.id } });
        expect(replay.object).toEqual(again.object);
      }
    }
    // Begun, read, noted, written, answered: each before and after it took effect.
    expect(moments.length).toBeGreaterThanOrEqual(10);
  });
});

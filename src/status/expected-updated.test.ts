import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aWorkload } from '../../test/support/a-workload.ts';
import { WORKLOAD_KINDS, type WorkloadKind } from '../model/workload-record.ts';
import { expectedUpdated } from './expected-updated.ts';

const HELD = 2_147_483_646;

describe('pods that may be new', () => {
  it.each([
    { name: 'all of a Deployment', workload: aWorkload('DEPLOYMENT').replicas(10), is: 10 },
    { name: 'all of a paused Deployment: a pause is no number', workload: aWorkload('DEPLOYMENT').replicas(10).paused(), is: 10 },
    {
      name: 'maxUnavailable of a held Deployment',
      workload: aWorkload('DEPLOYMENT').replicas(10).minReadySeconds(HELD).rolling({ maxSurge: 0, maxUnavailable: 3 }),
      is: 3,
    },
    {
      name: 'rounded down',
      workload: aWorkload('DEPLOYMENT').replicas(10).minReadySeconds(HELD).rolling({ maxSurge: 0, maxUnavailable: '25%' }),
      is: 2,
    },
    {
      name: 'maxSurge of a held Deployment',
      workload: aWorkload('DEPLOYMENT').replicas(10).minReadySeconds(HELD).rolling({ maxSurge: 4, maxUnavailable: 0 }),
      is: 4,
    },
    {
      name: 'rounded up',
      workload: aWorkload('DEPLOYMENT').replicas(10).minReadySeconds(HELD).rolling({ maxSurge: '25%', maxUnavailable: 0 }),
      is: 3,
    },
    {
      name: 'one when both round to nothing',
      workload: aWorkload('DEPLOYMENT').replicas(3).minReadySeconds(HELD).rolling({ maxSurge: 0, maxUnavailable: '10%' }),
      is: 1,
    },
    {
      name: 'all of a held Deployment that recreates',
      workload: aWorkload('DEPLOYMENT').replicas(10).minReadySeconds(HELD).strategy('Recreate'),
      is: 10,
    },
    { name: 'all of a Deployment with an ordinary wait', workload: aWorkload('DEPLOYMENT').replicas(10).minReadySeconds(3_600), is: 10 },
    { name: 'those from the partition on of a StatefulSet', workload: aWorkload('STATEFUL_SET').replicas(10).partition(7), is: 3 },
    { name: 'none beyond its end', workload: aWorkload('STATEFUL_SET').replicas(3).partition(7), is: 0 },
    {
      name: 'all but the partition of an Advanced StatefulSet',
      workload: aWorkload('ADVANCED_STATEFUL_SET').replicas(10).partition(4),
      is: 6,
    },
    { name: 'all but the partition of a CloneSet', workload: aWorkload('CLONE_SET').replicas(10).partition(4), is: 6 },
    { name: 'its percentage kept old is rounded up', workload: aWorkload('CLONE_SET').replicas(10).partition('85%'), is: 1 },
    { name: 'but leaves one', workload: aWorkload('CLONE_SET').replicas(10).partition('99%'), is: 1 },
    { name: 'not at 100 %', workload: aWorkload('CLONE_SET').replicas(10).partition('100%'), is: 0 },
    { name: 'not as a number', workload: aWorkload('CLONE_SET').replicas(10).partition(10), is: 0 },
    { name: 'not of a single pod', workload: aWorkload('CLONE_SET').replicas(1).partition('50%'), is: 0 },
    { name: 'fractions of a percent', workload: aWorkload('CLONE_SET').replicas(200).partition('12.5%'), is: 175 },
    { name: 'a CloneSet at 33.3 % of 1000', workload: aWorkload('CLONE_SET').replicas(1_000).partition('33.3%'), is: 667 },
    { name: 'all of a DaemonSet', workload: aWorkload('DAEMON_SET').replicas(10), is: 10 },
    { name: 'those that are not old on OnDelete', workload: aWorkload('DAEMON_SET').replicas(10).strategy('OnDelete'), old: 7, is: 3 },
    { name: 'all but the partition of an Advanced DaemonSet', workload: aWorkload('ADVANCED_DAEMON_SET').replicas(10).partition(4), is: 6 },
    { name: 'its percentage kept old is rounded down', workload: aWorkload('ADVANCED_DAEMON_SET').replicas(10).partition('85%'), is: 2 },
    {
      name: 'no more than its selector allows',
      workload: aWorkload('ADVANCED_DAEMON_SET').replicas(10).partition(4),
      selectable: 2,
      is: 2,
    },
    {
      name: 'and no more than its partition allows',
      workload: aWorkload('ADVANCED_DAEMON_SET').replicas(10).partition(4),
      selectable: 9,
      is: 6,
    },
    { name: 'all when the partition is no number at all', workload: aWorkload('CLONE_SET').replicas(10).partition('many'), is: 10 },
  ] as { name: string; workload: ReturnType<typeof aWorkload>; old?: number; selectable?: number; is: number }[])(
    '$name: $is',
    ({ workload, old = 0, selectable, is }) => {
      expect(expectedUpdated(workload.record(), { old, ...(selectable !== undefined && { selectable }) })).toBe(is);
    },
  );

  it('are a whole number from none to all', () => {
    const intOrString = fc.oneof(
      fc.integer(),
      fc.integer({ min: 0, max: 200 }).map((percent) => `${percent}%`),
      fc.string(),
    );
    const kind: fc.Arbitrary<WorkloadKind> = fc.constantFrom(...WORKLOAD_KINDS);
    fc.assert(
      fc.property(kind, fc.nat(20_000), intOrString, intOrString, fc.boolean(), fc.nat(), (of, desired, partition, surge, held, old) => {
        const workload = aWorkload(of).replicas(desired).rolling({ partition, maxSurge: surge, maxUnavailable: partition });
        if (held) workload.minReadySeconds(HELD);
        const expected = expectedUpdated(workload.record(), { old });
        expect(Number.isInteger(expected) && expected >= 0 && expected <= desired).toBe(true);
      }),
    );
  });

  it('grow as the partition falls', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('STATEFUL_SET', 'CLONE_SET', 'ADVANCED_DAEMON_SET'),
        fc.nat(500),
        fc.nat(500),
        fc.nat(500),
        (kind, desired, a, b) => {
          const at = (partition: number) => expectedUpdated(aWorkload(kind).replicas(desired).partition(partition).record(), { old: 0 });
          expect(at(Math.min(a, b))).toBeGreaterThanOrEqual(at(Math.max(a, b)));
        },
      ),
    );
  });
});

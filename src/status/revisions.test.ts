import { describe, expect, it } from 'vitest';
import { aStore, clusterOf } from '../../test/support/a-cluster.ts';
import { aRevision, aWorkload } from '../../test/support/a-workload.ts';
import type { WorkloadKind } from '../model/workload-record.ts';
import { isSettled, revisionKeyOf, revisionsOf } from './revisions.ts';

/** A workload at image v2, with a revision of v1 and one of v2. */
function aChange(kind: WorkloadKind) {
  const web = aWorkload(kind).image('v2');
  return { web, old: aRevision(web, 'old', 1).image('v1'), fresh: aRevision(web, 'new', 2).createdAtSecond(60) };
}

function targetsOf(parts: { record(): never }[] | Parameters<typeof aStore>[0], web: ReturnType<typeof aWorkload>) {
  const { update, current } = revisionsOf(clusterOf(aStore(parts)), web.record());
  return { update: update?.name, current: current?.name };
}

describe('a Deployment', () => {
  it('goes to the ReplicaSet with its template', () => {
    const { web, old, fresh } = aChange('DEPLOYMENT');
    expect(targetsOf([web, old, fresh, ...old.pods(2), ...fresh.pods(1)], web)).toEqual({ update: 'web-new', current: 'web-old' });
  });

  it('is at one revision when no pod is at another', () => {
    const { web, old, fresh } = aChange('DEPLOYMENT');
    expect(targetsOf([web, old, fresh, ...fresh.pods(3)], web)).toEqual({ update: 'web-new', current: 'web-new' });
  });

  it('takes the oldest of several with its template', () => {
    const { web, fresh } = aChange('DEPLOYMENT');
    const later = aRevision(web, 'twin', 9).createdAtSecond(90);
    expect(targetsOf([web, later, fresh], web).update).toBe('web-new');
  });

  it('goes back to a ReplicaSet that is older than the present one', () => {
    const { web, old, fresh } = aChange('DEPLOYMENT');
    web.image('v1');
    expect(targetsOf([web, old, fresh, ...fresh.pods(3)], web)).toEqual({ update: 'web-old', current: 'web-new' });
  });

  it('has no target while it is paused with a changed template', () => {
    const { web, old, fresh } = aChange('DEPLOYMENT');
    web.image('v3').paused().annotation('deployment.kubernetes.io/revision', '2');
    expect(targetsOf([web, old, fresh, ...fresh.pods(3)], web)).toEqual({ update: undefined, current: 'web-new' });
  });

  it('trusts the controller’s number when no template is equal and it is settled', () => {
    const { web, old, fresh } = aChange('DEPLOYMENT');
    web.image('v2-filled-in-differently').annotation('deployment.kubernetes.io/revision', '2');
    expect(targetsOf([web, old, fresh], web).update).toBe('web-new');
  });

  it('does not when the controller has not seen the change', () => {
    const { web, old, fresh } = aChange('DEPLOYMENT');
    web.image('v3').annotation('deployment.kubernetes.io/revision', '2').generation(3, 2);
    expect(targetsOf([web, old, fresh], web).update).toBeUndefined();
  });
});

describe('a native DaemonSet', () => {
  it('goes to its newest ControllerRevision', () => {
    const { web, old, fresh } = aChange('DAEMON_SET');
    expect(targetsOf([web, fresh, old, ...old.pods(2), ...fresh.pods(1)], web)).toEqual({ update: 'web-new', current: 'web-old' });
  });

  it('has no target before the controller has seen the change', () => {
    const { web, old, fresh } = aChange('DAEMON_SET');
    web.generation(3, 2);
    expect(targetsOf([web, old, fresh, ...fresh.pods(1)], web).update).toBeUndefined();
  });
});

describe.each(['STATEFUL_SET', 'CLONE_SET', 'ADVANCED_STATEFUL_SET'] as const)('a %s', (kind) => {
  it('goes where its status says', () => {
    const { web, old, fresh } = aChange(kind);
    web.revisions('web-old', 'web-new');
    expect(targetsOf([web, old, fresh, ...fresh.pods(3)], web)).toEqual({ update: 'web-new', current: 'web-old' });
  });

  it('names its revisions even if nobody can read them', () => {
    const { web } = aChange(kind);
    web.revisions('web-old', 'web-new');
    expect(targetsOf([web], web)).toEqual({ update: 'web-new', current: 'web-old' });
  });
});

it('an Advanced DaemonSet goes to its daemonSetHash, from where most pods are', () => {
  const { web, old, fresh } = aChange('ADVANCED_DAEMON_SET');
  web.status({ daemonSetHash: 'new' });
  expect(targetsOf([web, old, fresh, ...old.pods(2), ...fresh.pods(1)], web)).toEqual({ update: 'web-new', current: 'web-old' });
});

it('on OnDelete a StatefulSet is believed for its target only', () => {
  const { web, old, fresh } = aChange('STATEFUL_SET');
  web.strategy('OnDelete').revisions('web-new', 'web-new');
  expect(targetsOf([web, old, fresh, ...old.pods(2), ...fresh.pods(1)], web)).toEqual({ update: 'web-new', current: 'web-old' });
});

it('a revision key is what is after the last dash', () => {
  expect([revisionKeyOf('my-web-6f5'), revisionKeyOf('6f5'), revisionKeyOf('')]).toEqual(['6f5', '6f5', '']);
});

it('a workload is settled once its controller has seen its generation, and never at zero', () => {
  const settled = (generation: number, observed: number) => isSettled(aWorkload('STATEFUL_SET').generation(generation, observed).record());
  expect([settled(1, 1), settled(2, 1), settled(2, 3), settled(0, 0), settled(1, 0)]).toEqual([true, false, true, false, false]);
});

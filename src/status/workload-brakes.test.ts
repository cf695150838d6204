import { describe, expect, it } from 'vitest';
import { aRollout, changedAt, now, ready, statusAmid } from '../../test/support/a-rollout.ts';
import { minutes, seconds } from '../../test/support/an-object.ts';

const PARTITIONED = ['STATEFUL_SET', 'CLONE_SET', 'ADVANCED_STATEFUL_SET', 'ADVANCED_DAEMON_SET'] as const;

describe.each(PARTITIONED)('a %s with a partition', (kind) => {
  const partitioned = (partition: number) => {
    const story = aRollout(kind);
    story.web.partition(partition);
    return story;
  };

  it('pauses there', () => {
    const { web, old, fresh } = partitioned(7);
    expect(statusAmid({ web, old, fresh }, [...old.pods(7), ...ready(fresh.pods(3))])).toMatchObject({
      state: 'PAUSED_AT_PARTITION',
      message: '3 of 10 pods are on the new revision, as many as the partition lets be',
      expectedUpdated: 3,
      since: changedAt + seconds(20),
    });
  });

  it('is in progress on the way there', () => {
    const { web, old, fresh } = partitioned(7);
    web.changedAt(now - seconds(20));
    expect(statusAmid({ web, old, fresh }, [...old.pods(8), ...ready(fresh.pods(2))])).toMatchObject({
      state: 'IN_PROGRESS',
      message: '2 of 10 pods are on the new revision, 3 are to be, 2 of them available',
    });
  });

  it('has not started when the partition lets no pod be new', () => {
    const { web, old, fresh } = partitioned(10);
    expect(statusAmid({ web, old, fresh }, old.pods(10))).toMatchObject({ state: 'NOT_STARTED', expectedUpdated: 0 });
  });

  it('overshoots when more pods are new than it lets be', () => {
    const { web, old, fresh } = partitioned(7);
    expect(statusAmid({ web, old, fresh }, [...old.pods(5), ...ready(fresh.pods(5))])).toMatchObject({
      state: 'OVERSHOOT',
      message: '5 of 10 pods are on the new revision, 2 more than the present brake asks for',
    });
  });

  it('is complete under a partition that was left behind', () => {
    const { web, old, fresh } = partitioned(7);
    expect(statusAmid({ web, old, fresh }, ready(fresh.pods(10)))).toMatchObject({ state: 'COMPLETE', expectedUpdated: 3 });
  });

  it('is stuck when the canary is broken', () => {
    const { web, old, fresh } = partitioned(9);
    const status = statusAmid({ web, old, fresh }, [...old.pods(9), fresh.pod('web-canary').crashLooping(3, now - seconds(10))]);
    expect(status).toMatchObject({
      state: 'STUCK',
      message: '1 of 10 pods is on the new revision; it crashes again and again (container app, exit code 1)',
      causes: [{ code: 'CrashLoop', attributedTo: 'RELEASE' }],
    });
  });

  it('pauses there and tells that an old pod is broken', () => {
    const { web, old, fresh } = partitioned(7);
    const sick = old.pod('web-0').crashLooping(9, now - minutes(9));
    expect(statusAmid({ web, old, fresh }, [...old.pods(6), sick, ...ready(fresh.pods(3))])).toMatchObject({
      state: 'PAUSED_AT_PARTITION',
      causes: [{ code: 'CrashLoop', count: 1, attributedTo: 'UNKNOWN' }],
    });
  });
});

describe.each(['DEPLOYMENT', 'CLONE_SET', 'ADVANCED_STATEFUL_SET', 'ADVANCED_DAEMON_SET'] as const)('a paused %s', (kind) => {
  it('is paused while some pods are old', () => {
    const { web, old, fresh } = aRollout(kind);
    expect(statusAmid({ web: web.paused(), old, fresh }, [...old.pods(7), ...ready(fresh.pods(3))])).toMatchObject({
      state: 'PAUSED',
      message: 'Paused: 3 of 10 pods are on the new revision',
    });
  });

  it('has not started while all are', () => {
    const { web, old, fresh } = aRollout(kind);
    expect(statusAmid({ web: web.paused(), old, fresh }, old.pods(10))).toMatchObject({
      state: 'NOT_STARTED',
      message: 'Paused: none of the 10 pods is on the new revision',
    });
  });

  it('is complete when there is nothing to do', () => {
    const { web, old, fresh } = aRollout(kind);
    expect(statusAmid({ web: web.paused(), old, fresh }, ready(fresh.pods(10)))).toMatchObject({ state: 'COMPLETE' });
  });
});

describe.each(['STATEFUL_SET', 'DAEMON_SET', 'ADVANCED_DAEMON_SET'] as const)('a %s on OnDelete', (kind) => {
  const onDelete = () => {
    const story = aRollout(kind);
    story.web.strategy('OnDelete');
    return story;
  };

  it('has not started before the first deletion', () => {
    const { web, old, fresh } = onDelete();
    expect(statusAmid({ web, old, fresh }, old.pods(10))).toMatchObject({
      state: 'NOT_STARTED',
      message: 'Waiting: none of the 10 pods is on the new revision, and OnDelete updates a pod only when somebody deletes it',
    });
  });

  it('rests between deletions', () => {
    const { web, old, fresh } = onDelete();
    expect(statusAmid({ web, old, fresh }, [...old.pods(7), ...ready(fresh.pods(3))])).toMatchObject({
      state: 'PAUSED_AT_PARTITION',
      message: '3 of 10 pods are on the new revision; OnDelete leaves the others until somebody deletes them',
      expectedUpdated: 3,
    });
  });

  it('waits for the pod that follows a deleted one', () => {
    const { web, old, fresh } = onDelete();
    web.changedAt(now - seconds(20));
    expect(statusAmid({ web, old, fresh }, [...old.pods(7), ...ready(fresh.pods(2))])).toMatchObject({
      state: 'IN_PROGRESS',
      expectedUpdated: 3,
    });
  });
});

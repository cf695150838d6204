import { describe, expect, it } from 'vitest';
import { aRollout, missing, now, statusAmid } from '../../test/support/a-rollout.ts';
import { minutes } from '../../test/support/an-object.ts';

describe('causes', () => {
  it('are ranked: what explains most, on new pods before old, on many before few', () => {
    const { web, old, fresh } = aRollout('CLONE_SET');
    const pods = [
      ...old.pods(2).map((pod) => pod.crashLooping(9, now - minutes(9))),
      fresh
        .pod('n-1')
        .createdAt(now - minutes(12))
        .startedAt(now - minutes(12))
        .notReady(now - minutes(12)),
      fresh
        .pod('n-2')
        .createdAt(now - minutes(2))
        .unschedulable(),
      fresh.pod('n-3').cannotPull(now - minutes(2)),
      fresh.pod('n-4').cannotPull(now - minutes(2)),
      fresh.pod('n-5').waiting('CreateContainerConfigError', 'secret "db" not found', now - minutes(2)),
    ];
    const { causes } = statusAmid({ web, old, fresh }, [...old.pods(3, 5), ...pods]);
    expect(causes.map(({ code, count, attributedTo }) => `${code} ${count} ${attributedTo}`)).toEqual([
      'ImagePull 2 RELEASE',
      'ConfigError 1 RELEASE',
      'Unschedulable 1 ENVIRONMENT',
      'CrashLoop 2 UNKNOWN',
      'NotReady 1 RELEASE',
    ]);
    expect(causes[2]?.message).toBe('1 pod cannot be scheduled: 0/3 nodes are available: 3 Insufficient cpu');
    expect(causes[1]?.message).toBe('1 pod cannot be started: secret "db" not found');
  });

  it('show five examples at most', () => {
    const { web, old, fresh } = aRollout('CLONE_SET', 20);
    const { causes } = statusAmid({ web, old, fresh }, [
      ...old.pods(10),
      ...fresh.pods(10).map((pod) => pod.image(missing).cannotPull(now - minutes(2))),
    ]);
    expect(causes[0]).toMatchObject({ count: 10, message: `10 pods cannot pull ${missing}` });
    expect(causes[0]?.examples.map(({ name }) => name)).toEqual([0, 1, 2, 3, 4].map((index) => `web-new-${index}`));
  });

  it.each([
    { message: 'rpc error: code = NotFound desc = failed to pull: not found', says: '(no such image)', by: 'RELEASE' },
    { message: 'dial tcp 192.0.2.9:443: i/o timeout', says: '(the registry is out of reach)', by: 'ENVIRONMENT' },
    { message: 'toomanyrequests: rate exceeded', says: '(the registry limits the pulls)', by: 'RELEASE' },
    { message: 'pull access denied, 401 Unauthorized', says: '(the registry denies access)', by: 'RELEASE' },
  ])('of a failed pull with “$message” say $says', ({ message, says, by }) => {
    const { web, old, fresh } = aRollout('DEPLOYMENT');
    const { causes } = statusAmid({ web, old, fresh }, [...old.pods(9), fresh.pod('n').cannotPull(now - minutes(2), message)]);
    expect(causes[0]).toMatchObject({ message: expect.stringContaining(says), attributedTo: by });
  });
});

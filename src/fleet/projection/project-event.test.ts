import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rfc3339, START, seconds } from '../../../test/support/an-object.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import { projectEvent } from './project-event.ts';

describe('an event', () => {
  const involvedObject = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-1', uid: 'u' };
  const metadata = { name: 'e', namespace: 'shop', uid: 'e1', resourceVersion: '1', creationTimestamp: rfc3339(START) };
  const event = (fields: Record<string, unknown>) =>
    projectEvent({ apiVersion: 'v1', kind: 'Event', metadata, involvedObject, ...fields } as KubeObject, 'dev');

  it.each([
    {
      name: 'an old recorder',
      fields: { count: 4, firstTimestamp: rfc3339(START), lastTimestamp: rfc3339(START + seconds(9)) },
      count: 4,
      first: START,
      last: START + seconds(9),
    },
    {
      name: 'a new recorder, once',
      fields: { eventTime: '2026-01-01T00:00:03.000000Z', firstTimestamp: null, lastTimestamp: null },
      count: 1,
      first: START + seconds(3),
      last: START + seconds(3),
    },
    {
      name: 'a new recorder, in a series',
      fields: { eventTime: rfc3339(START), series: { count: 12, lastObservedTime: rfc3339(START + seconds(60)) } },
      count: 12,
      first: START,
      last: START + seconds(60),
    },
    { name: 'one that writes no times', fields: {}, count: 1, first: START, last: START },
  ])('of $name', ({ fields, count, first, last }) => {
    expect(event(fields)).toMatchObject({ count, firstSeenAt: first, lastSeenAt: last, regarding: involvedObject });
  });

  it('of the newer API reads the same', () => {
    const newer = {
      involvedObject: undefined,
      regarding: involvedObject,
      note: 'back-off',
      deprecatedCount: 2,
      type: 'Warning',
      reason: 'BackOff',
    };
    expect(event(newer)).toMatchObject({ message: 'back-off', count: 2, type: 'Warning', reason: 'BackOff', regarding: involvedObject });
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.object({ withNullPrototype: true }), (object) => void projectEvent(object as unknown as KubeObject, 'dev')));
  });
});

import { describe, expect, it } from 'vitest';
import { ARun } from '../../test/support/rollout-model/a-run.ts';
import type { RolloutObservation } from './events.ts';
import { type Freshness, freshnessOf } from './freshness.ts';

const run = new ARun({ kind: 'Deployment' }).pass(30);
const { state } = run.driver;
const seen = run.cluster.observe(4) as RolloutObservation;

describe('an observation', () => {
  it.each<[string, Partial<RolloutObservation>, Freshness]>([
    ['of this generation and revision decides', {}, 'fresh'],
    ['heard of lately decides', { isLive: false, ageMs: 9_000 }, 'fresh'],
    ['not heard of for long does not', { isLive: false, ageMs: 11_000 }, 'stale'],
    ['from before our patch does not', { generation: seen.generation - 1 }, 'unobserved'],
    ['of an older version does not', { resourceVersion: '1' }, 'unobserved'],
    ['that the controller has not made its own does not', { observedGeneration: seen.generation - 1 }, 'unobserved'],
    ['whose revision is not known does not', { updateRevision: '' }, 'unobserved'],
    ['of the revision before does not', { updateRevision: state.spec.original.revision ?? '' }, 'unobserved'],
    ['of a later generation asks for a look', { generation: seen.generation + 1 }, 'changed'],
    ['of another object is none', { uid: 'other' }, 'other-object'],
  ])('%s', (_, change, wanted) => expect(freshnessOf(state, { ...seen, ...change })).toBe(wanted));
});

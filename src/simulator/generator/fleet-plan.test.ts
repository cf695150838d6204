import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/random.ts';
import { clusterLabels, planFleet } from './fleet-plan.ts';

const plan = (clusters: number, pods = clusters * 300) => planFleet({ clusters, pods, seed: 7 }, seededRandom(7));
const stagesOf = (clusters: number) => plan(clusters).map(({ stage }) => stage);

describe('the plan of a fleet', () => {
  it.each([1, 2, 3, 6, 50, 300])('has distinct names, all pods and a canary with %i clusters', (clusters) => {
    const plans = plan(clusters);
    expect(new Set(plans.map(({ name }) => name)).size).toBe(clusters);
    expect(plans.reduce((sum, { pods }) => sum + pods, 0)).toBe(clusters * 300);
    expect(plans.some(({ stage }) => stage === 'canary')).toBe(true);
    expect(plans.filter(({ hasStuckWorkload }) => hasStuckWorkload)).toHaveLength(1);
  });

  it('risks edge clusters before core clusters', () => {
    const early = plan(6).filter(({ stage }) => stage !== 'production');
    expect(early.map(({ tier, stage }) => `${tier} ${stage}`).sort()).toEqual(['edge canary', 'edge small-flow', 'edge testing']);
  });

  it('grows stage by stage', () => {
    expect(stagesOf(1)).toEqual(['canary']);
    expect(stagesOf(2)).toEqual(['production', 'canary']);
    expect(new Set(stagesOf(3))).toEqual(new Set(['production', 'canary', 'small-flow']));
    expect(new Set(stagesOf(4))).toEqual(new Set(['production', 'canary', 'small-flow', 'testing']));
    expect(stagesOf(300).filter((stage) => stage === 'production').length).toBeGreaterThan(200);
  });

  it('leaves one cluster without OpenKruise from three clusters up, and never a canary', () => {
    expect(plan(2).every(({ hasOpenKruise }) => hasOpenKruise)).toBe(true);
    for (const clusters of [3, 6, 40]) {
      const without = plan(clusters).filter(({ hasOpenKruise }) => !hasOpenKruise);
      expect(without).toHaveLength(1);
      expect(without[0]?.stage).not.toBe('canary');
    }
  });

  it('labels clusters by region, tier, environment and stage', () => {
    const [first] = plan(6);
    expect(first && clusterLabels(first)).toEqual({
      region: 'eu-west-1',
      tier: 'core',
      env: 'production',
      'fleetgraph.io/stage': 'production',
    });
  });
});

import type { Random } from '../../runtime/random.ts';
import type { FleetSize } from '../parse-fleet-size.ts';

export type Stage = 'testing' | 'canary' | 'small-flow' | 'production';
export type Tier = 'core' | 'edge';

/** What one cluster is to be, before any object of it exists. */
export interface ClusterPlan {
  readonly name: string;
  readonly region: string;
  readonly tier: Tier;
  readonly stage: Stage;
  /** Pods in all, about. */
  readonly pods: number;
  readonly kubernetesVersion: string;
  readonly hasOpenKruise: boolean;
  /** The one workload of the fleet that is stuck from the beginning lives here. */
  readonly hasStuckWorkload: boolean;
}

const REGIONS = [
  'eu-west-1',
  'us-east-1',
  'ap-southeast-1',
  'eu-central-1',
  'us-west-2',
  'ap-northeast-1',
  'sa-east-1',
  'ca-central-1',
  'eu-north-1',
  'ap-south-1',
  'me-south-1',
  'af-south-1',
];

const VERSIONS: Readonly<Record<Stage, readonly string[]>> = {
  testing: ['v1.33.1'],
  canary: ['v1.33.1', 'v1.32.5'],
  'small-flow': ['v1.32.4', 'v1.32.5'],
  production: ['v1.30.13', 'v1.31.9', 'v1.32.4'],
};

/** Production clusters are the big ones: stages are ordered by scale and importance. */
const WEIGHTS: Readonly<Record<Stage, number>> = { testing: 0.5, canary: 0.6, 'small-flow': 0.8, production: 1.4 };

export function planFleet({ clusters, pods }: FleetSize, random: Random): ClusterPlan[] {
  const places = Array.from({ length: clusters }, (_, index) => placeOf(index));
  const stages = stagesOf(places.map(({ tier }) => tier));
  const weights = stages.map((stage) => WEIGHTS[stage] * (0.9 + 0.2 * random.next()));
  const shares = sharesOf(pods, weights);
  const last = clusters - 1;
  return places.map((place, index) => ({
    ...place,
    stage: stages[index] ?? 'production',
    pods: shares[index] ?? 0,
    kubernetesVersion: random.pick(VERSIONS[stages[index] ?? 'production']),
    // One cluster without it, and never a canary: what the examples start must work there.
    hasOpenKruise: clusters < 3 || index !== withoutKruise(stages),
    hasStuckWorkload: index === Math.min(last, stages.lastIndexOf('production') === -1 ? 0 : stages.lastIndexOf('production')),
  }));
}

function withoutKruise(stages: readonly Stage[]): number {
  const testing = stages.indexOf('testing');
  return testing >= 0 ? testing : stages.indexOf('small-flow');
}

/** Pairs of a core and an edge cluster, region by region; then the regions again with a number. */
function placeOf(index: number): { name: string; region: string; tier: Tier } {
  const pair = Math.floor(index / 2);
  const region = REGIONS[pair % REGIONS.length] ?? 'eu-west-1';
  const tier: Tier = index % 2 === 0 ? 'core' : 'edge';
  const round = Math.floor(pair / REGIONS.length);
  return { name: `${region}-${tier}${round === 0 ? '' : `-${round + 1}`}`, region, tier };
}

/** Every fleet has a canary; edge clusters are risked before core clusters, the last before the first. */
function stagesOf(tiers: readonly Tier[]): Stage[] {
  const count = tiers.length;
  const order = [...tiers.keys()].sort((a, b) => (tiers[a] === tiers[b] ? b - a : tiers[a] === 'edge' ? -1 : 1));
  const portion = (share: number, from: number) => (count < from ? 0 : Math.max(1, Math.round(count * share)));
  const early: Stage[] = [
    ...Array<Stage>(portion(0.05, 4)).fill('testing'),
    ...Array<Stage>(portion(0.08, 1)).fill('canary'),
    ...Array<Stage>(portion(0.15, 3)).fill('small-flow'),
  ];
  const stages = Array<Stage>(count).fill('production');
  for (const [at, stage] of early.slice(0, count).entries()) stages[order[at] ?? 0] = stage;
  return stages;
}

/** Whole shares that add up to `total`, none below what a cluster needs. */
function sharesOf(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  const spare = total - weights.length * LEAST;
  const shares = weights.map((weight) => LEAST + Math.floor((spare * weight) / sum));
  const rest = total - shares.reduce((a, b) => a + b, 0);
  return shares.map((share, index) => share + (index < rest ? 1 : 0));
}

const LEAST = 20;

export function clusterLabels({ region, tier, stage }: ClusterPlan): Record<string, string> {
  return {
    region,
    tier,
    env: stage === 'testing' ? 'test' : stage === 'production' ? 'production' : 'staging',
    'fleetgraph.io/stage': stage,
  };
}

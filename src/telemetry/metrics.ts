import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What a scrape asks about each cluster; `staleSeconds` is 0 while live. */
export interface ClusterSample {
  readonly name: string;
  readonly state: string;
  readonly staleSeconds: number;
  readonly objects: number;
  /** Kinds listed again, by reason, and watches opened again, after trouble. */
  readonly relists: ReadonlyMap<string, number>;
  readonly reconnects: number;
  /** Background comparisons of a kind with the server, and how many of them found the copy wrong and had it read anew. */
  readonly comparisons: number;
  readonly differences: number;
}

/** What a scrape asks about the runs. */
export interface RolloutSample {
  /** Every phase there is. */
  readonly phases: ReadonlyMap<string, number>;
  readonly leads: boolean;
}

export interface MetricsSources {
  readonly clusters: () => readonly ClusterSample[];
  readonly rollouts: () => RolloutSample;
}

/** The process's numbers, in Prometheus' conventions: prefix fleetgraph_, base units, no ids in labels. */
export class Metrics {
  readonly #registry = new Registry();
  readonly requests = new Counter({
    name: 'fleetgraph_graphql_operations_total',
    help: 'GraphQL operations that were answered, by transport and outcome.',
    labelNames: ['transport', 'outcome'],
    registers: [this.#registry],
  });
  readonly requestSeconds = new Histogram({
    name: 'fleetgraph_graphql_operation_duration_seconds',
    help: 'Time from a request to its answer; streams are not counted.',
    labelNames: ['transport'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [this.#registry],
  });
  readonly streams = new Gauge({
    name: 'fleetgraph_subscriptions_active',
    help: 'Open subscriptions, by transport.',
    labelNames: ['transport'],
    registers: [this.#registry],
  });

  constructor({ clusters, rollouts }: MetricsSources) {
    collectDefaultMetrics({ register: this.#registry });
    const gauge = (name: string, help: string, read: (sample: ClusterSample) => number) =>
      new Gauge({
        name,
        help,
        labelNames: ['cluster'],
        registers: [this.#registry],
        collect() {
          this.reset();
          for (const sample of clusters()) this.set({ cluster: sample.name }, read(sample));
        },
      });
    gauge('fleetgraph_cluster_up', '1 while the copy of the cluster is live.', (sample) => (sample.state === 'LIVE' ? 1 : 0));
    gauge('fleetgraph_cluster_staleness_seconds', 'Age of the copy of the cluster; 0 while live.', (sample) => sample.staleSeconds);
    gauge('fleetgraph_cluster_objects', 'Objects held of the cluster.', (sample) => sample.objects);
    this.#observeReading(clusters);
    this.#observeRollouts(rollouts);
  }

  #observeReading(clusters: () => readonly ClusterSample[]): void {
    const counter = (name: string, help: string, read: (sample: ClusterSample) => number) =>
      new Counter({
        name,
        help,
        labelNames: ['cluster'],
        registers: [this.#registry],
        collect() {
          this.reset();
          for (const sample of clusters()) this.inc({ cluster: sample.name }, read(sample));
        },
      });
    new Counter({
      name: 'fleetgraph_cluster_relists_total',
      help: 'Kinds listed again, by reason.',
      labelNames: ['cluster', 'reason'],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const { name, relists } of clusters()) for (const [reason, count] of relists) this.inc({ cluster: name, reason }, count);
      },
    });
    counter('fleetgraph_cluster_reconnects_total', 'Watches opened again after trouble.', (sample) => sample.reconnects);
    counter('fleetgraph_cluster_comparisons_total', 'Kinds compared with the server in the background.', (sample) => sample.comparisons);
    counter(
      'fleetgraph_cluster_differences_total',
      'Comparisons that found the copy wrong; the kind was then read anew.',
      (sample) => sample.differences,
    );
  }

  #observeRollouts(rollouts: () => RolloutSample): void {
    new Gauge({
      name: 'fleetgraph_rollouts',
      help: 'Runs on record, by phase.',
      labelNames: ['phase'],
      registers: [this.#registry],
      collect() {
        for (const [phase, count] of rollouts().phases) this.set({ phase }, count);
      },
    });
    new Gauge({
      name: 'fleetgraph_leader',
      help: '1 while this gateway carries runs out.',
      registers: [this.#registry],
      collect() {
        this.set(rollouts().leads ? 1 : 0);
      },
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

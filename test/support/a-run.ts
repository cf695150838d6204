import { rolloutId } from '../../src/graph/global-id.ts';
import type { WorkloadRecord } from '../../src/model/workload-record.ts';
import type { RolloutVerb } from '../../src/rollout/events.ts';
import type { Run } from '../../src/rollout/run.ts';
import type { RolloutState, RolloutStatus } from '../../src/rollout/state.ts';
import type { GraphWorld } from './graph-world.ts';
import { ARun, type RunSetting } from './rollout-model/a-run.ts';

export interface RunPlace extends RunSetting {
  /** What it moves; needs not be in the store. */
  readonly workload: Pick<WorkloadRecord, 'cluster' | 'apiVersion' | 'kind' | 'workloadKind' | 'namespace' | 'name' | 'uid'>;
  readonly runId?: string;
  readonly author?: string;
  readonly createdAt?: number;
}

/** A run of the engine on the model cluster, told to a world as if it moved a workload there. */
export class RunInWorld {
  readonly model: ARun;
  readonly #world: GraphWorld;
  readonly #place: RunPlace;
  #version = 0;

  constructor(world: GraphWorld, place: RunPlace) {
    this.#world = world;
    this.#place = place;
    this.model = new ARun(place);
    this.tell();
  }

  get runId(): string {
    return this.#place.runId ?? 'run7';
  }

  /** Global id. */
  get id(): string {
    return rolloutId(this.runId);
  }

  /** Lets the model cluster work for so long, then tells the world. */
  pass(seconds: number): this {
    this.model.pass(seconds);
    return this.tell();
  }

  command(verb: RolloutVerb): this {
    this.model.command(verb);
    return this.tell();
  }

  /** Tells the world the present state, with `change` in its status. */
  tell(change: Partial<RolloutStatus> = {}): this {
    this.#version += 1;
    this.#world.runs.put(this.#placed(this.model.driver.state, change), String(this.#version));
    return this;
  }

  forget(): void {
    this.#world.runs.remove(this.runId);
  }

  get run(): Run {
    const run = this.#world.runs.get(this.runId);
    if (run === undefined) throw new Error(`no run ${this.runId}`);
    return run;
  }

  #placed({ spec, status, ...rest }: RolloutState, change: Partial<RolloutStatus>): RolloutState {
    const { workload, author = spec.author.username, createdAt = spec.createdAt } = this.#place;
    const { cluster, apiVersion, kind, workloadKind, namespace, name, uid } = workload;
    const target = { cluster, apiVersion, kind, workloadKind, namespace, name, uid, resource: spec.target.resource };
    return {
      ...rest,
      spec: { ...spec, runId: this.runId, createdAt, author: { ...spec.author, username: author }, target },
      status: { ...status, ...change },
    };
  }
}

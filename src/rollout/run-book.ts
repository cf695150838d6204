import type { ChangeLog } from '../feed/change-log.ts';
import type { GroupResource } from '../model/resource.ts';
import { type Run, runOfState } from './run.ts';
import { isFinished, type RolloutState } from './state.ts';

/** The workload that a run moves. */
export interface RunTarget {
  readonly cluster: string;
  readonly resource: GroupResource;
  readonly namespace: string;
  readonly name: string;
}

/** Every run that this process knows of, for reading: the leader's own as they move, everybody else's as the hub has them. */
export interface Runs {
  get(id: string): Run | undefined;
  /** Newest first. */
  all(): Iterable<Run>;
  ofCluster(cluster: string): Iterable<Run>;
  /** Of a workload of that name, whichever its uid; newest first. */
  ofWorkload(target: RunTarget): readonly Run[];
  /** The one that is not finished. */
  activeOn(target: RunTarget): Run | undefined;
  /** Every change of a run, by cluster: `before` and `after` of each change are runs. */
  readonly log: ChangeLog;
}

export class RunBook implements Runs {
  readonly log: ChangeLog;
  readonly #runs = new Map<string, Run>();
  readonly #clusters = new Map<string, Map<string, Run>>();
  #revision = 0;

  constructor(log: ChangeLog) {
    this.log = log;
  }

  get(id: string): Run | undefined {
    return this.#runs.get(id);
  }

  all(): Iterable<Run> {
    return [...this.#runs.values()].sort(newestFirst);
  }

  *ofCluster(cluster: string): Iterable<Run> {
    yield* this.#clusters.get(cluster)?.values() ?? [];
  }

  ofWorkload({ cluster, resource, namespace, name }: RunTarget): readonly Run[] {
    return [...this.ofCluster(cluster)]
      .filter((run) => run.resource === resource && run.namespace === namespace && run.state.spec.target.name === name)
      .sort(newestFirst);
  }

  activeOn(target: RunTarget): Run | undefined {
    return this.ofWorkload(target).find(({ state }) => !isFinished(state));
  }

  /** Takes a run's present state in and tells of it; the same state again is no news. */
  put(state: RolloutState, version: string): Run {
    const before = this.#runs.get(state.spec.runId);
    if (before?.state === state && before.resourceVersion === version) return before;
    const after = runOfState(state, version);
    this.#runs.set(after.uid, after);
    this.#clusterOf(after).set(after.uid, after);
    this.#tell(after, before === undefined ? { after } : { before, after });
    return after;
  }

  remove(id: string): void {
    const before = this.#runs.get(id);
    if (before === undefined) return;
    this.#runs.delete(id);
    this.#clusterOf(before).delete(id);
    this.#tell(before, { before });
  }

  #clusterOf({ cluster }: Run): Map<string, Run> {
    const known = this.#clusters.get(cluster);
    if (known !== undefined) return known;
    const created = new Map<string, Run>();
    this.#clusters.set(cluster, created);
    return created;
  }

  #tell({ cluster, resource }: Run, change: { readonly before?: Run; readonly after?: Run }): void {
    this.#revision += 1;
    this.log.append({
      revision: this.#revision,
      cluster,
      changes: [{ resource, ...change }],
      clusterChanged: false,
      positions: [{ resource, resourceVersion: String(this.#revision), epoch: 0 }],
    });
  }
}

function newestFirst(a: Run, b: Run): number {
  return b.createdAt - a.createdAt || (a.uid < b.uid ? 1 : -1);
}

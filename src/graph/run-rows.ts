import type { StreamSource } from '../feed/stream-source.ts';
import type { Run } from '../rollout/run.ts';
import type { Runs } from '../rollout/run-book.ts';
import { ALL_WORKLOADS } from './kinds.ts';

/** Runs as rows of a stream, with the rights of the kinds that they move; their changes are in the log of `runs`. */
export function runRows(runs: Runs): StreamSource<Run> {
  return {
    resources: ALL_WORKLOADS,
    follows: ALL_WORKLOADS,
    key: ({ uid }) => uid,
    identity: ({ cluster, resource, namespace, name, uid }) => ({ cluster, resource, namespace, name, uid }),
    *rows({ record }, namespace) {
      for (const run of runs.ofCluster(record.name)) if (namespace === undefined || run.namespace === namespace) yield run;
    },
    find({ record }, key) {
      const run = runs.get(key);
      return run?.cluster === record.name ? run : undefined;
    },
    own(change) {
      if ('event' in change) return undefined;
      const [before, after] = [change.before as Run | undefined, change.after as Run | undefined];
      const run = after ?? before;
      return run && { key: run.uid, before, after };
    },
    namespaces: ({ record }) => new Set(Iterator.from(runs.ofCluster(record.name)).map(({ namespace }) => namespace)),
  };
}

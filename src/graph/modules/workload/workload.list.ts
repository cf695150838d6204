import { type WorkloadKind as Kind, WORKLOAD_KINDS, type WorkloadRecord } from '../../../model/workload-record.ts';
import { componentNameOf } from '../../../status/component.ts';
import { defineConnection } from '../../connection-type.ts';
import { statusSettled } from '../../derived.ts';
import { booleanField, defineFilter, enumField, type FilterInput, intField, stringField } from '../../filters.ts';
import { defineOrder } from '../../orders.ts';
import { Workload } from '../../refs.ts';
import { STATUS_READS } from '../../status-cluster.ts';
import { workloadKindFilter } from './workload-kind.ts';
import { workloadStateFilter } from './workload-state.ts';

export const WorkloadConnection = defineConnection('Workload', Workload, 'workloads');

export const workloadFilter = defineFilter<WorkloadRecord>('Workload', {
  name: stringField({ description: 'Name of the workload.' }, ({ name }) => name),
  namespace: stringField({ description: 'Namespace of the workload.' }, ({ namespace }) => namespace),
  workloadKind: enumField(workloadKindFilter, { description: 'Kind of the workload.' }, ({ workloadKind }) => workloadKind),
  state: enumField(
    workloadStateFilter,
    { description: 'What the workload is doing.', reads: STATUS_READS },
    (workload, ctx) => statusSettled(workload, ctx).state,
  ),
  image: stringField({ description: 'Images of the containers of its template.' }, ({ images }) => images.map(({ image }) => image)),
  component: stringField({ description: 'Name of the component that it belongs to.' }, componentNameOf),
  paused: booleanField({ description: 'Whether its pause flag is set.' }, ({ strategy }) => strategy.paused),
  replicasDesired: intField({ description: 'Pods that are wanted.' }, ({ replicas }) => replicas.desired),
});

export const workloadOrder = defineOrder<WorkloadRecord>('Workload', {
  fields: {
    CLUSTER: { description: 'Name of the cluster.', of: ({ cluster }) => cluster },
    NAMESPACE: { description: 'Namespace of the workload.', of: ({ namespace }) => namespace },
    NAME: { description: 'Name of the workload.', of: ({ name }) => name },
    KIND: { description: 'Kind of the workload, in alphabetical order.', of: ({ workloadKind }) => workloadKind },
    CREATED_AT: { description: 'When the workload was created.', of: ({ createdAt }) => createdAt },
  },
  key: [({ cluster }) => cluster, ({ namespace }) => namespace, ({ name }) => name, ({ uid }) => uid],
  keyText: 'cluster, namespace, name, uid',
});

export const workloadList = { filter: workloadFilter, order: workloadOrder };

/** The kinds that can match at all: the others need not be read, and need not be served. */
export function kindsAskedFor(filter: FilterInput | null | undefined): readonly Kind[] {
  const condition = filter?.['workloadKind'] as { readonly eq?: Kind | null; readonly in?: readonly Kind[] | null } | null | undefined;
  return WORKLOAD_KINDS.filter(
    (kind) => (condition?.eq == null || condition.eq === kind) && (condition?.in == null || condition.in.includes(kind)),
  );
}

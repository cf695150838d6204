import type { ComponentInstance as Instance } from '../../../status/component.ts';
import { componentState } from '../../../status/component.ts';
import { builder } from '../../builder.ts';
import type { ClusterScope } from '../../cluster-scope.ts';
import { visibleInstances } from '../../components.ts';
import { Connection, type PageArguments } from '../../connection.ts';
import { defineConnection } from '../../connection-type.ts';
import type { GraphContext } from '../../context.ts';
import { statusSettled } from '../../derived.ts';
import { describedEnum } from '../../enum-values.ts';
import { defineEnumFilter, defineFilter, enumField, type FilterInput, stringField, versionField } from '../../filters.ts';
import { settleReads } from '../../listing.ts';
import { type MaybePromise, whenReady } from '../../maybe-promise.ts';
import { ComponentInstance } from '../../refs.ts';
import { sortingBy } from '../../sorting.ts';
import { STATUS_READS } from '../../status-cluster.ts';

export const ComponentInstanceConnection = defineConnection('ComponentInstance', ComponentInstance, 'installations of components');

export const ComponentState = builder.enumType('ComponentState', {
  description: 'What an installation is doing: the worst of what its workloads do. Values may be added.',
  values: describedEnum<ReturnType<typeof componentState>>({
    HEALTHY: 'All its workloads are complete and well.',
    UPGRADING: 'A workload is on its way to another revision, or held back there.',
    STUCK: 'A workload is stuck on its way to another revision.',
    DEGRADED: 'A workload is where it should be and not well.',
    UNKNOWN: 'Cannot be told.',
  }),
});

const componentStateFilter = defineEnumFilter('ComponentState', ComponentState);

export const componentInstanceFilter = defineFilter<Instance>('ComponentInstance', {
  version: versionField({ description: 'Version that is installed.' }, ({ version }) => version),
  image: stringField({ description: 'Image that is the version.' }, ({ image }) => image),
  state: enumField(componentStateFilter, { description: 'What the installation is doing.', reads: STATUS_READS }, stateSettled),
  namespace: stringField({ description: 'Namespace of the installation.' }, ({ namespace }) => namespace),
});

/** Where the rights to STATUS_READS are settled already. */
export function stateSettled(instance: Instance, ctx: GraphContext): ReturnType<typeof componentState> {
  return componentState(instance.workloads.map((workload) => statusSettled(workload, ctx)));
}

const BY_PLACE = sortingBy<Instance>(
  'ComponentInstance',
  [],
  [({ cluster }) => cluster, ({ component }) => component, ({ namespace }) => namespace, ({ instance }) => instance],
);

export interface InstanceListing {
  readonly scope: MaybePromise<ClusterScope>;
  readonly component?: string;
  readonly filter?: FilterInput | null | undefined;
}

export function listInstances(
  ctx: GraphContext,
  { scope, component, filter }: InstanceListing,
  page: PageArguments,
): MaybePromise<Connection<Instance>> {
  const { matches, reads } = componentInstanceFilter.compile(filter);
  const settled = whenReady(scope, ({ clusters }) => settleReads(ctx, clusters, reads));
  return whenReady(settled, () =>
    whenReady(visibleInstances(ctx, scope, component), ({ instances, parts }) => {
      const rows = () => instances.filter((instance) => matches(instance, ctx));
      return new Connection(ctx, rows, { sorting: BY_PLACE, page, parts });
    }),
  );
}

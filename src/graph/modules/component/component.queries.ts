import { type ComponentInstance, componentKindOf } from '../../../status/component.ts';
import { builder } from '../../builder.ts';
import { clustersInScope } from '../../cluster-scope.ts';
import { type ComponentRow, catalogueOf, componentNamed, visibleInstances } from '../../components.ts';
import { Connection } from '../../connection.ts';
import { defineConnection } from '../../connection-type.ts';
import { defineFilter, enumField, stringField } from '../../filters.ts';
import { whenReady } from '../../maybe-promise.ts';
import { defineOrder } from '../../orders.ts';
import { Component } from '../../refs.ts';
import { filterArg, orderArg, pageArgs } from '../lists.ts';
import { componentKindFilter } from './component.type.ts';

interface CataloguedComponent extends ComponentRow {
  readonly instances: readonly ComponentInstance[];
}

const ComponentConnection = defineConnection('Component', Component, 'components');

const componentFilter = defineFilter<CataloguedComponent>(
  'Component',
  {
    name: stringField({ description: 'Name of the component.' }, ({ component }) => component),
    componentKind: enumField(componentKindFilter, { description: 'What it is for.' }, ({ component, instances }) =>
      componentKindOf(component, instances),
    ),
  },
  'flat',
);

const componentOrder = defineOrder<ComponentRow>('Component', {
  fields: { NAME: { description: 'Name of the component.', of: ({ component }) => component } },
  key: [({ component }) => component],
  keyText: 'name',
});

builder.queryFields((t) => ({
  component: t.field({
    type: Component,
    nullable: true,
    description: 'One component by name; null when none is installed where the viewer may see it.',
    args: { name: t.arg.string({ required: true, description: 'Name of the component, e.g. `coredns`.' }) },
    resolve: (_root, { name }, ctx) => componentNamed(ctx, name),
  }),
  components: t.field({
    type: ComponentConnection,
    nullable: true,
    description: 'Components that are installed where the viewer may see them.',
    args: { ...filterArg(componentFilter), ...orderArg(componentOrder), ...pageArgs },
    resolve: (_root, { filter, orderBy, ...page }, ctx) => {
      const { matches } = componentFilter.compile(filter);
      const sorting = componentOrder.sorting(orderBy);
      return whenReady(visibleInstances(ctx, clustersInScope(ctx, undefined)), ({ parts }) =>
        whenReady(catalogueOf(ctx), (catalogue) => {
          const all = [...catalogue].map(([component, instances]) => ({ component, instances }));
          return new Connection<ComponentRow>(ctx, () => all.filter((row) => matches(row, ctx)), { sorting, page, parts });
        }),
      );
    },
  }),
}));

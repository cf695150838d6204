import { clusterOf } from '../../cluster-of.ts';
import { referenceOfEvent } from '../../references.ts';
import { Cluster, Event, Node, ObjectReference } from '../../refs.ts';

Event.implement({
  description:
    'Something that a component of Kubernetes noticed about an object. Kept for an hour at most, and at most 1,000 for each cluster.',
  interfaces: [Node],
  fields: (t) => ({
    cluster: t.field({
      type: Cluster,
      description: 'Cluster in which it happened.',
      resolve: (event, _args, ctx) => clusterOf(ctx, event),
    }),
    type: t.exposeString('type', { description: '`Normal` or `Warning`.' }),
    reason: t.exposeString('reason', { description: 'CamelCase code, e.g. `BackOff`. The set is open: components add their own.' }),
    message: t.exposeString('message', { description: 'What happened, for people.' }),
    count: t.exposeInt('count', { description: 'How often it was seen.' }),
    firstSeenAt: t.expose('firstSeenAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was first seen; null where the reporter did not say.',
    }),
    lastSeenAt: t.expose('lastSeenAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last seen; null where the reporter did not say.',
    }),
    regarding: t.field({ type: ObjectReference, description: 'Object that the event is about.', resolve: referenceOfEvent }),
  }),
});

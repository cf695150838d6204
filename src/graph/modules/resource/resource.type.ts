import { clusterOf } from '../../cluster-of.ts';
import { objectId } from '../../global-id.ts';
import { idOf, typeNameOf, typeNameOfRecord } from '../../node-rows.ts';
import { objectOfReference } from '../../references.ts';
import { Cluster, KubernetesObject, KubernetesResource, Node, ObjectReference } from '../../refs.ts';
import { EventConnection, eventsRegarding } from '../event/event.list.ts';

Node.implement({
  description: 'Anything with an id of its own: `node(id)` finds it again, as far as the viewer may see it.',
  resolveType: typeNameOf,
  fields: (t) => ({
    id: t.id({ description: 'Opaque and unique; the same object has the same id on every path. An id is not a right.', resolve: idOf }),
  }),
});

KubernetesResource.implement({
  description:
    'An object that lives in one cluster. Kinds without a type of their own are `KubernetesObject`; an object has one id and one type name on every path.',
  interfaces: [Node],
  resolveType: typeNameOfRecord,
  fields: (t) => ({
    cluster: t.field({
      type: Cluster,
      description: 'Cluster that the object lives in.',
      resolve: (object, _args, ctx) => clusterOf(ctx, object),
    }),
    apiVersion: t.exposeString('apiVersion', { description: 'API group and version that it was read at, e.g. `v1` or `apps/v1`.' }),
    kind: t.exposeString('kind', { description: "Kubernetes' name of the kind, e.g. `Pod` or `Deployment`." }),
    namespace: t.string({
      nullable: true,
      description: 'Namespace of the object; null for kinds that have none.',
      resolve: ({ namespace }) => namespace || undefined,
    }),
    name: t.exposeString('name', { description: 'Name of the object, unique for its kind in its namespace at a time.' }),
    uid: t.exposeString('uid', { description: "Kubernetes' uid: another object of the same name has another one." }),
    resourceVersion: t.exposeString('resourceVersion', { description: 'Version of the state shown; compare only within one object.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the API server created it.' }),
    deletionRequestedAt: t.expose('deletionRequestedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its deletion was asked for, if it is terminating; else null.',
    }),
    labels: t.expose('labels', { type: 'JSONObject', description: 'Its labels: texts by key.' }),
    label: t.string({
      nullable: true,
      description: 'Value of one label; null when the object does not carry it.',
      args: { key: t.arg.string({ required: true, description: 'Key of the label, e.g. `app.kubernetes.io/name`.' }) },
      resolve: ({ labels }, { key }) => (Object.hasOwn(labels, key) ? labels[key] : undefined),
    }),
    events: t.field({
      type: EventConnection,
      nullable: true,
      description: 'Events about the object, the latest first: those of the last hour that the gateway still holds.',
      args: { first: t.arg.int({ defaultValue: 20, description: 'Events wanted, 1 to 500.' }) },
      resolve: (object, { first }, ctx) => eventsRegarding(ctx, object, first),
    }),
  }),
});

KubernetesObject.implement({
  description: 'A kind without a type of its own; the fields of KubernetesResource and no more.',
  interfaces: [Node, KubernetesResource],
});

ObjectReference.implement({
  description: 'Names an object that the gateway may or may not hold.',
  fields: (t) => ({
    id: t.id({
      nullable: true,
      description: 'Global id of the object; null for kinds that the gateway does not keep, and where the reference names no uid.',
      resolve: ({ resource, uid, ...rest }) =>
        resource === undefined || uid === undefined ? undefined : objectId({ ...rest, resource, uid }),
    }),
    cluster: t.field({
      type: Cluster,
      description: 'Cluster that the object lives or lived in.',
      resolve: (reference, _args, ctx) => clusterOf(ctx, reference),
    }),
    apiVersion: t.exposeString('apiVersion', { description: 'API group and version by which it is named.' }),
    kind: t.exposeString('kind', { description: "Kubernetes' name of the kind." }),
    namespace: t.string({
      nullable: true,
      description: 'Namespace; null for kinds that have none.',
      resolve: ({ namespace }) => namespace || undefined,
    }),
    name: t.exposeString('name', { description: 'Name of the object.' }),
    object: t.field({
      type: KubernetesResource,
      nullable: true,
      description: 'The object itself; null when it is gone, is not held or may not be seen.',
      resolve: (reference, _args, ctx) => objectOfReference(ctx, reference),
    }),
  }),
});

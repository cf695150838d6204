/** Answers as tables: what `kubectl get` asks for. */
import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import type { GroupResource } from '../../model/resource.ts';
import { collectionOf, type ServedResource } from '../resources/resource-definition.ts';
import {
  AGE_TABLE,
  AUTOSCALER_TABLE,
  BINDING_TABLE,
  BUDGET_TABLE,
  CONFIG_MAP_TABLE,
  CREATED_AT_TABLE,
  EVENT_TABLE,
  LEASE_TABLE,
  NAMESPACE_TABLE,
  NODE_TABLE,
  SECRET_TABLE,
  SERVICE_TABLE,
} from './core-tables.ts';
import { customTable } from './custom-table.ts';
import { POD_TABLE } from './pod-table.ts';
import type { TableKind } from './table-kind.ts';
import { DAEMON_SET_TABLE, DEPLOYMENT_TABLE, REPLICA_SET_TABLE, REVISION_TABLE, STATEFUL_SET_TABLE } from './workload-tables.ts';

const TABLES: Readonly<Record<GroupResource, TableKind>> = {
  pods: POD_TABLE,
  nodes: NODE_TABLE,
  namespaces: NAMESPACE_TABLE,
  events: EVENT_TABLE,
  services: SERVICE_TABLE,
  configmaps: CONFIG_MAP_TABLE,
  secrets: SECRET_TABLE,
  serviceaccounts: AGE_TABLE,
  'deployments.apps': DEPLOYMENT_TABLE,
  'replicasets.apps': REPLICA_SET_TABLE,
  'statefulsets.apps': STATEFUL_SET_TABLE,
  'daemonsets.apps': DAEMON_SET_TABLE,
  'controllerrevisions.apps': REVISION_TABLE,
  'poddisruptionbudgets.policy': BUDGET_TABLE,
  'leases.coordination.k8s.io': LEASE_TABLE,
  'horizontalpodautoscalers.autoscaling': AUTOSCALER_TABLE,
  'rolebindings.rbac.authorization.k8s.io': BINDING_TABLE,
  'clusterrolebindings.rbac.authorization.k8s.io': BINDING_TABLE,
};

export function tableKindOf({ definition, version }: ServedResource): TableKind {
  const columns = definition.printerColumns?.[version] ?? [];
  if (columns.length > 0) return customTable(columns);
  if (definition.isCustom) return AGE_TABLE;
  const collection = collectionOf(definition);
  return Object.hasOwn(TABLES, collection) ? (TABLES[collection] ?? CREATED_AT_TABLE) : CREATED_AT_TABLE;
}

/** What each row carries of its object. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

export interface TableRequest {
  readonly kind: TableKind;
  readonly nowMs: number;
  readonly includeObject: IncludeObject;
  readonly apiVersion: string;
  /** ListMeta of the answer. */
  readonly metadata: JsonObject;
  /** A watch names its columns with the first event only. */
  readonly omitsColumns?: boolean;
}

/** `objects` as stored: tables read the stored form. */
export function tableOf(objects: readonly KubeObject[], request: TableRequest): JsonObject {
  const { kind, metadata, apiVersion, omitsColumns } = request;
  const columnDefinitions = omitsColumns ? null : kind.columns.map((column) => ({ description: '', ...column }));
  return { kind: 'Table', apiVersion, metadata, columnDefinitions, rows: objects.map((object) => rowOf(object, request)) };
}

function rowOf(object: KubeObject, { kind, nowMs, includeObject }: TableRequest): JsonObject {
  const cells = kind.cells(object, nowMs);
  if (includeObject === 'None') return { cells };
  return { cells, object: includeObject === 'Object' ? object : partialMetadata(object) };
}

export function partialMetadata(object: KubeObject): JsonObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

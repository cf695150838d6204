import type { ObjectRecord } from '../model/object-record.ts';
import { clusterId, componentId, instanceId, objectId, operationId, rolloutId } from './global-id.ts';
import { typeNameOfResource } from './kinds.ts';
import type { NodeRow } from './refs.ts';
import { isRun } from './runs.ts';
import { EVENTS } from './shelves.ts';

/** The global id of any row that has one. */
export function idOf(row: NodeRow): string {
  // First: a run is shaped like a record of the kind that it moves.
  if (isRun(row)) return rolloutId(row.uid);
  if ('resource' in row) return objectId(row);
  if ('record' in row) return clusterId(row.record.name);
  if ('regarding' in row) return objectId({ ...row, resource: EVENTS });
  if ('mutation' in row) return operationId(row.id);
  return 'instance' in row ? instanceId(row) : componentId(row.component);
}

/** The name of its GraphQL type: the same on every path. */
export function typeNameOf(row: NodeRow): string {
  if (isRun(row)) return 'Rollout';
  if ('resource' in row) return typeNameOfRecord(row);
  if ('record' in row) return 'Cluster';
  if ('regarding' in row) return 'Event';
  if ('mutation' in row) return 'Operation';
  return 'instance' in row ? 'ComponentInstance' : 'Component';
}

export function typeNameOfRecord({ resource }: ObjectRecord): string {
  return typeNameOfResource(resource);
}

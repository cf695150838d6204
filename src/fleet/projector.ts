import type { EventRecord } from '../model/event-record.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { ObjectRecord } from '../model/object-record.ts';
import type { GroupResource } from '../model/resource.ts';
import type { FlawReport } from './projection/fields.ts';
import { projectEvent } from './projection/project-event.ts';
import { projectorFor as objectProjectorFor } from './projection/projectors.ts';

/** Makes the flat record of an object: an `EventRecord` of an event, an `ObjectRecord` of everything else. */
export type Projector = (object: KubeObject, cluster: string) => ObjectRecord | EventRecord;

/** Undefined for kinds of which no records are kept. `flaw` hears of fields that were not of the promised type. */
export type ProjectorFor = (resource: GroupResource, flaw: FlawReport) => Projector | undefined;

export const projectorFor: ProjectorFor = (resource, flaw) =>
  resource === 'events' ? (object, cluster) => projectEvent(object, cluster, flaw) : objectProjectorFor(resource, flaw);

import type { EventRecord } from '../../model/event-record.ts';
import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import { envelopeOf } from './envelope.ts';
import { countAt, type FlawReport, fieldsAt, ignoreFlaws, instantAt, isFields, type Mutable, messageAt, textAt } from './fields.ts';

/**
 * A v1 Event, or the same event by its other name (events.k8s.io/v1: note, regarding, deprecated fields).
 * New recorders leave the old counters and timestamps empty and write eventTime and series.
 */
export function projectEvent(object: KubeObject, cluster: string, flaw: FlawReport = ignoreFlaws): EventRecord {
  const envelope = envelopeOf(object, cluster, 'events', flaw);
  const series = fieldsAt(object, 'series', flaw);
  const event: Mutable<EventRecord> = {
    cluster,
    namespace: envelope.namespace,
    name: envelope.name,
    uid: envelope.uid,
    resourceVersion: envelope.resourceVersion,
    type: textAt(object, 'type', flaw) ?? 'Normal',
    reason: textAt(object, 'reason', flaw) ?? '',
    message: messageAt(object, 'message', flaw) ?? messageAt(object, 'note', flaw) ?? '',
    count: countOf(object, series, flaw),
    regarding: regardingOf(object, flaw),
  };
  const eventTime = instantAt(object, 'eventTime', flaw);
  const created = envelope.createdAt === 0 ? undefined : envelope.createdAt;
  const first = instantAt(object, 'firstTimestamp', flaw) ?? instantAt(object, 'deprecatedFirstTimestamp', flaw) ?? eventTime ?? created;
  const last = lastSeenAt(object, series, flaw) ?? eventTime ?? created;
  if (first !== undefined) event.firstSeenAt = first;
  if (last !== undefined) event.lastSeenAt = last;
  return event;
}

function countOf(object: KubeObject, series: JsonObject, flaw: FlawReport): number {
  const repeated = countAt(series, 'count', flaw);
  if (repeated > 0) return repeated;
  return countAt(object, 'count', flaw) || countAt(object, 'deprecatedCount', flaw) || 1;
}

function lastSeenAt(object: KubeObject, series: JsonObject, flaw: FlawReport): number | undefined {
  return (
    instantAt(series, 'lastObservedTime', flaw) ??
    instantAt(object, 'lastTimestamp', flaw) ??
    instantAt(object, 'deprecatedLastTimestamp', flaw)
  );
}

function regardingOf(object: KubeObject, flaw: FlawReport): EventRecord['regarding'] {
  const source = isFields(object['involvedObject']) ? object['involvedObject'] : fieldsAt(object, 'regarding', flaw);
  const regarding = {
    apiVersion: textAt(source, 'apiVersion', flaw) ?? '',
    kind: textAt(source, 'kind', flaw) ?? '',
    namespace: textAt(source, 'namespace', flaw) ?? '',
    name: textAt(source, 'name', flaw) ?? '',
  };
  const uid = textAt(source, 'uid', flaw);
  return uid === undefined ? regarding : { ...regarding, uid };
}

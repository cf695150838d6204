import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import type { ObjectRecord, OwnerRef } from '../../model/object-record.ts';
import type { GroupResource } from '../../model/resource.ts';
import { type FlawReport, fieldsAt, instantAt, isFields, itemsAt, type Mutable, textAt } from './fields.ts';

const NO_LABELS: Readonly<Record<string, string>> = Object.freeze({});

/** What every record has. Identity that is missing becomes '' and is reported. */
export function envelopeOf(object: KubeObject, cluster: string, resource: GroupResource, flaw: FlawReport): ObjectRecord {
  const metadata = fieldsAt(object, 'metadata', flaw);
  const record: Mutable<ObjectRecord> = {
    cluster,
    resource,
    apiVersion: required(object, 'apiVersion', flaw),
    kind: required(object, 'kind', flaw),
    namespace: textAt(metadata, 'namespace', flaw) ?? '',
    name: required(metadata, 'name', flaw),
    uid: required(metadata, 'uid', flaw),
    resourceVersion: required(metadata, 'resourceVersion', flaw),
    createdAt: instantAt(metadata, 'creationTimestamp', flaw) ?? 0,
    labels: labelsOf(metadata, flaw),
  };
  const deletion = instantAt(metadata, 'deletionTimestamp', flaw);
  if (deletion !== undefined) record.deletionRequestedAt = deletionRequestedAt(metadata, deletion, flaw);
  return record;
}

/** The controlling owner. */
export function ownerOf(object: KubeObject, flaw: FlawReport): OwnerRef | undefined {
  for (const item of itemsAt(fieldsAt(object, 'metadata', flaw), 'ownerReferences', flaw)) {
    if (!isFields(item) || item['controller'] !== true) continue;
    return {
      apiVersion: required(item, 'apiVersion', flaw),
      kind: required(item, 'kind', flaw),
      name: required(item, 'name', flaw),
      uid: required(item, 'uid', flaw),
    };
  }
  return undefined;
}

/** The value of one annotation; no other annotation is looked at. */
export function annotationOf(metadata: JsonObject, key: string, flaw: FlawReport): string | undefined {
  const annotations = fieldsAt(metadata, 'annotations', flaw);
  return Object.hasOwn(annotations, key) ? textAt(annotations, key, flaw) : undefined;
}

/** The object's own labels when all are text, which they are; else a copy without the others. */
function labelsOf(metadata: JsonObject, flaw: FlawReport): Readonly<Record<string, string>> {
  const labels = fieldsAt(metadata, 'labels', flaw);
  let count = 0;
  for (const key in labels) {
    if (typeof labels[key] !== 'string') return onlyTexts(labels, flaw);
    count += 1;
  }
  return count === 0 ? NO_LABELS : (labels as Record<string, string>);
}

function onlyTexts(labels: JsonObject, flaw: FlawReport): Readonly<Record<string, string>> {
  flaw('labels');
  // fromEntries defines its members, so a label called __proto__ stays a label.
  return Object.fromEntries(Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function required(source: JsonObject, field: string, flaw: FlawReport): string {
  const value = source[field];
  if (typeof value === 'string') return value;
  flaw(field);
  return '';
}

/** deletionTimestamp is when the grace period ends; the record says when deletion was asked for. */
function deletionRequestedAt(metadata: JsonObject, deletion: number, flaw: FlawReport): number {
  const grace = metadata['deletionGracePeriodSeconds'];
  if (typeof grace === 'number' && grace > 0) return deletion - grace * 1_000;
  if (grace !== undefined && grace !== null && grace !== 0) flaw('deletionGracePeriodSeconds');
  return deletion;
}

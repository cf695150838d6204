import { groupResourceOf, type Resource } from '../../model/resource.ts';
import type { FieldMask } from '../field-mask.ts';
import type { Call } from './api-caller.ts';

/** What to ask for instead of a whole object. A server that does not know it may send the object. */
export const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
export const LIST_OF_METADATA = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/** Neither data nor annotations: the last applied configuration is the whole object again. */
export const METADATA_FIELDS: FieldMask = {
  metadata: { creationTimestamp: true, deletionTimestamp: true, labels: true, ownerReferences: true },
};

/** Kinds whose contents have no business in this process. */
const SENSITIVE: ReadonlySet<string> = new Set(['secrets']);

export function isSensitive(resource: Resource): boolean {
  return SENSITIVE.has(groupResourceOf(resource));
}

/**
 * In which form to ask for objects. Where the contents are withheld nothing else is accepted: a server that cannot
 * answer in it refuses, rather than send what nobody may see.
 */
export function contentOf(
  form: string,
  wanted: { readonly isWithheld: boolean; readonly metadataOnly?: boolean | undefined },
): Pick<Call, 'accept'> {
  if (wanted.isWithheld) return { accept: form };
  return wanted.metadataOnly === true ? { accept: `${form},application/json` } : {};
}

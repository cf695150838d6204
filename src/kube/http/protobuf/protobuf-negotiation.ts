import { groupResourceOf, type Resource } from '../../../model/resource.ts';
import type { FieldMask } from '../../field-mask.ts';
import { PROTOBUF_TYPE } from '../../protobuf/message-rules.ts';
import type { AnswerHeaders } from '../api-caller.ts';
import { isSensitive } from '../metadata-only.ts';
import { ProtobufKind } from './protobuf-kind.ts';

/** What to ask for where both forms are understood; the server decides, and says which one it is. */
export const PROTOBUF_OR_JSON = `${PROTOBUF_TYPE},application/json`;

/** Which kinds of one cluster are asked for in protobuf: those that have that form, until an answer cannot be read. */
export class ProtobufNegotiation {
  readonly #given = new Set<string>();

  /** Undefined: ask for JSON. Whole objects are JSON: only with a mask is there something to pass over. */
  kindOf(resource: Resource, fields: FieldMask | undefined): ProtobufKind | undefined {
    if (fields === undefined || isSensitive(resource) || this.#given.has(groupResourceOf(resource))) return undefined;
    return ProtobufKind.of(resource, fields);
  }

  /** An answer could not be read: JSON from now on. */
  giveUp(resource: Resource): void {
    this.#given.add(groupResourceOf(resource));
  }
}

export function isProtobuf(headers: AnswerHeaders): boolean {
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  return type.trim().toLowerCase() === PROTOBUF_TYPE;
}

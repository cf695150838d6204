import { apiVersionOf, type Resource } from '../../../model/resource.ts';
import type { FieldMask } from '../../field-mask.ts';
import { messageOf } from '../../protobuf/message-rules.ts';
import type { Envelope, Span } from './envelope.ts';
import { knownPlanOf, type MessagePlan, objectPlanOf } from './field-plan.ts';
import { MessageReader } from './message-reader.ts';
import { UNREADABLE } from './unreadable-protobuf.ts';

/** Groups whose kinds Kubernetes itself serves. A kind of the same name in another group is another kind. */
const BUILT_IN_GROUPS: ReadonlySet<string> = new Set(['', 'apps', 'events.k8s.io']);

const reader = new MessageReader();
const TYPE_META = knownPlanOf('TypeMeta');
const LIST_META = knownPlanOf('ListMeta');
const STATUS = knownPlanOf('Status');
const BOOKMARK_FIELDS: FieldMask = { metadata: { annotations: true } };

type Members = Record<string, unknown>;

/** Reads objects of one built-in kind, as much of them as a mask wants. All of it throws `UnreadableProtobuf`. */
export class ProtobufKind {
  readonly #apiVersion: string;
  readonly #kind: string;
  readonly #object: MessagePlan;
  readonly #bookmark: MessagePlan;
  /** The bytes in which the type of the last object was told, rightly: those of the next are mostly the same. */
  #typeMeta: Buffer = Buffer.alloc(0);

  private constructor(resource: Resource, message: string, fields: FieldMask) {
    this.#apiVersion = apiVersionOf(resource);
    this.#kind = resource.kind;
    this.#object = objectPlanOf(message, fields);
    this.#bookmark = objectPlanOf(message, BOOKMARK_FIELDS);
  }

  /** Undefined for kinds that have no protobuf form here. */
  static of(resource: Resource, fields: FieldMask): ProtobufKind | undefined {
    if (!BUILT_IN_GROUPS.has(resource.group) || resource.version !== 'v1') return undefined;
    const message = messageOf(resource.group, resource.kind);
    return message === undefined ? undefined : new ProtobufKind(resource, message, fields);
  }

  /** How many values the item that was read last is made of, itself too. */
  get values(): number {
    return reader.values;
  }

  /** An item of a list: without apiVersion and kind, as in JSON. */
  item(bytes: Buffer, span: Span): Members {
    return reader.read(bytes, span, this.#object);
  }

  object(bytes: Buffer, envelope: Envelope): Members {
    return this.#read(bytes, envelope, this.#object);
  }

  /** An object that has but a version and annotations. */
  bookmark(bytes: Buffer, envelope: Envelope): Members {
    return this.#read(bytes, envelope, this.#bookmark);
  }

  /** The type that a list of this kind has, and no other. */
  listType(bytes: Buffer, span: Span): Members {
    const type = reader.read(bytes, span, TYPE_META);
    if (type['apiVersion'] !== this.#apiVersion || type['kind'] !== `${this.#kind}List`) throw UNREADABLE;
    return type;
  }

  listMetadata(bytes: Buffer, span: Span): Members {
    return reader.read(bytes, span, LIST_META);
  }

  #read(bytes: Buffer, { typeMeta, object }: Envelope, plan: MessagePlan): Members {
    if (!isSameAt(bytes, typeMeta, this.#typeMeta)) {
      const { apiVersion, kind } = reader.read(bytes, typeMeta, TYPE_META);
      if (apiVersion !== this.#apiVersion || kind !== this.#kind) throw UNREADABLE;
      this.#typeMeta = Buffer.from(bytes.subarray(typeMeta.from, typeMeta.to));
    }
    return reader.read(bytes, object, plan, { apiVersion: this.#apiVersion, kind: this.#kind });
  }
}

/** A Status, whichever kind was asked for. Throws `UnreadableProtobuf`. */
export function statusAt(bytes: Buffer, { typeMeta, object }: Envelope): Members {
  const members = reader.read(bytes, typeMeta, TYPE_META);
  if (members['kind'] !== 'Status') throw UNREADABLE;
  return reader.read(bytes, object, STATUS, members);
}

function isSameAt(bytes: Buffer, { from, to }: Span, known: Buffer): boolean {
  if (to - from !== known.length || known.length === 0) return false;
  for (let at = 0; at < known.length; at += 1) if (bytes[from + at] !== known[at]) return false;
  return true;
}

/** Reads Kubernetes' protobuf form, which kubectl sends for built-in kinds, into the JSON form. */
import { type FieldRule, MAGIC, messageOf, rulesOf } from '../../kube/protobuf/message-rules.ts';
import type { JsonObject } from '../../model/kube-object.ts';
import { parseApiVersion } from '../../model/resource.ts';
import { badRequest } from '../status.ts';
import { type WireField, wireFields } from './protobuf-wire.ts';

/** Throws 400 for what is no such message or one of a kind that is not known here. */
export function decodeKubernetesProtobuf(body: Uint8Array): JsonObject {
  if (!MAGIC.every((byte, at) => body[at] === byte))
    throw badRequest('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  const envelope = new Map(wireFields(body.subarray(MAGIC.length)).map((field) => [field.number, field]));
  const typeMeta = decodeMessage('TypeMeta', envelope.get(1)?.bytes ?? new Uint8Array());
  const apiVersion = String(typeMeta['apiVersion'] ?? '');
  const kind = String(typeMeta['kind'] ?? '');
  const message = messageOf(parseApiVersion(apiVersion).group, kind);
  if (message === undefined) throw badRequest(`no kind "${kind}" of "${apiVersion}" is known in the protobuf form: send JSON`);
  return { apiVersion, kind, ...decodeMessage(message, envelope.get(2)?.bytes ?? new Uint8Array()) };
}

function decodeMessage(message: string, bytes: Uint8Array): JsonObject {
  const rules = rulesOf(message);
  const object: JsonObject = {};
  for (const field of wireFields(bytes)) {
    const rule = rules.get(field.number);
    if (rule !== undefined) addField(object, rule, field);
  }
  return object;
}

function addField(object: JsonObject, { name, type, form, isPointer, tellsZero }: FieldRule, field: WireField): void {
  switch (form) {
    case 'inline':
      Object.assign(object, decodeMessage(type, field.bytes));
      return;
    case 'list':
      object[name] = [...((object[name] as unknown[] | undefined) ?? []), decodeValue(type, field)];
      return;
    case 'map':
      object[name] = { ...(object[name] as JsonObject | undefined), ...mapEntry(type, field.bytes) };
      return;
    case 'single': {
      const value = decodeValue(type, field);
      // Go always sends what is no pointer; as JSON most zeros would be left out.
      if (isPointer || tellsZero || !(value === '' || value === 0 || value === false)) object[name] = value;
    }
  }
}

function mapEntry(type: string, bytes: Uint8Array): JsonObject {
  const entry = new Map(wireFields(bytes).map((field) => [field.number, field]));
  const key = textOf(entry.get(1)?.bytes);
  const value = decodeValue(type, entry.get(2) ?? { number: 2, integer: 0n, bytes: new Uint8Array() });
  return key === '__proto__' ? {} : { [key]: value };
}

const textOf = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? new Uint8Array()).toString('utf8');

function decodeValue(type: string, { integer, bytes }: WireField): unknown {
  switch (type) {
    case 's':
      return textOf(bytes);
    case 'i':
      return Number(BigInt.asIntN(64, integer));
    case 'b':
      return integer !== 0n;
    case 'd':
      return bytes.length === 8 ? Buffer.from(bytes).readDoubleLE() : 0;
    case 'y':
      return Buffer.from(bytes).toString('base64');
    case 'q':
      return textOf(wireFields(bytes)[0]?.bytes);
    case 'n':
      return intOrString(bytes);
    case 't':
    case 'u':
      return timestamp(bytes, type === 'u');
    case 'r':
      return embeddedJson(bytes);
    case 'x':
      return wireFields(bytes).map((field) => textOf(field.bytes));
    default:
      return decodeMessage(type, bytes);
  }
}

function intOrString(bytes: Uint8Array): number | string {
  const fields = new Map(wireFields(bytes).map((field) => [field.number, field]));
  return fields.get(1)?.integer === 1n ? textOf(fields.get(3)?.bytes) : Number(BigInt.asIntN(32, fields.get(2)?.integer ?? 0n));
}

/** An empty message is Go's zero time: null in JSON. */
function timestamp(bytes: Uint8Array, hasMicroseconds: boolean): string | null {
  if (bytes.length === 0) return null;
  const fields = new Map(wireFields(bytes).map((field) => [field.number, field.integer]));
  const seconds = Number(BigInt.asIntN(64, fields.get(1) ?? 0n));
  const text = new Date(seconds * 1000).toISOString().slice(0, 19);
  if (!hasMicroseconds) return `${text}Z`;
  const microseconds = Math.trunc(Number(fields.get(2) ?? 0n) / 1000);
  return `${text}.${String(microseconds).padStart(6, '0')}Z`;
}

function embeddedJson(bytes: Uint8Array): unknown {
  const raw = wireFields(bytes).find(({ number }) => number === 1)?.bytes;
  if (raw === undefined || raw.length === 0) return null;
  try {
    return JSON.parse(textOf(raw));
  } catch {
    throw badRequest('an embedded object is not JSON');
  }
}

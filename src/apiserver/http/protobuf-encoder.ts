/** Writes objects of built-in kinds in Kubernetes' protobuf form, field by field as Go writes them. */
import { type FieldRule, MAGIC, messageOf, rulesOf } from '../../kube/protobuf/message-rules.ts';
import type { JsonObject } from '../../model/kube-object.ts';
import { parseApiVersion } from '../../model/resource.ts';
import { isJsonObject } from '../json-value.ts';
import { bytesField, bytesHead, doubleField, integerField, textField } from './protobuf-fields.ts';

/** An object in its envelope. Members that its kind does not have, or not of that type, are left out. */
export function encodeKubernetesProtobuf(object: JsonObject): Buffer {
  const apiVersion = String(object['apiVersion'] ?? '');
  const kind = String(object['kind'] ?? '');
  const message = messageNamed(apiVersion, kind);
  return inEnvelope(apiVersion, kind, encodeMessage(message, object));
}

export interface ProtobufList {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: JsonObject;
  readonly items: readonly JsonObject[];
}

/** A list of objects of `kind` in its envelope. */
export function encodeProtobufList({ apiVersion, kind, metadata, items }: ProtobufList): Buffer {
  const message = messageNamed(apiVersion, kind);
  const encoded = Buffer.concat(items.map((item) => encodeListItem(message, item)));
  return Buffer.concat([protobufListHead({ apiVersion, kind, metadata }, encoded.length), encoded, ENVELOPE_TAIL]);
}

/** One object as it stands in a list. */
export function encodeListItem(message: string, item: JsonObject): Buffer {
  return bytesField(2, encodeMessage(message, item));
}

/** All of a list's envelope that comes before items of so many bytes; `ENVELOPE_TAIL` comes behind them. */
export function protobufListHead({ apiVersion, kind, metadata }: Omit<ProtobufList, 'items'>, itemsBytes: number): Buffer {
  const listMeta = bytesField(1, encodeMessage('ListMeta', metadata));
  return Buffer.concat([envelopeHead(apiVersion, `${kind}List`, listMeta.length + itemsBytes), listMeta]);
}

/** How the object is compressed, and what it is called: not at all. */
export const ENVELOPE_TAIL = Buffer.concat([textField(3, ''), textField(4, '')]);

/** One event of a watch as a frame: its length, then what happened and to what. */
export function encodeWatchFrame(type: string, object: JsonObject): Buffer {
  const encoded = encodeKubernetesProtobuf(object);
  const event = Buffer.concat([textField(1, type), bytesField(2, bytesField(1, encoded))]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(event.length);
  return Buffer.concat([length, event]);
}

/** Throws for a kind without this form: a defect of the caller. */
function messageNamed(apiVersion: string, kind: string): string {
  const message = messageOf(parseApiVersion(apiVersion).group, kind);
  if (message === undefined) throw new Error(`${kind} of ${apiVersion} has no protobuf form`);
  return message;
}

function inEnvelope(apiVersion: string, kind: string, content: Buffer): Buffer {
  return Buffer.concat([envelopeHead(apiVersion, kind, content.length), content, ENVELOPE_TAIL]);
}

function envelopeHead(apiVersion: string, kind: string, contentBytes: number): Buffer {
  const type = Buffer.concat([textField(1, apiVersion), textField(2, kind)]);
  return Buffer.concat([Buffer.from(MAGIC), bytesField(1, type), bytesHead(2, contentBytes)]);
}

function encodeMessage(message: string, object: JsonObject): Buffer {
  const fields: Buffer[] = [];
  for (const [number, rule] of rulesOf(message)) encodeField(fields, number, rule, object);
  return Buffer.concat(fields);
}

function encodeField(fields: Buffer[], number: number, rule: FieldRule, object: JsonObject): void {
  const { name, type, form } = rule;
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  switch (form) {
    case 'inline':
      fields.push(bytesField(number, encodeMessage(type, object)));
      return;
    case 'single':
      push(fields, encodeValue(number, type, value === undefined && !rule.isPointer ? ZEROS[type] : value));
      return;
    case 'list':
      if (Array.isArray(value)) fields.push(...value.map((item) => encodeValue(number, type, item)).filter((it) => it !== undefined));
      return;
    case 'map':
      if (isJsonObject(value)) fields.push(...encodeMap(number, type, value));
  }
}

/** What Go sends of a field that is no pointer and not set. */
const ZEROS: Readonly<Record<string, unknown>> = { s: '', i: 0, b: false, d: 0 };

function push(fields: Buffer[], field: Buffer | undefined): void {
  if (field !== undefined) fields.push(field);
}

function encodeMap(number: number, type: string, map: JsonObject): Buffer[] {
  const entries: Buffer[] = [];
  for (const key of Object.keys(map).sort()) {
    const field = encodeValue(2, type, map[key]);
    if (field !== undefined) entries.push(bytesField(number, Buffer.concat([textField(1, key), field])));
  }
  return entries;
}

/** Undefined for a value that is not of the type. */
function encodeValue(number: number, type: string, value: unknown): Buffer | undefined {
  switch (type) {
    case 's':
      return typeof value === 'string' ? textField(number, value) : undefined;
    case 'i':
      return Number.isInteger(value) ? integerField(number, value as number) : undefined;
    case 'b':
      return typeof value === 'boolean' ? integerField(number, value ? 1 : 0) : undefined;
    case 'd':
      return typeof value === 'number' ? doubleField(number, value) : undefined;
    default: {
      const content = encodeContent(type, value);
      return content === undefined ? undefined : bytesField(number, content);
    }
  }
}

function encodeContent(type: string, value: unknown): Buffer | undefined {
  switch (type) {
    case 'y':
      return typeof value === 'string' ? Buffer.from(value, 'base64') : undefined;
    case 'q':
      return typeof value === 'string' || typeof value === 'number' ? textField(1, String(value)) : undefined;
    case 'n':
      return encodeIntOrString(value);
    case 't':
    case 'u':
      return encodeTime(value);
    case 'r':
      return value === undefined || value === null ? undefined : textField(1, JSON.stringify(value));
    case 'x':
      return Array.isArray(value) ? Buffer.concat(value.map((text) => textField(1, String(text)))) : undefined;
    default:
      return isJsonObject(value) ? encodeMessage(type, value) : undefined;
  }
}

function encodeIntOrString(value: unknown): Buffer | undefined {
  if (typeof value === 'string') return Buffer.concat([integerField(1, 1), integerField(2, 0), textField(3, value)]);
  return Number.isInteger(value) ? Buffer.concat([integerField(1, 0), integerField(2, value as number), textField(3, '')]) : undefined;
}

/** Go's zero time, null in JSON, is empty. */
function encodeTime(value: unknown): Buffer | undefined {
  if (value === null) return Buffer.alloc(0);
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms)) return undefined;
  const [, digits = ''] = /\.([0-9]{1,9})/.exec(value as string) ?? [];
  return Buffer.concat([integerField(1, Math.floor(ms / 1_000)), integerField(2, Number(digits.padEnd(9, '0')))]);
}

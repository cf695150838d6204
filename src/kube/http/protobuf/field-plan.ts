import { type FieldMask, INSTANT } from '../../field-mask.ts';
import { type FieldRule, rulesOf } from '../../protobuf/message-rules.ts';
import { CompiledMask, withIdentity } from '../compiled-mask.ts';
import { holdsSharedTexts } from '../text-cache.ts';

/** How the value of a field is read. */
export const READ = {
  text: 0,
  integer: 1,
  flag: 2,
  double: 3,
  base64: 4,
  quantity: 5,
  intOrString: 6,
  time: 7,
  microTime: 8,
  json: 9,
  texts: 10,
  message: 11,
  instant: 12,
  microInstant: 13,
} as const;

/** Where the value of a field goes: alone, behind others, under a key, or its members into the parent. */
export const FORM = { single: 0, list: 1, map: 2, inline: 3 } as const;

type Code<T> = T[keyof T];

/** What to do with one field that is wanted. All of one shape: the hot path looks at nothing else. */
export interface FieldPlan {
  readonly name: string;
  readonly read: Code<typeof READ>;
  readonly form: Code<typeof FORM>;
  /** More than one of it may come. */
  readonly repeats: boolean;
  /** How it is written: 0 a varint, 1 eight bytes, 2 a length and so many bytes. */
  readonly wire: 0 | 1 | 2;
  /** Zero is as good as absent. */
  readonly dropsZero: boolean;
  /** Of a message: its own fields. */
  readonly within: MessagePlan | undefined;
  /** Of a map: the keys that are wanted; undefined: all. */
  readonly keys: CompiledMask | undefined;
  /** Texts may be kept to be used again: not below what is wanted whole, where passwords may be. */
  readonly sharesTexts: boolean;
  /** Of embedded JSON: what is wanted of it; undefined: all. */
  readonly cut: FieldMask | undefined;
}

/** By number; a field that is not wanted, or not known, is a hole. */
export interface MessagePlan {
  readonly fields: readonly (FieldPlan | undefined)[];
  /**
   * All of the message is wanted, and so is what a newer server may have added to it: a field that is not known makes
   * it unreadable. Its JSON tells that field.
   */
  readonly isStrict: boolean;
}

const READS: Readonly<Record<string, Code<typeof READ>>> = {
  s: READ.text,
  i: READ.integer,
  b: READ.flag,
  d: READ.double,
  y: READ.base64,
  q: READ.quantity,
  n: READ.intOrString,
  t: READ.time,
  u: READ.microTime,
  r: READ.json,
  x: READ.texts,
};

const objectPlans = new WeakMap<FieldMask, Map<string, MessagePlan>>();
const strictPlans = new Map<string, MessagePlan>();
const lenientPlans = new Map<string, MessagePlan>();

/**
 * Of a kind's message, for what `mask` wants of an object and its identity. What the mask wants whole, and everything
 * in it, is strict: a template is compared with copies of it that are told in JSON alone. Where the mask names members
 * it wants no others, known or not.
 */
export function objectPlanOf(message: string, mask: FieldMask): MessagePlan {
  const plans = objectPlans.get(mask) ?? new Map<string, MessagePlan>();
  objectPlans.set(mask, plans);
  return remembered(plans, message, () => planOf(message, withIdentity(mask), wholePlanOf));
}

/**
 * Of a message that goes around objects or tells of them (types, metadata of lists, errors), all that is known of it.
 * Never strict: nobody reads more of these, and newer servers add to them.
 */
export function knownPlanOf(message: string): MessagePlan {
  return remembered(lenientPlans, message, () => planOf(message, undefined, knownPlanOf));
}

/** Of a message that a mask wants whole. */
function wholePlanOf(message: string): MessagePlan {
  return remembered(strictPlans, message, () => planOf(message, undefined, wholePlanOf));
}

function remembered(plans: Map<string, MessagePlan>, message: string, make: () => MessagePlan): MessagePlan {
  const known = plans.get(message);
  if (known !== undefined) return known;
  const plan = make();
  plans.set(message, plan);
  return plan;
}

/** Texts that are told of one object alone: nothing is won by keeping them, and what is shared would have to go. */
const UNIQUE: ReadonlySet<string> = new Set(['ObjectMeta.name', 'ObjectMeta.uid', 'ObjectMeta.resourceVersion', 'PodStatus.podIP']);

type PlanOfMessage = (message: string) => MessagePlan;

/** `planOfWhole` makes the plans of what is wanted whole. */
function planOf(message: string, mask: FieldMask | undefined, planOfWhole: PlanOfMessage): MessagePlan {
  const fields: (FieldPlan | undefined)[] = [];
  for (const [number, rule] of rulesOf(message)) {
    while (fields.length <= number) fields.push(undefined);
    fields[number] = fieldPlanOf(message, rule, mask, planOfWhole);
  }
  return { fields, isStrict: mask === undefined && planOfWhole === wholePlanOf };
}

function fieldPlanOf(message: string, rule: FieldRule, mask: FieldMask | undefined, planOfWhole: PlanOfMessage): FieldPlan | undefined {
  const { name, type, form } = rule;
  const wanted = form === 'inline' || mask === undefined ? mask : memberOf(mask, name);
  if (wanted === false) return undefined;
  const inner = wanted === true || wanted === INSTANT ? undefined : wanted;
  const read = readOf(type, wanted === INSTANT);
  return {
    name,
    read,
    form: FORM[form],
    repeats: form === 'list' || form === 'map',
    wire: form === 'map' ? 2 : wireOf(read),
    dropsZero: form === 'single' && read <= READ.double && !rule.isPointer && !rule.tellsZero,
    within: read === READ.message ? withinOf(type, inner, planOfWhole) : undefined,
    cut: read === READ.json ? inner : undefined,
    sharesTexts:
      wanted !== undefined && !UNIQUE.has(`${message}.${name}`) && (inner !== undefined || form === 'single' || holdsSharedTexts(name)),
    keys: form === 'map' && inner !== undefined ? CompiledMask.ofMembers(inner) : undefined,
  };
}

function readOf(type: string, asInstant: boolean): Code<typeof READ> {
  const read = READS[type] ?? READ.message;
  if (!asInstant) return read;
  if (read === READ.time) return READ.instant;
  return read === READ.microTime ? READ.microInstant : read;
}

function wireOf(read: Code<typeof READ>): FieldPlan['wire'] {
  if (read === READ.integer || read === READ.flag) return 0;
  return read === READ.double ? 1 : 2;
}

function withinOf(message: string, mask: FieldMask | undefined, planOfWhole: PlanOfMessage): MessagePlan {
  return mask === undefined ? planOfWhole(message) : planOf(message, mask, planOfWhole);
}

function memberOf(mask: FieldMask, name: string): FieldMask[string] | false {
  return Object.hasOwn(mask, name) ? (mask[name] ?? false) : false;
}

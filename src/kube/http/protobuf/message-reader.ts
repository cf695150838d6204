import { isUtf8 } from 'node:buffer';
import { Instant } from '../../field-mask.ts';
import { valuesIn } from '../json-span.ts';
import { asciiText, NO_VIEW, TextCache, viewOf } from '../text-cache.ts';
import { cutTo } from './cut-to.ts';
import type { Span } from './envelope.ts';
import { type FieldPlan, FORM, type MessagePlan, READ } from './field-plan.ts';
import { checkSecond, type TimeTexts, timeTexts } from './time-texts.ts';
import { UNREADABLE } from './unreadable-protobuf.ts';

type Members = Record<string, unknown>;

const NOTHING = Buffer.alloc(0);
const TWO_TO_32 = 4_294_967_296;
const NANOSECONDS = 1_000_000_000;

/**
 * Reads messages and decodes only what a plan wants; the rest is passed over by its length. What it returns is what
 * `JSON.parse` returns for the same object as the server prints it in JSON, less what the plan leaves out. Fields must
 * come in the order of their numbers, as Go writes them: so none is told twice. No deeper than the plan, which none of
 * the server's doing makes deeper. Where a plan is strict no field may come that it does not know. Throws `UnreadableProtobuf`.
 */
export class MessageReader {
  readonly #texts = new TextCache();
  readonly #times: TimeTexts = timeTexts();
  #bytes: Buffer = NOTHING;
  #view: DataView = NO_VIEW;
  #at = 0;
  #values = 0;
  /** Of the time that was read last. */
  #nanoseconds = 0;

  /** How many were decoded of the last message, itself too. */
  get values(): number {
    return this.#values;
  }

  /** The message that fills `span`, added to `members`. */
  read(bytes: Buffer, span: Span, plan: MessagePlan, members: Members = {}): Members {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.#at = span.from;
    this.#values = 1;
    try {
      this.#fields(members, plan, span.to);
      return members;
    } finally {
      this.#bytes = NOTHING;
      this.#view = NO_VIEW;
    }
  }

  #fields(members: Members, { fields, isStrict }: MessagePlan, end: number): void {
    let last = 0;
    while (this.#at < end) {
      const tag = this.#small(end);
      const number = tag >>> 3;
      if (number < last || number === 0) throw UNREADABLE;
      const field = fields[number];
      if (field === undefined) {
        if (isStrict) throw UNREADABLE;
        this.#pass(tag & 7, end);
      } else if ((tag & 7) !== field.wire || (number === last && !field.repeats)) throw UNREADABLE;
      else this.#field(members, field, end, number === last);
      last = number;
    }
    if (this.#at !== end) throw UNREADABLE;
  }

  #field(members: Members, field: FieldPlan, end: number, isMore: boolean): void {
    const { name, form } = field;
    this.#values += 1;
    if (form === FORM.single) {
      const value = this.#value(field, end);
      if (!field.dropsZero || (value !== '' && value !== 0 && value !== false)) members[name] = value;
    } else if (form === FORM.list) {
      const value = this.#value(field, end);
      if (isMore) (members[name] as unknown[]).push(value);
      else members[name] = [value];
    } else if (form === FORM.map) {
      if (!isMore) members[name] = {};
      this.#entry(members[name] as Members, field, this.#end(end));
    } else this.#fields(members, field.within as MessagePlan, this.#end(end));
  }

  /** The value here, which ends at `end` at the latest. */
  #value(field: FieldPlan, end: number): unknown {
    switch (field.read) {
      case READ.text:
        return this.#text(this.#end(end), field.sharesTexts);
      case READ.integer:
        return this.#integer(end);
      case READ.flag:
        return this.#integer(end) !== 0;
      case READ.message: {
        const members: Members = {};
        this.#fields(members, field.within as MessagePlan, this.#end(end));
        return members;
      }
      case READ.instant:
        return this.#instant(this.#end(end));
      case READ.quantity:
        return this.#quantity(this.#end(end), field.sharesTexts);
      case READ.intOrString:
        return this.#intOrString(this.#end(end), field.sharesTexts);
      default:
        return this.#rareValue(field, end);
    }
  }

  #rareValue({ read, cut, sharesTexts }: FieldPlan, end: number): unknown {
    if (read === READ.double) {
      this.#at += 8;
      if (this.#at > end) throw UNREADABLE;
      return this.#bytes.readDoubleLE(this.#at - 8);
    }
    const to = this.#end(end);
    if (read === READ.time) return this.#time(to);
    if (read === READ.microTime) return this.#microTime(to);
    if (read === READ.microInstant) return this.#microInstant(to);
    if (read === READ.json) return cut === undefined ? this.#json(to) : cutTo(this.#json(to), cut);
    if (read === READ.texts) return this.#listOfTexts(to, sharesTexts);
    const from = this.#at;
    this.#at = to;
    return this.#bytes.toString('base64', from, to);
  }

  /** The length here, as the place where what follows ends. */
  #end(end: number): number {
    const length = this.#small(end);
    if (length > end - this.#at) throw UNREADABLE;
    return this.#at + length;
  }

  /** `isShared`: it may be kept to be used again. */
  #text(to: number, isShared: boolean): string {
    const from = this.#at;
    this.#at = to;
    const bytes = this.#bytes;
    return (isShared ? this.#texts.ascii(bytes, this.#view, from, to) : asciiText(bytes, from, to)) ?? beyondAscii(bytes, from, to);
  }

  /** Less than 2^32: a tag or a length. */
  #small(end: number): number {
    const bytes = this.#bytes;
    const at = this.#at;
    if (at >= end) throw UNREADABLE;
    const byte = bytes[at] as number;
    if (byte < 0x80) {
      this.#at = at + 1;
      return byte;
    }
    const value = this.#integer(end);
    if (value < 0 || value >= TWO_TO_32) throw UNREADABLE;
    return value;
  }

  /** A number of 64 bits with its sign, rounded as `JSON.parse` rounds its digits. */
  #integer(end: number): number {
    const first = this.#bytes[this.#at] as number;
    if (this.#at >= end || first >= 0x80) return this.#longInteger(end);
    this.#at += 1;
    return first;
  }

  #longInteger(end: number): number {
    const bytes = this.#bytes;
    let [low, high, at] = [0, 0, this.#at];
    for (let shift = 0; ; shift += 7, at += 1) {
      if (at >= end || shift > 63) throw UNREADABLE;
      const byte = bytes[at] as number;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else if (shift < 63) high |= bits << (shift - 32);
      // The tenth byte has room for one bit.
      else if (bits > 1) throw UNREADABLE;
      else high |= bits << 31;
      if (byte < 0x80) break;
    }
    this.#at = at + 1;
    return high * TWO_TO_32 + (low >>> 0);
  }

  #pass(wire: number, end: number): void {
    if (wire === 2) this.#at = this.#end(end);
    else if (wire === 0) this.#integer(end);
    else if (wire === 1) this.#at += 8;
    else if (wire === 5) this.#at += 4;
    else throw UNREADABLE;
    if (this.#at > end) throw UNREADABLE;
  }

  /** Passes a tag, which must be this one. */
  #expect(tag: number, end: number): void {
    if (this.#small(end) !== tag) throw UNREADABLE;
  }

  #entry(map: Members, field: FieldPlan, end: number): void {
    this.#expect(0x0a, end);
    const keyEnd = this.#end(end);
    if (field.keys !== undefined && field.keys.find(this.#bytes, this.#at, keyEnd) === undefined) {
      this.#at = end;
      return;
    }
    const key = this.#text(keyEnd, true);
    this.#expect(field.read === READ.integer || field.read === READ.flag ? 0x10 : 0x12, end);
    const value = this.#value(field, end);
    // The cheap question first: most names are told once, and few are those of what every object inherits.
    if (this.#at !== end || (map[key] !== undefined && Object.hasOwn(map, key))) throw UNREADABLE;
    // Assigning to this one would change what the object inherits.
    if (key === '__proto__') Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
    else map[key] = value;
  }

  // Go's zero time is an empty message: null in JSON, which of other times than those with microseconds tells seconds.

  #instant(end: number): Instant | null {
    if (this.#at === end) return null;
    return new Instant(checkSecond(this.#seconds(end)) * 1_000);
  }

  #microInstant(end: number): Instant | null {
    if (this.#at === end) return null;
    const second = checkSecond(this.#seconds(end));
    return new Instant(second * 1_000 + Math.trunc(checkNanoseconds(this.#nanoseconds) / 1_000_000));
  }

  #time(end: number): string | null {
    return this.#at === end ? null : this.#times.of(this.#seconds(end));
  }

  #microTime(end: number): string | null {
    if (this.#at === end) return null;
    const second = this.#seconds(end);
    return this.#times.withMicroseconds(second, checkNanoseconds(this.#nanoseconds));
  }

  /** Since 1970, of a time that is not empty; what it has besides goes to `#nanoseconds`. */
  #seconds(end: number): number {
    let seconds = 0;
    this.#nanoseconds = 0;
    if (this.#bytes[this.#at] === 0x08) {
      this.#at += 1;
      seconds = this.#integer(end);
    }
    if (this.#at < end) {
      this.#expect(0x10, end);
      this.#nanoseconds = this.#integer(end);
    }
    if (this.#at !== end) throw UNREADABLE;
    return seconds;
  }

  #quantity(end: number, isShared: boolean): string {
    this.#expect(0x0a, end);
    const text = this.#text(this.#end(end), isShared);
    if (this.#at !== end || text === '') throw UNREADABLE;
    return text;
  }

  /** Its type, its number, its text; all three are sent. */
  #intOrString(end: number, isShared: boolean): number | string {
    this.#expect(0x08, end);
    const type = this.#integer(end);
    this.#expect(0x10, end);
    const number = this.#integer(end);
    this.#expect(0x1a, end);
    const text = this.#text(this.#end(end), isShared);
    if (this.#at !== end || type < 0 || type > 1) throw UNREADABLE;
    return type === 1 ? text : number;
  }

  #listOfTexts(end: number, isShared: boolean): string[] {
    const texts: string[] = [];
    while (this.#at < end) {
      this.#expect(0x0a, end);
      this.#values += 1;
      texts.push(this.#text(this.#end(end), isShared));
    }
    return texts;
  }

  /** An object that is embedded as JSON; none is null. */
  #json(end: number): unknown {
    if (this.#at === end) return null;
    this.#expect(0x0a, end);
    const to = this.#end(end);
    if (to !== end) throw UNREADABLE;
    const text = this.#bytes.toString('utf8', this.#at, to);
    this.#values += valuesIn(this.#bytes, this.#at, to);
    this.#at = to;
    if (text === '') return null;
    try {
      return JSON.parse(text);
    } catch {
      throw UNREADABLE;
    }
  }
}

function beyondAscii(bytes: Buffer, from: number, to: number): string {
  if (!isUtf8(bytes.subarray(from, to))) throw UNREADABLE;
  return bytes.toString('utf8', from, to);
}

function checkNanoseconds(nanoseconds: number): number {
  if (nanoseconds >= 0 && nanoseconds < NANOSECONDS) return nanoseconds;
  throw UNREADABLE;
}

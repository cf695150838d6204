import type { ObjectRecord } from '../model/object-record.ts';
import { Interner } from './interner.ts';
import { equalData } from './records-equal.ts';

/** Members whose text is the same in many records. Names, uids, versions and messages are not among them. */
const SHARED_TEXTS: ReadonlySet<string> = new Set([
  'cluster',
  'resource',
  'apiVersion',
  'kind',
  'namespace',
  'nodeName',
  'phase',
  'status',
  'revisionKey',
  'kubeletVersion',
  'containerRuntimeVersion',
]);

/** Members whose whole value is: all pods of a ReplicaSet have one set of labels, one owner, one list of images. */
const SHARED_VALUES: ReadonlySet<string> = new Set(['labels', 'images', 'owner', 'capacity']);

/** Lists of parts whose texts are the same in many records: image ids are long. */
const LISTS_OF_PARTS: ReadonlySet<string> = new Set(['containers']);
const SHARED_PART_TEXTS = ['name', 'image', 'imageId', 'state', 'reason'] as const;

type Members = Record<string, unknown>;

/** Lets records share what they have in common, with one another and with their own past. */
export class RecordInterning {
  readonly #texts = new Interner<string>();
  readonly #values = new Interner<unknown>();

  /**
   * `record`, or an equal copy of it when it is frozen, with shared members. What did not change since `before`,
   * which it replaces, is taken over from there. Unless it is frozen, `record` is changed in place.
   */
  acquire<R extends ObjectRecord>(record: R, before?: ObjectRecord): R {
    const own = Object.isFrozen(record) ? { ...record } : record;
    const members = own as unknown as Members;
    const past = before as unknown as Members | undefined;
    for (const name of Object.keys(members)) members[name] = this.#shared(name, members[name], past?.[name]);
    if (past !== undefined) for (const name of Object.keys(past)) if (past[name] !== members[name]) this.#release(name, past[name]);
    return own;
  }

  release(record: ObjectRecord): void {
    const members = record as unknown as Members;
    for (const name of Object.keys(members)) this.#release(name, members[name]);
  }

  get size(): number {
    return this.#texts.size + this.#values.size;
  }

  #shared(name: string, value: unknown, past: unknown): unknown {
    if (past !== undefined && equalData(value, past)) return past;
    if (typeof value === 'string' && SHARED_TEXTS.has(name)) return this.#texts.acquire(value, value);
    if (typeof value !== 'object' || value === null) return value;
    if (SHARED_VALUES.has(name)) return this.#values.acquire(JSON.stringify(value), value);
    return LISTS_OF_PARTS.has(name) && Array.isArray(value) ? value.map((part: Members) => this.#sharedPart(part)) : value;
  }

  #sharedPart(part: Members): Members {
    const own = { ...part };
    for (const name of SHARED_PART_TEXTS) {
      const text = own[name];
      if (typeof text === 'string') own[name] = this.#texts.acquire(text, text);
    }
    return own;
  }

  #release(name: string, value: unknown): void {
    if (typeof value === 'string' && SHARED_TEXTS.has(name)) this.#texts.release(value);
    if (typeof value !== 'object' || value === null) return;
    if (SHARED_VALUES.has(name)) this.#values.release(JSON.stringify(value));
    else if (LISTS_OF_PARTS.has(name) && Array.isArray(value)) for (const part of value) this.#releasePart(part as Members);
  }

  #releasePart(part: Members): void {
    for (const name of SHARED_PART_TEXTS) {
      const text = part[name];
      if (typeof text === 'string') this.#texts.release(text);
    }
  }
}

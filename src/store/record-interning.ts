import type { ObjectRecord } from '../model/object-record.ts';
import { Interner } from './interner.ts';

/** Members whose text is the same in many records. Names, uids, versions and messages are not among them. */
const SHARED_TEXTS = [
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
] as const;

/** Members whose whole value is: all pods of a ReplicaSet have one set of labels, one owner, one list of images. */
const SHARED_VALUES = ['labels', 'images', 'owner', 'capacity'] as const;

type Members = Record<string, unknown>;

/** Lets records share what they have in common. Unless it is frozen, a record handed over is changed in place. */
export class RecordInterning {
  readonly #texts = new Interner<string>();
  readonly #values = new Interner<unknown>();

  acquire<R extends ObjectRecord>(record: R): R {
    const own = Object.isFrozen(record) ? { ...record } : record;
    const members = own as unknown as Members;
    for (const name of SHARED_TEXTS) {
      const text = members[name];
      if (typeof text === 'string') members[name] = this.#texts.acquire(text, text);
    }
    for (const name of SHARED_VALUES) {
      const value = members[name];
      if (value !== undefined) members[name] = this.#values.acquire(JSON.stringify(value), value);
    }
    return own;
  }

  release(record: ObjectRecord): void {
    const members = record as unknown as Members;
    for (const name of SHARED_TEXTS) {
      const text = members[name];
      if (typeof text === 'string') this.#texts.release(text);
    }
    for (const name of SHARED_VALUES) {
      const value = members[name];
      if (value !== undefined) this.#values.release(JSON.stringify(value));
    }
  }

  get size(): number {
    return this.#texts.size + this.#values.size;
  }
}

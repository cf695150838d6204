import type { ContainerRecord, PodRecord } from '../../model/pod-record.ts';
import { isWord, packInstant, packIpv4, packVersion, unpackIpv4, unpackUuid } from './packing.ts';
import { FLAG, POD } from './pod-layout.ts';
import type { ContainerShape } from './pod-profile.ts';
import { type PodRest, restOf } from './pod-rest.ts';
import type { Rows } from './rows.ts';
import type { TextTable } from './text-table.ts';
import { WordRuns } from './word-runs.ts';

const TWO_32 = 4_294_967_296;
const CONTAINER_WORDS = 2;

/** What is each pod's own: identity, version, times, restarts, address, and whatever has no column. */
export class PodCells {
  readonly #rows: Rows;
  readonly #texts: TextTable;
  readonly #runs = new WordRuns();
  readonly #rest = new Map<number, PodRest>();

  constructor(rows: Rows, texts: TextTable) {
    this.#rows = rows;
    this.#texts = texts;
  }

  get bytes(): number {
    return this.#runs.bytes;
  }

  rest(row: number): PodRest | undefined {
    return (this.#rows.get(row, POD.FLAGS) & FLAG.HAS_REST) === 0 ? undefined : this.#rest.get(row);
  }

  setUid(row: number, words: Uint32Array, uid: string | undefined): void {
    if (uid === undefined) for (let word = 0; word < 4; word += 1) this.#rows.set(row, POD.UID + word, words[word] as number);
    else this.#rows.set(row, POD.UID, this.#texts.acquire(uid));
    this.#rows.set(row, POD.FLAGS, FLAG.LIVE | (uid === undefined ? 0 : FLAG.UID_IS_TEXT));
  }

  uid(row: number): string {
    const rows = this.#rows;
    if ((rows.get(row, POD.FLAGS) & FLAG.UID_IS_TEXT) !== 0) return this.#texts.text(rows.get(row, POD.UID));
    return unpackUuid(rows.get(row, POD.UID), rows.get(row, POD.UID + 1), rows.get(row, POD.UID + 2), rows.get(row, POD.UID + 3));
  }

  /** Everything but the uid; `rest` is what has no column of it. `containersBefore` is how many containers the row has had. */
  write(row: number, record: PodRecord, rest: PodRest | undefined, containersBefore: number): void {
    const rows = this.#rows;
    this.#setVersion(row, packVersion(record.resourceVersion) ?? 0);
    rows.set(row, POD.CREATED, packInstant(record.createdAt) ?? 0);
    rows.set(row, POD.STARTED, secondsOf(record.startedAt));
    rows.set(row, POD.READY_SINCE, secondsOf(record.readySince));
    rows.set(row, POD.RESTARTS, isWord(record.restarts) ? record.restarts : 0);
    this.#setIp(row, record.ip);
    this.#writeContainers(row, record.containers, containersBefore);
    this.#setRest(row, rest);
  }

  /** Only the version is new. */
  writeVersion(row: number, record: PodRecord): void {
    const version = packVersion(record.resourceVersion);
    this.#setVersion(row, version ?? 0);
    const before = this.rest(row);
    if (version !== undefined && before?.fields?.resourceVersion === undefined) return;
    this.#setRest(row, restOf(record));
  }

  version(row: number): string {
    return String(this.#rows.get(row, POD.VERSION_HIGH) * TWO_32 + this.#rows.get(row, POD.VERSION_LOW));
  }

  ip(row: number): string | undefined {
    const word = this.#rows.get(row, POD.IP);
    if ((this.#rows.get(row, POD.FLAGS) & FLAG.IP_IS_TEXT) !== 0) return this.#texts.text(word);
    return word === 0 ? undefined : unpackIpv4(word);
  }

  containers(row: number, shapes: readonly ContainerShape[], rest: PodRest | undefined): readonly ContainerRecord[] {
    const start = this.#rows.get(row, POD.CONTAINERS);
    return shapes.map((shape, index) => {
      const restarts = this.#runs.get(start + index * CONTAINER_WORDS);
      const startedAt = this.#runs.get(start + index * CONTAINER_WORDS + 1);
      const container = startedAt === 0 ? { ...shape, restarts } : { ...shape, restarts, startedAt: startedAt * 1_000 };
      const more = rest?.containers?.[index];
      return more === undefined ? container : Object.assign(container, more);
    });
  }

  /** Gives back what the row holds outside itself. */
  clear(row: number, containers: number): void {
    const flags = this.#rows.get(row, POD.FLAGS);
    if ((flags & FLAG.UID_IS_TEXT) !== 0) this.#texts.release(this.#rows.get(row, POD.UID));
    this.#setIp(row, undefined);
    this.#setRest(row, undefined);
    this.#runs.release(this.#rows.get(row, POD.CONTAINERS), containers * CONTAINER_WORDS);
  }

  #setVersion(row: number, version: number): void {
    this.#rows.set(row, POD.VERSION_HIGH, Math.floor(version / TWO_32));
    this.#rows.set(row, POD.VERSION_LOW, version >>> 0);
  }

  #setIp(row: number, ip: string | undefined): void {
    const rows = this.#rows;
    const flags = rows.get(row, POD.FLAGS);
    if ((flags & FLAG.IP_IS_TEXT) !== 0) this.#texts.release(rows.get(row, POD.IP));
    const packed = ip === undefined ? 0 : packIpv4(ip);
    rows.set(row, POD.IP, packed ?? this.#texts.acquire(ip as string));
    rows.set(row, POD.FLAGS, packed === undefined ? flags | FLAG.IP_IS_TEXT : flags & ~FLAG.IP_IS_TEXT);
  }

  #setRest(row: number, rest: PodRest | undefined): void {
    const flags = this.#rows.get(row, POD.FLAGS);
    if (rest === undefined && (flags & FLAG.HAS_REST) === 0) return;
    if (rest === undefined) this.#rest.delete(row);
    else this.#rest.set(row, rest);
    this.#rows.set(row, POD.FLAGS, rest === undefined ? flags & ~FLAG.HAS_REST : flags | FLAG.HAS_REST);
  }

  #writeContainers(row: number, containers: readonly ContainerRecord[], before: number): void {
    let start = this.#rows.get(row, POD.CONTAINERS);
    if (containers.length !== before) {
      this.#runs.release(start, before * CONTAINER_WORDS);
      start = this.#runs.allocate(containers.length * CONTAINER_WORDS);
      this.#rows.set(row, POD.CONTAINERS, start);
    }
    for (let index = 0; index < containers.length; index += 1) {
      const { restarts, startedAt } = containers[index] as ContainerRecord;
      this.#runs.set(start + index * CONTAINER_WORDS, isWord(restarts) ? restarts : 0);
      this.#runs.set(start + index * CONTAINER_WORDS + 1, secondsOf(startedAt));
    }
  }
}

function secondsOf(instant: number | undefined): number {
  return instant === undefined ? 0 : (packInstant(instant) ?? 0);
}

import type { GroupResource } from '../model/resource.ts';
import type { ClusterPositions, Position } from './position.ts';

/** What a resume token says, before sealing. */
export interface TokenContent {
  readonly processId: string;
  /** Digest of root field, selectors and filter. */
  readonly binding: Buffer;
  /** Of which stream of that process it is. */
  readonly stream: number;
  readonly clusters: readonly TokenCluster[];
}

/** Up to where a reader has seen one cluster, with which rights. */
export interface TokenCluster {
  readonly name: string;
  /** Digest of what was visible. */
  readonly rights: string;
  /** Of the stream's history. */
  readonly turn: number;
  /** Absent: the reader has only a part of the cluster and no position covers it. */
  readonly positions?: ClusterPositions;
}

/** A compact binary form: resources and versions once each, numbers as variable-length integers. */
export function encodeTokenContent(content: TokenContent): Buffer {
  const writer = new Writer();
  writer.text(content.processId);
  writer.bytes(content.binding);
  writer.number(content.stream);
  const resources = [...new Set(content.clusters.flatMap(({ positions }) => [...(positions?.keys() ?? [])]))].sort();
  writer.list(resources, (resource) => writer.text(resource));
  writer.list(content.clusters, ({ name, rights, turn, positions }) => {
    writer.text(name);
    writer.text(rights);
    writer.number(turn);
    writer.number(positions === undefined ? 0 : 1);
    if (positions === undefined) return;
    writer.list([...positions], ([resource, { version, commits }]) => {
      writer.number(resources.indexOf(resource));
      writer.version(version);
      writer.number(commits);
    });
  });
  return writer.done();
}

/** The inverse. The bytes were authenticated before: anything unreadable is a fault of ours and throws. */
export function decodeTokenContent(bytes: Buffer): TokenContent {
  const reader = new Reader(bytes);
  const processId = reader.text();
  const binding = reader.bytes();
  const stream = reader.number();
  const resources = reader.list(() => reader.text());
  const clusters = reader.list((): TokenCluster => {
    const name = reader.text();
    const rights = reader.text();
    const turn = reader.number();
    if (reader.number() === 0) return { name, rights, turn };
    const positions = reader.list((): [GroupResource, Position] => {
      const resource = resources[reader.number()] ?? '';
      return [resource, { version: reader.version(), commits: reader.number() }];
    });
    return { name, rights, turn, positions: new Map(positions) };
  });
  return { processId, binding, stream, clusters };
}

/** Decimal versions below this go as numbers, all others as text. */
const MAX_NUMERIC_DIGITS = 15;

class Writer {
  readonly #parts: Buffer[] = [];

  number(value: number): void {
    const bytes: number[] = [];
    let rest = value;
    while (rest >= 0x80) {
      bytes.push((rest % 0x80) + 0x80);
      rest = Math.floor(rest / 0x80);
    }
    bytes.push(rest);
    this.#parts.push(Buffer.from(bytes));
  }

  bytes(value: Buffer): void {
    this.number(value.length);
    this.#parts.push(value);
  }

  text(value: string): void {
    this.bytes(Buffer.from(value));
  }

  version(value: string): void {
    const numeric = value.length <= MAX_NUMERIC_DIGITS && /^(0|[1-9][0-9]*)$/.test(value);
    this.number(numeric ? Number(value) + 1 : 0);
    if (!numeric) this.text(value);
  }

  list<T>(items: readonly T[], write: (item: T) => void): void {
    this.number(items.length);
    for (const item of items) write(item);
  }

  done(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#bytes.readUInt8(this.#at);
      this.#at += 1;
      if (byte < 0x80) return value + byte * scale;
      value += (byte - 0x80) * scale;
    }
  }

  bytes(): Buffer {
    const length = this.number();
    const value = this.#bytes.subarray(this.#at, this.#at + length);
    if (value.length !== length) throw new RangeError('a resume token ended early');
    this.#at += length;
    return value;
  }

  text(): string {
    return this.bytes().toString();
  }

  version(): string {
    const coded = this.number();
    return coded === 0 ? this.text() : String(coded - 1);
  }

  list<T>(read: () => T): T[] {
    return Array.from({ length: this.number() }, read);
  }
}

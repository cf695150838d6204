import { crc32 } from 'node:zlib';
import type { ObjectRecord } from '../../model/object-record.ts';
import type { GroupResource } from '../../model/resource.ts';
import type { ResourceVersion } from '../../model/resource-version.ts';
import { decodeRecords, encodeRecords } from './record-lines.ts';

/** Raised when records change their form: a copy in another form is of no use. */
const FORMAT = 'fleetgraph-copy/3';
const NEWLINE = 0x0a;
const OPEN_BRACKET = 0x5b;
/** No last line is longer. */
const LONGEST_END = 64;

export interface CopyHead {
  readonly cluster: string;
  /** Which incarnation of the cluster this is a copy of: the uid of kube-system. */
  readonly systemUid: string;
  /** When it was written. Milliseconds since 1970. */
  readonly at: number;
  readonly kinds: readonly KindPosition[];
}

/** Records of the kind hold the state at `resourceVersion`, or newer ones. */
export interface KindPosition {
  readonly resource: GroupResource;
  readonly apiVersion: string;
  readonly resourceVersion: ResourceVersion;
  /** When they were last known to be true. Milliseconds since 1970. */
  readonly trueAt: number;
}

/** A head, some records a line, and a last line that says that nothing is missing or changed. */
export async function* encodeCopy(
  head: CopyHead,
  records: AsyncIterable<readonly ObjectRecord[]>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let [length, sum] = [0, 0];
  const sealed = (text: string): Uint8Array => {
    const bytes = Buffer.from(`${text}\n`);
    length += bytes.length;
    sum = crc32(bytes, sum);
    return bytes;
  };
  yield sealed(JSON.stringify({ format: FORMAT, ...head }));
  for await (const some of records) if (some.length > 0) yield sealed(encodeRecords(some));
  yield Buffer.from(endLine(length, sum));
}

function endLine(length: number, sum: number): string {
  return `${JSON.stringify({ length, sum })}\n`;
}

/** The head of a copy that is whole; undefined for one that is torn, changed or of another form. */
export async function verifyCopy(pieces: AsyncIterable<Uint8Array>): Promise<CopyHead | undefined> {
  let [length, sum] = [0, 0];
  const seal = (bytes: Uint8Array) => {
    length += bytes.length;
    sum = crc32(bytes, sum);
  };
  let head: Buffer = Buffer.alloc(0);
  let tail: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    const bytes = asBuffer(piece);
    if (!head.includes(NEWLINE)) head = Buffer.concat([head, bytes]);
    // The last line is not part of what it seals, and nobody knows yet where it begins.
    const [early, late] = bytes.length > LONGEST_END ? [tail, bytes] : [tail.subarray(0, 0), Buffer.concat([tail, bytes])];
    const cut = Math.max(0, late.length - LONGEST_END);
    seal(early);
    seal(late.subarray(0, cut));
    tail = late.subarray(cut);
  }
  const end = tail.lastIndexOf(NEWLINE, tail.length - 2) + 1;
  seal(tail.subarray(0, end));
  if (end === 0 || tail.toString('utf8', end) !== endLine(length, sum)) return undefined;
  const { format, ...rest } = parsed(head.toString('utf8', 0, head.indexOf(NEWLINE))) ?? {};
  return format === FORMAT ? (rest as unknown as CopyHead) : undefined;
}

/** The records of a copy that has been verified, some at a time. */
export async function* recordsOfCopy(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<ObjectRecord[], void, undefined> {
  // Head and end are objects.
  for await (const line of linesOf(pieces)) if (line[0] === OPEN_BRACKET) yield decodeRecords(line.toString('utf8'));
}

/** Lines with their ends; a last one without is left out: it is torn. */
async function* linesOf(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    const bytes = rest.length === 0 ? asBuffer(piece) : Buffer.concat([rest, piece]);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      yield bytes.subarray(start, end + 1);
      start = end + 1;
    }
    rest = bytes.subarray(start);
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

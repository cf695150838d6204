import { crc32 } from 'node:zlib';
import type { ObjectRecord } from '../../model/object-record.ts';
import type { GroupResource } from '../../model/resource.ts';
import type { ResourceVersion } from '../../model/resource-version.ts';

/** Raised when records change their form: a copy in another form is of no use. */
const FORMAT = 'fleetgraph-copy/1';
const NEWLINE = 0x0a;

export interface CopyHead {
  readonly cluster: string;
  /** Which incarnation of the cluster this is a copy of: the uid of kube-system. */
  readonly systemUid: string;
  /** When it was true. Milliseconds since 1970. */
  readonly at: number;
  readonly kinds: readonly KindPosition[];
}

/** Records of the kind hold the state at `resourceVersion`, or newer ones. */
export interface KindPosition {
  readonly resource: GroupResource;
  readonly apiVersion: string;
  readonly resourceVersion: ResourceVersion;
}

/** A head, a record a line, and a last line that says that nothing is missing or changed. */
export async function* encodeCopy(
  head: CopyHead,
  records: AsyncIterable<readonly ObjectRecord[]>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let [count, sum] = [0, 0];
  const sealed = (text: string): Uint8Array => {
    const bytes = Buffer.from(text);
    sum = crc32(bytes, sum);
    return bytes;
  };
  yield sealed(`${JSON.stringify({ format: FORMAT, ...head })}\n`);
  for await (const some of records) {
    count += some.length;
    if (some.length > 0) yield sealed(`${some.map((record) => JSON.stringify(record)).join('\n')}\n`);
  }
  yield Buffer.from(`${JSON.stringify({ records: count, sum })}\n`);
}

/** The head of a copy that is whole; undefined for one that is torn, changed or of another form. */
export async function verifyCopy(pieces: AsyncIterable<Uint8Array>): Promise<CopyHead | undefined> {
  let [count, sum, head, last] = [-1, 0, '', ''];
  let held: Buffer | undefined;
  for await (const line of linesOf(pieces)) {
    if (held !== undefined) sum = crc32(held, sum);
    if (count === -1) head = line.toString('utf8');
    count += 1;
    held = line;
  }
  last = held?.toString('utf8') ?? '';
  const end = parsed(last);
  if (count < 1 || end === undefined || end['records'] !== count - 1 || end['sum'] !== sum) return undefined;
  const { format, ...rest } = parsed(head) ?? {};
  return format === FORMAT ? (rest as unknown as CopyHead) : undefined;
}

/** The records of a copy that has been verified, some at a time. */
export async function* recordsOfCopy(pieces: AsyncIterable<Uint8Array>, atATime: number): AsyncGenerator<ObjectRecord[], void, undefined> {
  let records: ObjectRecord[] = [];
  let isHead = true;
  for await (const line of linesOf(pieces)) {
    const value: unknown = isHead ? undefined : JSON.parse(line.toString('utf8'));
    isHead = false;
    if (typeof value === 'object' && value !== null && 'uid' in value) records.push(value as ObjectRecord);
    if (records.length < atATime) continue;
    yield records;
    records = [];
  }
  if (records.length > 0) yield records;
}

/** Lines with their ends; a last one without is left out: it is torn. */
async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    const bytes = rest.length === 0 ? Buffer.from(piece) : Buffer.concat([rest, piece]);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      yield bytes.subarray(start, end + 1);
      start = end + 1;
    }
    rest = bytes.subarray(start);
  }
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

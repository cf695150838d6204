import { expect, it } from 'vitest';
import type { ObjectRecord } from '../../model/object-record.ts';
import { seededRandom } from '../../runtime/random.ts';
import { decodeRecords, encodeRecords } from './record-lines.ts';

const random = seededRandom(11);
const some = <T>(values: readonly T[]): T => values[random.int(values.length)] as T;

/** Few values, so that neighbours often agree, and members that come and go. */
function aRecord(at: number): ObjectRecord {
  const labels = some([{}, { app: 'web' }, { app: 'web', ['__proto__']: 'odd' }, JSON.parse('{"__proto__":"odd"}'), { constructor: 'x' }]);
  const more = {
    ip: some(['10.0.0.1', '10.0.0.2', undefined]),
    owner: some([undefined, { kind: 'ReplicaSet', name: 'web', uid: 'u' }, { kind: 'ReplicaSet', name: 'web' }]),
    images: some([[], [{ container: 'app', image: 'a' }], [{ container: 'app', image: 'a' }, { container: 'side' }]]),
    restarts: some([0, 1, null]),
  };
  return { ...more, cluster: 'c', uid: `uid-${at}`, name: `web-${at}`, namespace: some(['', 'one']), labels } as unknown as ObjectRecord;
}

it('records come back as they were, whatever their neighbours are like', () => {
  for (let round = 0; round < 300; round += 1) {
    const records = Array.from({ length: random.int(20) }, (_, at) => aRecord(at));
    expect(decodeRecords(encodeRecords(records)).map((record) => JSON.stringify(sorted(record)))).toEqual(
      records.map((record) => JSON.stringify(sorted(record))),
    );
  }
});

it('what neighbours have in common is told once, and is one value when it is read', () => {
  const labels = { app: 'a label that is rather long' };
  const records = Array.from({ length: 50 }, (_, at) => ({ ...aRecord(at), labels: { ...labels } }));
  const line = encodeRecords(records);
  expect(line.split('rather long')).toHaveLength(2);
  const [first, second] = decodeRecords(line);
  expect(second?.labels).toBe(first?.labels);
});

function sorted(record: ObjectRecord): [string, unknown][] {
  return Object.entries(record)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

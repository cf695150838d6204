import type { ObjectRecord } from '../../model/object-record.ts';
import { equalData } from '../../store/records-equal.ts';

type Fields = Record<string, unknown>;

/** Names the members that the record does not have and the one before it has. No member of a record is called so. */
const ABSENT = '-';

/**
 * Records in one line of JSON, each as what differs from the one before it: neighbours have most in common. What they
 * have in common is one value in memory again when it is read.
 */
export function encodeRecords(records: readonly ObjectRecord[]): string {
  let before: Fields = {};
  const differences = records.map((record) => {
    const fields = record as unknown as Fields;
    const difference = differenceTo(before, fields);
    before = fields;
    return difference;
  });
  return JSON.stringify(differences);
}

/** Throws SyntaxError or TypeError for what `encodeRecords` did not make. */
export function decodeRecords(line: string): ObjectRecord[] {
  const differences = JSON.parse(line) as Fields[];
  let before: Fields = {};
  return differences.map((difference) => {
    const { [ABSENT]: absent, ...present } = difference;
    const record: Fields = { ...before, ...present };
    if (absent !== undefined) for (const name of absent as string[]) delete record[name];
    before = record;
    return record as unknown as ObjectRecord;
  });
}

function differenceTo(before: Fields, fields: Fields): Fields {
  const difference: Fields = {};
  for (const name of Object.keys(fields)) if (!equalData(fields[name], before[name])) difference[name] = fields[name];
  const absent = Object.keys(before).filter((name) => before[name] !== undefined && fields[name] === undefined);
  if (absent.length > 0) difference[ABSENT] = absent;
  return difference;
}

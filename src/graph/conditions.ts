import { compareVersions } from '../status/component-version.ts';
import { badInput } from './errors.ts';

/** Conditions on one value, as callers write them. `null` is the same as absent; all that are given must hold. */
export interface StringCondition {
  readonly eq?: string | null | undefined;
  readonly neq?: string | null | undefined;
  readonly in?: readonly string[] | null | undefined;
  readonly nin?: readonly string[] | null | undefined;
  readonly contains?: string | null | undefined;
  readonly startsWith?: string | null | undefined;
  readonly isNull?: boolean | null | undefined;
}

export interface EnumCondition {
  readonly eq?: string | null | undefined;
  readonly in?: readonly string[] | null | undefined;
  readonly nin?: readonly string[] | null | undefined;
}

export interface RangeCondition<T> {
  readonly lt?: T | null | undefined;
  readonly lte?: T | null | undefined;
  readonly gt?: T | null | undefined;
  readonly gte?: T | null | undefined;
}

export interface IntCondition extends RangeCondition<number> {
  readonly eq?: number | null | undefined;
  readonly neq?: number | null | undefined;
  readonly in?: readonly number[] | null | undefined;
}

export interface VersionCondition extends RangeCondition<string> {
  readonly eq?: string | null | undefined;
  readonly neq?: string | null | undefined;
}

type Test<T> = (value: T) => boolean;

const MAX_LIST = 500;
const MAX_TEXT = 1_024;

/**
 * For a value that may be absent or manifold (images of a pod). Of many values one must satisfy `eq`, `in`,
 * `contains` and `startsWith`, and all must satisfy `neq` and `nin`; an absent value satisfies only the latter.
 */
export function stringTest(condition: StringCondition, path: string): Test<string | undefined | readonly string[]> {
  checkStrings(condition, path);
  const wanted = all(wantedTests(condition));
  const unwanted = all(unwantedTests(condition));
  const isNull = condition.isNull ?? undefined;
  const one = (value: string) => isNull !== true && (wanted?.(value) ?? true) && (unwanted?.(value) ?? true);
  const many = (values: readonly string[]) =>
    (isNull === undefined || (values.length === 0) === isNull) &&
    (wanted === undefined || values.some(wanted)) &&
    (unwanted === undefined || values.every(unwanted));
  return (value) => (typeof value === 'string' ? one(value) : many(value ?? NONE));
}

const NONE: readonly string[] = [];

function wantedTests({ eq, in: among, contains, startsWith }: StringCondition): Test<string>[] {
  const tests: Test<string>[] = [];
  if (eq != null) tests.push((value) => value === eq);
  if (among != null) tests.push(memberOf(among));
  if (contains != null) tests.push((value) => value.includes(contains));
  if (startsWith != null) tests.push((value) => value.startsWith(startsWith));
  return tests;
}

function unwantedTests({ neq, nin }: StringCondition): Test<string>[] {
  const isExcluded = nin == null ? undefined : memberOf(nin);
  const tests: Test<string>[] = [];
  if (neq != null) tests.push((value) => value !== neq);
  if (isExcluded !== undefined) tests.push((value) => !isExcluded(value));
  return tests;
}

function checkStrings({ eq, neq, contains, startsWith, ...lists }: StringCondition, path: string): void {
  const texts = [eq, neq, contains, startsWith, ...(lists.in ?? []), ...(lists.nin ?? [])];
  if (texts.some((text) => text != null && text.length > MAX_TEXT))
    throw badInput(path, `a text to compare with has at most ${MAX_TEXT} characters`);
  checkList(lists.in, `${path}.in`);
  checkList(lists.nin, `${path}.nin`);
}

function checkList(list: readonly unknown[] | null | undefined, path: string): void {
  if (list != null && list.length > MAX_LIST) throw badInput(path, `at most ${MAX_LIST} values; ask in several requests`);
}

export function enumTest({ eq, in: among, nin }: EnumCondition, path: string): Test<string | undefined> {
  checkList(among, `${path}.in`);
  checkList(nin, `${path}.nin`);
  const isAmong = among == null ? undefined : memberOf(among);
  const isExcluded = nin == null ? undefined : memberOf(nin);
  return (value) =>
    (eq == null || value === eq) &&
    (isAmong === undefined || (value !== undefined && isAmong(value))) &&
    (isExcluded === undefined || value === undefined || !isExcluded(value));
}

export function intTest(condition: IntCondition, path: string): Test<number | undefined> {
  const { eq, neq, in: among } = condition;
  checkList(among, `${path}.in`);
  const range = rangeTest(condition, (a, b) => a - b);
  const isAmong = among == null ? undefined : memberOf(among);
  return (value) =>
    (eq == null || value === eq) &&
    (neq == null || value !== neq) &&
    (isAmong === undefined || (value !== undefined && isAmong(value))) &&
    range(value);
}

export function dateTest(condition: RangeCondition<Date>): Test<number | undefined> {
  const instantOf = (date: Date | null | undefined) => date?.getTime();
  const { lt, lte, gt, gte } = condition;
  return rangeTest({ lt: instantOf(lt), lte: instantOf(lte), gt: instantOf(gt), gte: instantOf(gte) }, (a, b) => a - b);
}

/** By semantic version; `eq` and `neq` compare the texts where one of the two is no version. */
export function versionTest(condition: VersionCondition, path: string): Test<string | undefined> {
  const { eq, neq, lt, lte, gt, gte } = condition;
  for (const [word, text] of Object.entries({ lt, lte, gt, gte })) if (text != null) requireVersion(text, `${path}.${word}`);
  const range = rangeTest<string>({ lt, lte, gt, gte }, compareVersions);
  return (value) => (eq == null || isSameVersion(value, eq)) && (neq == null || !isSameVersion(value, neq)) && range(value);
}

function requireVersion(text: string, path: string): void {
  if (compareVersions(text, text) === undefined) {
    throw badInput(path, `"${text.slice(0, 64)}" is not a version; write e.g. "1.11.3", "v1.33" or "1.2.0-rc.1"`);
  }
}

function isSameVersion(value: string | undefined, wanted: string): boolean {
  return value === wanted || (value !== undefined && compareVersions(value, wanted) === 0);
}

/** An absent value, and one that cannot be compared, satisfies only the empty condition. */
function rangeTest<T>({ lt, lte, gt, gte }: RangeCondition<T>, compare: (a: T, b: T) => number | undefined): Test<T | undefined> {
  const tests: Test<T>[] = [];
  if (lt != null) tests.push((value) => (compare(value, lt) ?? 0) < 0);
  if (lte != null) tests.push((value) => (compare(value, lte) ?? 1) <= 0);
  if (gt != null) tests.push((value) => (compare(value, gt) ?? 0) > 0);
  if (gte != null) tests.push((value) => (compare(value, gte) ?? -1) >= 0);
  const inRange = all(tests);
  return (value) => inRange === undefined || (value !== undefined && inRange(value));
}

function memberOf<T>(list: readonly T[]): Test<T> {
  const members = new Set(list);
  return (value) => members.has(value);
}

/** Undefined when there is nothing to test. */
function all<T>(tests: readonly Test<T>[]): Test<T> | undefined {
  return tests.length <= 1 ? tests[0] : (value) => tests.every((test) => test(value));
}

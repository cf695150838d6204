import type { InputRef } from '@pothos/core';
import type { GroupResource } from '../model/resource.ts';
import { builder } from './builder.ts';
import {
  dateTest,
  type EnumCondition,
  enumTest,
  type IntCondition,
  intTest,
  type RangeCondition,
  type StringCondition,
  stringTest,
  type VersionCondition,
  versionTest,
} from './conditions.ts';
import type { GraphContext } from './context.ts';
import { badInput } from './errors.ts';

const StringFilter = builder.inputType('StringFilter', {
  description:
    'Conditions on a text; all that are given must hold, null is the same as absent. Comparison is exact and distinguishes upper and lower case. Of a field with many values (images) one must satisfy `eq`, `in`, `contains` and `startsWith`, all must satisfy `neq` and `nin`.',
  fields: (t) => ({
    eq: t.string({ description: 'Equal to this text.' }),
    neq: t.string({ description: 'Different from this text; an absent value is different.' }),
    in: t.stringList({ description: 'One of these, at most 500. An empty list matches nothing.' }),
    nin: t.stringList({ description: 'None of these, at most 500; an absent value is none of them.' }),
    contains: t.string({ description: 'Has this text somewhere in it.' }),
    startsWith: t.string({ description: 'Begins with this text.' }),
    isNull: t.boolean({ description: 'True: only absent values. False: only present ones.' }),
  }),
});

const IntFilter = builder.inputType('IntFilter', {
  description: 'Conditions on a whole number; all that are given must hold, null is the same as absent.',
  fields: (t) => ({
    eq: t.int({ description: 'Equal to this number.' }),
    neq: t.int({ description: 'Different from this number.' }),
    in: t.intList({ description: 'One of these, at most 500. An empty list matches nothing.' }),
    lt: t.int({ description: 'Less than this number.' }),
    lte: t.int({ description: 'Less than or equal to this number.' }),
    gt: t.int({ description: 'Greater than this number.' }),
    gte: t.int({ description: 'Greater than or equal to this number.' }),
  }),
});

const DateTimeFilter = builder.inputType('DateTimeFilter', {
  description: 'Conditions on an instant; all that are given must hold, null is the same as absent. An absent value matches none.',
  fields: (t) => ({
    lt: t.field({ type: 'DateTime', description: 'Before this instant.' }),
    lte: t.field({ type: 'DateTime', description: 'Before or at this instant.' }),
    gt: t.field({ type: 'DateTime', description: 'After this instant.' }),
    gte: t.field({ type: 'DateTime', description: 'At or after this instant.' }),
  }),
});

const VersionFilter = builder.inputType('VersionFilter', {
  description:
    'Conditions on a semantic version, with or without a leading "v"; "1.11" means 1.11.0. All that are given must hold. What does not parse never matches lt, lte, gt, gte.',
  fields: (t) => ({
    eq: t.string({ description: 'The same version; texts that are no versions are compared as they are.' }),
    neq: t.string({ description: 'Another version.' }),
    lt: t.string({ description: 'Older than this version.' }),
    lte: t.string({ description: 'This version or older.' }),
    gt: t.string({ description: 'Newer than this version.' }),
    gte: t.string({ description: 'This version or newer.' }),
  }),
});

export type RowTest<R> = (row: R, ctx: GraphContext) => boolean;

/** One field of a filter: its input type, and how a condition becomes a test of a row. */
export interface FilterField<R> {
  readonly type: InputRef<object> | 'Boolean';
  readonly description: string;
  /** Kinds besides the row's own that the test reads: the viewer's right to list them is settled first. */
  readonly reads: readonly GroupResource[];
  readonly compile: (condition: never, path: string) => RowTest<R>;
}

type Getter<R, T> = (row: R, ctx: GraphContext) => T;
interface FieldDetail {
  readonly description: string;
  readonly reads?: readonly GroupResource[];
}

function field<R, C, T>(
  type: FilterField<R>['type'],
  detail: FieldDetail,
  get: Getter<R, T>,
  compile: (condition: C, path: string) => (value: T) => boolean,
): FilterField<R> {
  return {
    type,
    description: detail.description,
    reads: detail.reads ?? [],
    compile: (condition: C, path) => {
      const test = compile(condition, path);
      return (row, ctx) => test(get(row, ctx));
    },
  };
}

export function stringField<R>(detail: FieldDetail, get: Getter<R, string | undefined | readonly string[]>): FilterField<R> {
  return field<R, StringCondition, string | undefined | readonly string[]>(StringFilter, detail, get, stringTest);
}

export function intField<R>(detail: FieldDetail, get: Getter<R, number | undefined>): FilterField<R> {
  return field<R, IntCondition, number | undefined>(IntFilter, detail, get, intTest);
}

export function dateField<R>(detail: FieldDetail, get: Getter<R, number | undefined>): FilterField<R> {
  return field<R, RangeCondition<Date>, number | undefined>(DateTimeFilter, detail, get, dateTest);
}

export function versionField<R>(detail: FieldDetail, get: Getter<R, string | undefined>): FilterField<R> {
  return field<R, VersionCondition, string | undefined>(VersionFilter, detail, get, versionTest);
}

export function booleanField<R>(detail: FieldDetail, get: Getter<R, boolean>): FilterField<R> {
  return field<R, boolean, boolean>('Boolean', detail, get, (wanted) => (value) => value === wanted);
}

export function enumField<R>(type: InputRef<EnumCondition>, detail: FieldDetail, get: Getter<R, string | undefined>): FilterField<R> {
  return field<R, EnumCondition, string | undefined>(type, detail, get, enumTest);
}

/** The input type `<name>Filter` of an enum. */
export function defineEnumFilter(name: string, values: InputRef<string>): InputRef<EnumCondition> {
  return builder.inputRef<EnumCondition>(`${name}Filter`).implement({
    description: `Conditions on a ${name}; all that are given must hold, null is the same as absent.`,
    fields: (t) => ({
      eq: t.field({ type: values, description: 'Equal to this value.' }),
      in: t.field({ type: [values], description: 'One of these. An empty list matches nothing.' }),
      nin: t.field({ type: [values], description: 'None of these.' }),
    }),
  });
}

/** A filter as callers write it: conditions by field name, and `and`, `or`, `not` where the filter has them. */
export type FilterInput = Readonly<Record<string, FilterValue | null | undefined>>;
type FilterValue = object | string | number | boolean;

export interface CompiledFilter<R> {
  readonly matches: RowTest<R>;
  readonly reads: readonly GroupResource[];
}

export interface Filter<R> {
  readonly ref: InputRef<FilterInput>;
  /** Throws BAD_USER_INPUT. Null and absent match everything. */
  compile(input: FilterInput | null | undefined): CompiledFilter<R>;
}

const MAX_DEPTH = 8;
const MAX_CONDITIONS = 200;
const COMBINERS = ['and', 'or', 'not'];

/** The input type `<noun>Filter`, with `and`, `or` and `not` unless it is `flat`. */
export function defineFilter<R>(
  noun: string,
  fields: Readonly<Record<string, FilterField<R>>>,
  shape: 'nested' | 'flat' = 'nested',
): Filter<R> {
  const ref = builder.inputRef<FilterInput>(`${noun}Filter`);
  ref.implement({
    description: `Which ones to keep. All conditions that are given must hold; null is the same as absent.${shape === 'nested' ? ` At most ${MAX_DEPTH} levels and ${MAX_CONDITIONS} conditions.` : ''}`,
    fields: (t) => {
      const own = Object.entries(fields).map(([name, { type, description }]) => [name, t.field({ type, description })] as const);
      const combined = [
        ['and', t.field({ type: [ref], description: 'All of these must hold. An empty list holds.' })],
        ['or', t.field({ type: [ref], description: 'At least one of these must hold. An empty list matches nothing.' })],
        ['not', t.field({ type: ref, description: 'This must not hold.' })],
      ] as const;
      return Object.fromEntries(shape === 'nested' ? [...own, ...combined] : own);
    },
  });
  return { ref, compile: (input) => new FilterCompiler(fields).compile(input) };
}

class FilterCompiler<R> {
  readonly #fields: Readonly<Record<string, FilterField<R>>>;
  readonly #reads = new Set<GroupResource>();
  #conditions = 0;

  constructor(fields: Readonly<Record<string, FilterField<R>>>) {
    this.#fields = fields;
  }

  compile(input: FilterInput | null | undefined): CompiledFilter<R> {
    const matches = input == null ? () => true : this.#all(input, 'filter', 1);
    return { matches, reads: [...this.#reads] };
  }

  #all(input: FilterInput, path: string, depth: number): RowTest<R> {
    if (depth > MAX_DEPTH) throw badInput(path, `filters nest at most ${MAX_DEPTH} levels deep; use fewer levels`);
    const tests: RowTest<R>[] = [];
    for (const [name, condition] of Object.entries(input)) {
      if (condition != null)
        tests.push(
          COMBINERS.includes(name)
            ? this.#combined(name, condition, `${path}.${name}`, depth)
            : this.#one(name, condition, `${path}.${name}`),
        );
    }
    const [only] = tests;
    return tests.length === 1 && only !== undefined ? only : (row, ctx) => tests.every((test) => test(row, ctx));
  }

  #combined(name: string, condition: unknown, path: string, depth: number): RowTest<R> {
    this.#count(path);
    const inner = (Array.isArray(condition) ? condition : [condition]).map((each: FilterInput) => this.#all(each, path, depth + 1));
    switch (name) {
      case 'or':
        return (row, ctx) => inner.some((test) => test(row, ctx));
      case 'not':
        return (row, ctx) => !inner.every((test) => test(row, ctx));
      default:
        return (row, ctx) => inner.every((test) => test(row, ctx));
    }
  }

  #one(name: string, condition: unknown, path: string): RowTest<R> {
    this.#count(path);
    const field = this.#fields[name];
    if (field === undefined) throw badInput(path, 'there is no such field');
    for (const kind of field.reads) this.#reads.add(kind);
    return field.compile(condition as never, path);
  }

  #count(path: string): void {
    this.#conditions += 1;
    if (this.#conditions > MAX_CONDITIONS)
      throw badInput(path, `a filter has at most ${MAX_CONDITIONS} conditions; use \`in\` for many values`);
  }
}

/**
 * The JSONPath of CRD columns, as far as columns use it: `.a.b`, `.list[0]`, `.list[*].name`, `['odd.key']`,
 * `.conditions[?(@.type=="Ready")].status`.
 */
import { isJsonObject } from '../json-value.ts';

type Step = (value: unknown) => unknown[];

/** All values at `path`, in order; none for a path that leads nowhere or is not understood. */
export function valuesAtPath(root: unknown, path: string): unknown[] {
  const steps = compiled(path);
  return steps === undefined ? [] : steps.reduce<unknown[]>((values, step) => values.flatMap(step), [root]);
}

const STEP = /\.?(?:\['([^']+)'\]|\[(\*|-?[0-9]+)\]|\[\?\(@\.([\w.-]+)\s*==\s*["']([^"']*)["']\)\]|((?:\\.|[^.[\]\\])+))/y;

const cache = new Map<string, Step[] | undefined>();

function compiled(path: string): Step[] | undefined {
  if (!cache.has(path)) {
    if (cache.size > 1_000) cache.clear();
    cache.set(path, parse(path));
  }
  return cache.get(path);
}

function parse(path: string): Step[] | undefined {
  const text = path.replace(/^\{(.*)\}$/, '$1').replace(/^\$/, '');
  const steps: Step[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const match = STEP.exec(text);
    if (match === null) return undefined;
    const [, quoted, index, filterField, filterValue, name] = match;
    if (index !== undefined) steps.push(index === '*' ? allOf : elementAt(Number(index)));
    else if (filterField !== undefined) steps.push(elementsWith(filterField, filterValue ?? ''));
    else steps.push(member(quoted ?? (name ?? '').replaceAll('\\', '')));
  }
  return steps;
}

const member =
  (name: string): Step =>
  (value) =>
    isJsonObject(value) && Object.hasOwn(value, name) && value[name] !== undefined ? [value[name]] : [];
const allOf: Step = (value) => (Array.isArray(value) ? value : isJsonObject(value) ? Object.values(value) : []);
const elementAt =
  (index: number): Step =>
  (value) =>
    Array.isArray(value) && value.at(index) !== undefined ? [value.at(index)] : [];

function elementsWith(field: string, wanted: string): Step {
  const path = field.split('.').map(member);
  return (value) =>
    Array.isArray(value)
      ? value.filter((element) => path.reduce<unknown[]>((values, step) => values.flatMap(step), [element])[0] === wanted)
      : [];
}

/**
 * JSON Patch (RFC 6902) as the API server applies it: all operations or none, and any that does not fit
 * (a failed test, a missing path) refuses the whole. Own members only; `__proto__` is never a way in.
 */
import type { JsonPatchOperation } from '../../kube/api-server.ts';
import type { JsonObject } from '../../model/kube-object.ts';
import { cloneJson, equalJson } from '../json-value.ts';
import { badRequest, patchNotApplicable } from '../status.ts';

const MAX_OPERATIONS = 10_000;

/** Changes `document`, which the caller owns, and returns the result. Throws 422, or 400 for what is no patch. */
export function applyJsonPatch(document: unknown, operations: readonly JsonPatchOperation[]): unknown {
  if (!Array.isArray(operations)) throw badRequest('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  if (operations.length > MAX_OPERATIONS)
    throw badRequest(`The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${operations.length}`);
  const root: Root = { value: document };
  for (const operation of operations) applyOperation(root, operation);
  return root.value;
}

/** The document in a box, so that a path of "" has a parent like any other. */
interface Root {
  value: unknown;
}

function applyOperation(root: Root, operation: JsonPatchOperation): void {
  switch (operation.op) {
    case 'add':
      add(root, operation.path, givenValue(operation));
      break;
    case 'replace':
      replace(root, operation.path, givenValue(operation));
      break;
    case 'test':
      test(root, operation.path, givenValue(operation));
      break;
    case 'remove':
      remove(root, operation.path);
      break;
    case 'move':
      move(root, operation.from, operation.path);
      break;
    case 'copy':
      add(root, operation.path, cloneJson(read(root, operation.from)));
      break;
    default:
      throw patchNotApplicable();
  }
}

function givenValue(operation: { readonly value: unknown }): unknown {
  if (!Object.hasOwn(operation, 'value')) throw patchNotApplicable();
  return cloneJson(operation.value);
}

function test(root: Root, path: string, expected: unknown): void {
  if (!equalJson(read(root, path, 'test'), expected)) throw patchNotApplicable();
}

function move(root: Root, from: string, path: string): void {
  if (path.startsWith(`${from}/`)) throw patchNotApplicable();
  add(root, path, remove(root, from));
}

/** `test` reads a missing member as null, as the real server does. */
function read(root: Root, path: string, purpose?: 'test'): unknown {
  const { container, key } = place(root, path);
  if (Array.isArray(container)) return container[existingIndex(container, key)];
  if (Object.hasOwn(container, key)) return container[key];
  if (purpose === 'test') return null;
  throw patchNotApplicable();
}

function add(root: Root, path: string, value: unknown): void {
  const { container, key } = place(root, path);
  if (Array.isArray(container)) container.splice(key === '-' ? container.length : indexUpTo(key, container.length), 0, value);
  else container[key] = value;
}

function replace(root: Root, path: string, value: unknown): void {
  const { container, key } = place(root, path);
  if (Array.isArray(container)) container[existingIndex(container, key)] = value;
  else if (Object.hasOwn(container, key)) container[key] = value;
  else throw patchNotApplicable();
}

function remove(root: Root, path: string): unknown {
  const { container, key } = place(root, path);
  if (Array.isArray(container)) return container.splice(existingIndex(container, key), 1)[0];
  if (!Object.hasOwn(container, key)) throw patchNotApplicable();
  const value = container[key];
  delete container[key];
  return value;
}

interface Place {
  readonly container: JsonObject | unknown[];
  readonly key: string;
}

function place(root: Root, path: string): Place {
  const steps = ['value', ...pointerSteps(path)];
  const key = steps.pop() ?? '';
  let container: unknown = root;
  for (const step of steps) container = stepInto(container, step);
  if (typeof container !== 'object' || container === null) throw patchNotApplicable();
  return { container: container as Place['container'], key };
}

function stepInto(container: unknown, step: string): unknown {
  if (Array.isArray(container)) return container[existingIndex(container, step)];
  if (typeof container !== 'object' || container === null || !Object.hasOwn(container, step)) throw patchNotApplicable();
  return (container as JsonObject)[step];
}

function pointerSteps(path: unknown): string[] {
  if (path === '') return [];
  if (typeof path !== 'string' || !path.startsWith('/')) throw patchNotApplicable();
  const steps = path
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (steps.includes('__proto__')) throw patchNotApplicable();
  return steps;
}

function existingIndex(items: readonly unknown[], key: string): number {
  return indexUpTo(key, items.length - 1);
}

function indexUpTo(key: string, last: number): number {
  if (!/^(0|[1-9][0-9]{0,8})$/.test(key) || Number(key) > last) throw patchNotApplicable();
  return Number(key);
}

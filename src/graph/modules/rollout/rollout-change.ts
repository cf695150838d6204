import type { CommandError } from '../../../commands/commands.ts';
import type { JsonObject } from '../../../model/kube-object.ts';
import type { ContainerImage } from '../../../model/object-record.ts';
import type { RolloutChange } from '../../../rollout/change.ts';
import { builder } from '../../builder.ts';
import { invalid } from '../operation/command.ts';

type Patch = Extract<RolloutChange, { readonly jsonPatch: unknown }>['jsonPatch'];
type JsonInput = Readonly<Record<string, unknown>>;

const ContainerImageInput = builder.inputRef<ContainerImage>('ContainerImageInput').implement({
  description: 'The image that a container shall run.',
  fields: (t) => ({
    container: t.string({ required: true, description: 'Name of the container.' }),
    image: t.string({ required: true, description: 'Image, as a pod template names it.' }),
  }),
});

export const RolloutChangeInput = builder.inputType('RolloutChangeInput', {
  description: 'What the pod template shall become.',
  isOneOf: true,
  fields: (t) => ({
    images: t.field({ type: [ContainerImageInput], description: 'Other images for some containers.' }),
    revision: t.string({ description: 'Name, hash or number of a revision that the workload has had.' }),
    restart: t.boolean({ description: 'The same once more, in new pods. Only true.' }),
    strategicMergePatch: t.field({
      type: 'JSONObject',
      description: 'Strategic merge patch of the pod template; lists of named things are merged by name.',
    }),
    jsonPatch: t.field({
      type: ['JSONObject'],
      description: 'JSON Patch (RFC 6902) of the pod template: paths begin at it, e.g. `/spec/containers/0/image`.',
    }),
  }),
});

/** Exactly one of its members is there. */
export type ChangeArguments = typeof RolloutChangeInput.$inferInput;

export function changeOf(change: ChangeArguments, path: readonly string[]): RolloutChange | CommandError {
  const { images, revision, restart, strategicMergePatch, jsonPatch } = change;
  if (images != null) return { images };
  if (revision != null) return { revision };
  if (strategicMergePatch != null) return { strategicMergePatch: strategicMergePatch as JsonObject };
  if (jsonPatch != null) return patchOf(jsonPatch, [...path, 'jsonPatch']);
  return restart === true
    ? { restart }
    : invalid([...path, 'restart'], 'restart can only be true; say what else shall change with another member');
}

function patchOf(operations: readonly JsonInput[], path: readonly string[]): RolloutChange | CommandError {
  const wrong = operations.findIndex((operation) => !isOperation(operation));
  if (wrong < 0) return { jsonPatch: operations as unknown as Patch };
  return invalid(
    [...path, String(wrong)],
    'an operation has an `op` (add, remove, replace, move, copy, test), a `path`, and what that op needs (`value` or `from`), as RFC 6902 says',
  );
}

function isOperation({ op, path, from, ...rest }: JsonInput): boolean {
  if (typeof op !== 'string' || typeof path !== 'string') return false;
  if (op === 'remove') return true;
  return op === 'move' || op === 'copy' ? typeof from === 'string' : ['add', 'replace', 'test'].includes(op) && 'value' in rest;
}

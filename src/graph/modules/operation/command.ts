import type { InterfaceRef, ObjectRef } from '@pothos/core';
import type { CommandError, CommandOptions, CommandResult } from '../../../commands/commands.ts';
import { builder, type Schema } from '../../builder.ts';
import { Operation } from '../../refs.ts';
import { UserError } from './user-error.type.ts';

/** What the inputs of all mutations have in common, as callers write it. */
export interface OptionArguments {
  readonly requestId?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
  readonly reason?: string | null | undefined;
}

type InputFields = PothosSchemaTypes.InputFieldBuilder<Schema, 'InputObject'>;

/** Fields that every input of a mutation carries. */
export function optionFields(t: InputFields) {
  return {
    requestId: t.id({
      description:
        '1 to 128 printable characters, scoped to the viewer and the mutation field, kept 24 h. Repeated: the first answer comes back with `replayed: true`, nothing is done twice; with other arguments: RequestIdReusedError. A dry run does not use it up.',
    }),
    dryRun: t.boolean({
      defaultValue: false,
      description: "Everything but the effect, the API server's own dry run included; `outcome` is what it would have been.",
    }),
    reason: t.string({ description: 'Kept in the audit record, read back as `note`; at most 1,000 characters.' }),
  };
}

export function optionsOf({ requestId, dryRun, reason }: OptionArguments): CommandOptions {
  return {
    dryRun: dryRun ?? false,
    ...(requestId == null ? {} : { requestId }),
    ...(reason == null ? {} : { reason }),
  };
}

type Payload = PothosSchemaTypes.FieldBuilder<Schema, CommandResult<object>, 'Object'>;

/** Fields that every payload of a mutation carries. */
export function payloadFields(t: Payload) {
  return {
    operation: t.expose('operation', {
      type: Operation,
      nullable: true,
      description: 'The mutation as it is recorded; null when it was refused before anything was tried.',
    }),
    replayed: t.exposeBoolean('replayed', { description: 'Whether this is the answer of an earlier request with the same `requestId`.' }),
    userErrors: t.field({ type: [UserError], description: 'Why it was refused. Empty: it was not.', resolve: ({ errors }) => errors }),
  };
}

/** The type `<noun>Payload`; the object that the mutation was about is in `field`. */
export function definePayload<R extends object>(
  noun: string,
  field: string,
  row: ObjectRef<Schema, R> | InterfaceRef<Schema, R>,
): ObjectRef<Schema, CommandResult<R>> {
  const payload = builder.objectRef<CommandResult<object>>(`${noun}Payload`);
  payload.implement({
    description: `What became of a mutation on a ${noun.toLowerCase()}.`,
    fields: (t) => ({
      [field]: t.field({
        type: row as unknown as ObjectRef<Schema, object>,
        nullable: true,
        description: `The ${field} as the mutation left it; null when nothing was done.`,
        resolve: ({ object }) => object,
      }),
      ...payloadFields(t),
    }),
  });
  return payload as unknown as ObjectRef<Schema, CommandResult<R>>;
}

export function isRefusal(value: object): value is CommandError {
  return 'unblock' in value && 'code' in value;
}

/** The answer to a mutation that never reached the door. */
export function refused(...errors: readonly CommandError[]): { readonly replayed: false; readonly errors: readonly CommandError[] } {
  return { replayed: false, errors };
}

export function invalid(path: readonly string[], message: string): CommandError {
  return { type: 'ValidationError', code: 'INVALID', message, path, unblock: [] };
}

/** What may not be seen is not there: whoever may not read it learns nothing by trying. */
export function notFound(path: readonly string[], noun: string): CommandError {
  return { type: 'NotFoundError', code: 'NOT_FOUND', message: `there is no such ${noun}, or none that you may see`, path, unblock: [] };
}

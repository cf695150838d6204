import type { OperationOutcome as Outcome } from '../../../commands/operation.ts';
import { builder } from '../../builder.ts';
import { describedEnum } from '../../enum-values.ts';
import { Node, ObjectReference, Operation } from '../../refs.ts';

const OperationOutcome = builder.enumType('OperationOutcome', {
  description: 'What became of a mutation. Values may be added.',
  values: describedEnum<Outcome>({
    ACCEPTED: 'Durable, not yet carried out; ask node(id) again.',
    APPLIED: 'Done; on a dry run: would have been done.',
    REFUSED: 'Not done, because it may not or must not be.',
    FAILED: 'Not done, because something broke.',
    UNKNOWN: 'Sent, and no answer came; being found out.',
    SKIPPED: 'Not done, because it was not needed.',
  }),
});

Operation.implement({
  description: 'One mutation that somebody asked for, and what became of it.',
  interfaces: [Node],
  fields: (t) => ({
    mutation: t.exposeString('mutation', { description: 'Name of the Mutation field.' }),
    target: t.expose('target', {
      type: ObjectReference,
      nullable: true,
      description: 'Object that it is about; null when it is about none.',
    }),
    outcome: t.expose('outcome', { type: OperationOutcome, description: 'What became of it.' }),
    actor: t.exposeString('actor', { description: 'User name of who asked.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was asked for.' }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its outcome was known; null while it is not.',
    }),
    note: t.exposeString('note', { nullable: true, description: 'The `reason` that was given with it.' }),
    requestId: t.exposeID('requestId', { nullable: true, description: 'The `requestId` that was given with it.' }),
    dryRun: t.exposeBoolean('dryRun', { description: 'Whether it was a dry run: nothing was changed.' }),
    auditId: t.exposeString('auditId', { description: "Key of the audit record; the cluster's own audit log carries it as Audit-ID." }),
  }),
});

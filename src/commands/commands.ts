import type { Principal } from '../auth/principal.ts';
import type { ObjectRecord } from '../model/object-record.ts';
import type { PodRecord } from '../model/pod-record.ts';
import type { OperationRecord, OperationTarget } from './operation.ts';

/**
 * The door: everything a person may ask for. Each command authorises, validates, acts and audits, in this
 * order. A refusal is an answer (`errors`), not a rejection; a rejection is a fault of ours.
 */
export interface Commands {
  podDelete(principal: Principal, input: PodCommand): Promise<CommandResult<PodRecord>>;
  podEvict(principal: Principal, input: PodCommand): Promise<CommandResult<PodRecord>>;
}

/** What every command may be told. */
export interface CommandOptions {
  /** 1 to 128 printable characters, scoped to the principal and the command. Repeated: the first answer again. */
  readonly requestId?: string;
  /** Everything but the effect, the API server's own dry run included. */
  readonly dryRun: boolean;
  /** Kept in the audit record, read back as `note`. */
  readonly reason?: string;
}

export interface PodCommand extends CommandOptions {
  readonly pod: Pick<ObjectRecord, 'cluster' | 'namespace' | 'name' | 'uid'>;
  /** Refuse with a ConflictError unless the pod has this uid. */
  readonly expectedUid?: string;
}

export interface CommandResult<T> {
  /** From the write's own response; absent when there is none (gone, refused, not visible). */
  readonly object?: T;
  readonly operation?: OperationRecord;
  /** The answer of an earlier command with the same request id: nothing was done now. */
  readonly replayed: boolean;
  readonly errors: readonly CommandError[];
}

interface CommandErrorShape {
  /** Machine-readable, UPPER_SNAKE; finer than the type. */
  readonly code: string;
  readonly message: string;
  /** From the mutation's arguments to the value at fault, e.g. ["input", "pod"]. */
  readonly path: readonly string[];
  /** Names of Mutation fields that would remove the obstacle. */
  readonly unblock: readonly string[];
}

/** A refusal as data; `type` is the name of its GraphQL type. */
export type CommandError =
  | (CommandErrorShape & {
      readonly type: 'ValidationError' | 'NotFoundError' | 'ForbiddenError' | 'UnsupportedError' | 'RequestIdReusedError';
    })
  | (CommandErrorShape & { readonly type: 'ConflictError'; readonly currentGeneration?: number })
  | (CommandErrorShape & { readonly type: 'BlockedError'; readonly by?: OperationTarget })
  | (CommandErrorShape & { readonly type: 'ClusterUnreachableError'; readonly cluster: string });

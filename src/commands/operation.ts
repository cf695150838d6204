import type { GroupResource } from '../model/resource.ts';

/**
 * What became of a mutation. ACCEPTED: durable, not yet carried out. UNKNOWN: sent, and no answer came.
 */
export const OPERATION_OUTCOMES = ['ACCEPTED', 'APPLIED', 'REFUSED', 'FAILED', 'UNKNOWN', 'SKIPPED'] as const;
export type OperationOutcome = (typeof OPERATION_OUTCOMES)[number];

/** The object that a mutation is about, whether or not it exists (any more). */
export interface OperationTarget {
  readonly cluster: string;
  readonly resource: GroupResource;
  readonly apiVersion: string;
  readonly kind: string;
  /** '' for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
  readonly uid?: string;
}

/** One mutation that somebody asked for. Instants in milliseconds since 1970. */
export interface OperationRecord {
  readonly id: string;
  /** Name of the Mutation field. */
  readonly mutation: string;
  readonly target?: OperationTarget;
  readonly outcome: OperationOutcome;
  readonly actor: string;
  readonly at: number;
  readonly finishedAt?: number;
  /** The `reason` of the input. */
  readonly note?: string;
  readonly requestId?: string;
  readonly dryRun: boolean;
  /** Sent to the cluster as `Audit-ID`: its audit log has it too. */
  readonly auditId: string;
}

/** What was asked for, for reading. */
export interface OperationLog {
  /** Newest first. */
  all(): Iterable<OperationRecord>;
  get(id: string): OperationRecord | undefined;
}

import type { UserInfo } from '../../model/user.ts';

/** What somebody did, in the words of audit.k8s.io/v1. Only writes are recorded. */
export interface AuditEvent {
  readonly auditID: string;
  readonly stage: 'ResponseComplete';
  /** RFC 3339. */
  readonly at: string;
  readonly verb: string;
  readonly user: UserInfo;
  readonly impersonatedUser?: UserInfo;
  readonly objectRef: {
    readonly apiGroup: string;
    readonly apiVersion: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly dryRun: boolean;
  /** HTTP status of the answer. */
  readonly code: number;
}

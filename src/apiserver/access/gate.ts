/** The door that every request passes: whom it is from, whether they may, and the record of what was written. */
import type { UserInfo } from '../../model/user.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Random } from '../../runtime/random.ts';
import { forbidden, internalError, StatusError } from '../status.ts';
import { type Authoriser, type RequestAttributes, refusalOf } from './attributes.ts';
import type { AuditLog } from './audit-log.ts';
import { impersonated } from './impersonation.ts';

export interface Caller {
  readonly user: UserInfo;
  /** Rights are not looked up and writes not recorded: the process itself. */
  readonly isTrusted: boolean;
  readonly impersonate?: UserInfo | undefined;
  readonly auditId?: string | undefined;
}

export interface GatedRequest {
  readonly caller: Caller;
  readonly attributes: RequestAttributes;
  /** For the audit record. */
  readonly apiVersion: string;
  readonly dryRun: boolean;
  /** Reviews are created, yet write nothing. */
  readonly isRead: boolean;
}

export interface GateOptions {
  readonly authoriser: Authoriser;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly random: Random;
}

export class Gate {
  readonly #options: GateOptions;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** Runs `action` as whom the request is from. Throws `StatusError` only. */
  pass<T>(request: GatedRequest, action: (user: UserInfo) => T): T {
    try {
      const user = this.effectiveUser(request.caller, request.attributes);
      this.#authorise(request, user);
      const answer = action(user);
      this.#record(request, request.attributes.verb === 'create' ? 201 : 200);
      return answer;
    } catch (error) {
      const refusal = error instanceof StatusError ? error : internalError(error instanceof Error ? error.message : 'unexpected failure');
      this.#record(request, refusal.parts.code);
      throw refusal;
    }
  }

  /** Throws 403 when the caller may not be whom it says. */
  effectiveUser({ user, isTrusted, impersonate }: Caller, attributes: RequestAttributes): UserInfo {
    if (impersonate === undefined) return user;
    const authoriser = isTrusted ? TRUSTING : this.#options.authoriser;
    return impersonated(authoriser, { caller: user, as: impersonate, attributes });
  }

  #authorise({ caller, attributes }: GatedRequest, user: UserInfo): void {
    if (caller.isTrusted && caller.impersonate === undefined) return;
    if (this.#options.authoriser.decide(user, attributes).allowed) return;
    if (attributes.path !== undefined) {
      throw new StatusError({ code: 403, reason: 'Forbidden', message: `forbidden: ${refusalOf(user, attributes)}`, details: {} });
    }
    throw forbidden(attributes, attributes.name ?? '', refusalOf(user, attributes));
  }

  #record({ caller, attributes, apiVersion, dryRun, isRead }: GatedRequest, code: number): void {
    if (isRead || (caller.isTrusted && caller.impersonate === undefined)) return;
    const { verb, group, resource, subresource, namespace, name } = attributes;
    this.#options.audit.record({
      auditID: caller.auditId ?? this.#options.random.uuid(),
      stage: 'ResponseComplete',
      at: new Date(this.#options.clock.now()).toISOString(),
      verb,
      user: caller.user,
      ...(caller.impersonate && { impersonatedUser: caller.impersonate }),
      objectRef: {
        apiGroup: group,
        apiVersion,
        resource,
        ...(subresource && { subresource }),
        ...(namespace && { namespace }),
        ...(name && { name }),
      },
      dryRun,
      code,
    });
  }
}

const TRUSTING: Authoriser = { decide: () => ({ allowed: true, reason: '' }) };

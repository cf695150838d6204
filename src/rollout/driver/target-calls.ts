import { ApiError } from '../../kube/api-error.ts';
import type { AccessAttributes, ApiServer } from '../../kube/api-server.ts';
import { parseApiVersion, type Resource } from '../../model/resource.ts';
import type { UserInfo } from '../../model/user.ts';
import type { PatchEffect } from '../effects.ts';
import type { PatchResult, ReadEvent, ReviewEvent } from '../events.ts';
import type { RolloutTarget } from '../state.ts';
import { patchFailure, readFailure, reviewFailure } from './outcomes.ts';

export interface TargetCallOptions {
  /** The way to a registered cluster, with our own rights. */
  readonly apiServer: (cluster: string) => ApiServer | undefined;
  /** Callers are authenticated: writes go as them, and never as more. False: our credentials are the caller's own. */
  readonly impersonates: boolean;
}

/** Less than the engine waits for an answer. */
const TIMEOUT_MS = 10_000;
const FIELD_MANAGER = 'fleetgraph';

/**
 * What a run asks of the cluster that holds its workload. Never rejects: every failure is an answer.
 *
 * Writes go as the person in whose name the run acts. Reads go with our own rights, which see every workload anyway:
 * whether a write whose answer was lost has happened must be found out also when that person has lost the right to look.
 */
export class TargetCalls {
  readonly #options: TargetCallOptions;

  constructor(options: TargetCallOptions) {
    this.#options = options;
  }

  /** Sent once. The intent's id is the `Audit-ID`: the cluster's audit log names the intent, and the record the request. */
  async patch({ intentId, target, operations, actor }: PatchEffect, signal: AbortSignal): Promise<PatchResult> {
    try {
      const object = await this.#server(target).patch(
        resourceOf(target),
        nameOf(target),
        { type: 'json', operations },
        {
          signal,
          timeoutMs: TIMEOUT_MS,
          auditId: intentId,
          fieldManager: FIELD_MANAGER,
          ...(this.#options.impersonates && { impersonate: actor }),
        },
      );
      return { outcome: 'ok', object };
    } catch (error) {
      return patchFailure(error, target.name);
    }
  }

  async read(target: RolloutTarget, signal: AbortSignal): Promise<ReadEvent['result']> {
    try {
      return { object: await this.#server(target).get(resourceOf(target), nameOf(target), { signal, timeoutMs: TIMEOUT_MS }) };
    } catch (error) {
      return readFailure(error, target.name);
    }
  }

  /** May `actor` patch the workload? Where nobody is impersonated: may we? */
  async review(target: RolloutTarget, actor: UserInfo, signal: AbortSignal): Promise<ReviewEvent['result']> {
    const { group, resource } = resourceOf(target);
    const access: AccessAttributes = { verb: 'patch', group, resource, ...nameOf(target) };
    const limits = { signal, timeoutMs: TIMEOUT_MS };
    try {
      const server = this.#server(target);
      return await (this.#options.impersonates ? server.reviewAccess(actor, access, limits) : server.reviewOwnAccess(access, limits));
    } catch (error) {
      return reviewFailure(error);
    }
  }

  #server({ cluster }: RolloutTarget): ApiServer {
    const server = this.#options.apiServer(cluster);
    if (server === undefined) throw new ApiError('unreachable', `there is no cluster ${cluster} here`, { reason: 'NoSuchCluster' });
    return server;
  }
}

function resourceOf({ apiVersion, resource, kind }: RolloutTarget): Resource {
  return { ...parseApiVersion(apiVersion), resource, kind, namespaced: true };
}

function nameOf({ namespace, name }: RolloutTarget) {
  return { namespace, name };
}

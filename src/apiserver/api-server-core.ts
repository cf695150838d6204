import { ApiError } from '../kube/api-error.ts';
import type { ApiServer } from '../kube/api-server.ts';
import type { UserInfo } from '../model/user.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import type { AuditEvent } from './access/audit-event.ts';
import type { TokenUser } from './access/token-users.ts';
import type { ResourceDefinition } from './resources/resource-definition.ts';
import { type Storage, volatileStorage } from './store/storage.ts';

export interface ApiServerCoreOptions {
  /** The cluster's name; part of no object. */
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Built-in kinds; default: all that `resources/built-in-resources.ts` lists. Others come as CRD objects. */
  readonly resources?: readonly ResourceDefinition[];
  /** Who may come in with which bearer token; default nobody. */
  readonly users?: readonly TokenUser[];
  /** Default: nothing outlives the process. */
  readonly storage?: Storage;
  /** How long changes can be watched and listed after the fact; default 20,000 changes, 5 minutes. */
  readonly history?: HistoryLimits;
  /** What GET /version says; default "v1.32.4". */
  readonly gitVersion?: string;
  /** Hears of every write that was answered, refused ones included. */
  readonly onAudit?: (event: AuditEvent) => void;
}

export interface HistoryLimits {
  readonly maxChanges?: number;
  readonly maxAgeMs?: number;
}

/** One cluster's API server, in this process. */
export class ApiServerCore {
  readonly name: string;
  readonly #storage: Storage;

  constructor(options: ApiServerCoreOptions) {
    this.name = options.name;
    this.#storage = options.storage ?? volatileStorage();
  }

  /** The port as `user` sees it. Absent: a superuser of group system:masters, whose rights are not looked up. */
  client(_user?: UserInfo): ApiServer {
    throw new ApiError('unsupported', 'this API server serves no requests yet');
  }

  /** Ends every watch and lets go of the storage. */
  close(): void {
    this.#storage.close();
  }
}

import type { Access } from '../auth/access.ts';
import type { Principal } from '../auth/principal.ts';
import type { Commands } from '../commands/commands.ts';
import type { OperationLog } from '../commands/operation.ts';
import type { ChangeLog } from '../feed/change-log.ts';
import type { ResumeTokens } from '../feed/resume-token.ts';
import type { Runs } from '../rollout/run-book.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Random } from '../runtime/random.ts';
import type { GraphStore } from '../store/graph-store.ts';
import type { Seal } from './seal.ts';
import { Visible } from './visible.ts';

/** What the schema needs of the process: made once. */
export interface GraphServices {
  readonly store: GraphStore;
  readonly clock: Clock;
  readonly commands: Commands;
  readonly operations: OperationLog;
  readonly runs: Runs;
  /** What streams are made of. */
  readonly log: ChangeLog;
  readonly tokens: ResumeTokens;
  readonly random: Random;
  /** Seals cursors. Replicas that share it read each other's. */
  readonly seal: Seal;
}

/** What it needs of the caller: made once for each request, and for each subscription. */
export interface GraphRequest {
  readonly principal: Principal;
  readonly access: Access;
  /** Fires when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Fires when streams should hand out a last token and end. */
  readonly closing?: AbortSignal;
  /** Correlates answer, log and audit record. */
  readonly requestId: string;
  readonly logger: Logger;
}

/** What every resolver is handed. */
export interface GraphContext extends GraphServices, GraphRequest {
  readonly visible: Visible;
}

export function createGraphContext(services: GraphServices, request: GraphRequest): GraphContext {
  return { ...services, ...request, visible: new Visible(services.store, request.access) };
}

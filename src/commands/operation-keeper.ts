import { isHubError } from '../hub/hub-error.ts';
import type { OperationEntry } from '../hub/operation-entry.ts';
import type { OperationLedger } from '../hub/operation-ledger.ts';
import { isApiError } from '../kube/api-error.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { OperationBook } from './operation-book.ts';

export interface OperationKeeperDeps {
  readonly ledger: OperationLedger;
  readonly operations: OperationBook;
  readonly clock: Clock;
  readonly logger: Logger;
  /** This process may tidy up: without it, it only follows. */
  readonly tidies: boolean;
}

const TIDY_EVERY_MS = 600_000;
const FIRST_TIDY_MS = 30_000;

/** Keeps the book of operations true to the hub, and the hub's ledger small, until `signal` fires. */
export async function keepOperations(deps: OperationKeeperDeps, signal: AbortSignal): Promise<void> {
  await Promise.all([deps.ledger.follow(deps.operations, signal), deps.tidies ? tidyUp(deps, signal) : undefined]);
}

async function tidyUp({ ledger, clock, logger }: OperationKeeperDeps, signal: AbortSignal): Promise<void> {
  await clock.sleep(FIRST_TIDY_MS, signal);
  while (!signal.aborted) {
    try {
      await closeAbandoned(ledger, clock.now());
      await ledger.deleteExpired();
    } catch (error) {
      if (!isHubError(error) && !isApiError(error)) throw error;
      logger.warn('the ledger of operations could not be tidied up', { error: String(error).slice(0, 200) });
    }
    await clock.sleep(TIDY_EVERY_MS, signal);
  }
}

/** Nobody will ask for these again, so nobody will find out what became of them. */
async function closeAbandoned(ledger: OperationLedger, now: number): Promise<void> {
  const lost = (await ledger.abandoned()).filter((entry) => entry.requestId === undefined || entry.expiresAt <= now);
  for (const entry of lost) await close(ledger, entry);
}

async function close(ledger: OperationLedger, entry: OperationEntry): Promise<void> {
  try {
    await ledger.finish(await ledger.takeOver(entry), { outcome: 'UNKNOWN', answer: { errors: [] } });
  } catch (error) {
    if (!isHubError(error, 'conflict', 'absent')) throw error;
  }
}

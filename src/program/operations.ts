import { OperationBook } from '../commands/operation-book.ts';
import { keepOperations } from '../commands/operation-keeper.ts';
import type { Hub } from '../hub/hub.ts';
import { OperationLedger } from '../hub/operation-ledger.ts';
import type { Logger } from '../runtime/logger.ts';
import type { ProgramRuntime } from './runtime.ts';

/** What was asked for: durable in the hub, and readable here. Disposing stops the following. */
export interface Operations extends AsyncDisposable {
  readonly ledger: OperationLedger;
  readonly book: OperationBook;
}

export interface OperationsParts {
  readonly hub: Hub;
  /** This process, told from every other one. */
  readonly holder: string;
  readonly readOnly: boolean;
  readonly runtime: Pick<ProgramRuntime, 'clock' | 'random'>;
  readonly logger: Logger;
}

export function openOperations({ hub, holder, readOnly, runtime, logger }: OperationsParts): Operations {
  const { clock, random } = runtime;
  // Where no other process can be alive, what one of them left in the middle need not be waited for.
  const alone = hub.isExclusive ? { abandonedAfterMs: 0 } : {};
  const ledger = new OperationLedger({ apiServer: hub.apiServer, clock, random, logger, holder, ...alone });
  const book = new OperationBook();
  const ending = new AbortController();
  const kept = keepOperations({ ledger, operations: book, clock, logger, tidies: !readOnly }, ending.signal);
  return {
    ledger,
    book,
    async [Symbol.asyncDispose]() {
      ending.abort();
      await kept;
    },
  };
}

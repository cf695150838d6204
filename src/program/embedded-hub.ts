import { ApiServerCore } from '../apiserver/api-server-core.ts';
import { openSqliteStorage } from '../apiserver/store/sqlite-storage.ts';
import { type Storage, volatileStorage } from '../apiserver/store/storage.ts';
import type { Hub } from '../hub/hub.ts';
import { installHub } from '../hub/install.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Random } from '../runtime/random.ts';

export interface EmbeddedHubOptions {
  /** `memory`: forgets everything at the end. */
  readonly place: { readonly directory: string } | 'memory';
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/**
 * A hub of our own, in this process: an API server with our kinds, kept in one file. Throws `StorageError` when the
 * file is in use, not ours, or not whole.
 */
export async function openEmbeddedHub({ place, clock, random, logger }: EmbeddedHubOptions): Promise<Hub> {
  const storage = place === 'memory' ? volatileStorage() : openSqliteStorage(place);
  const core = coreOn(storage, clock, random);
  const apiServer = core.client();
  try {
    await installHub(apiServer, { clock });
  } catch (error) {
    core.close();
    throw error;
  }
  logger.info('hub', { place: place === 'memory' ? 'memory' : place.directory, revision: core.revision });
  return {
    apiServer,
    isExclusive: true,
    async close() {
      await apiServer.close();
      core.close();
    },
  };
}

function coreOn(storage: Storage, clock: Clock, random: Random): ApiServerCore {
  try {
    return new ApiServerCore({ name: 'hub', clock, random, storage });
  } catch (error) {
    storage.close();
    throw error;
  }
}

import { ApiServerCore } from '../../src/apiserver/api-server-core.ts';
import { installHub } from '../../src/hub/install.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { seededRandom } from '../../src/runtime/random.ts';
import { VirtualClock } from '../../src/runtime/virtual-clock.ts';

/** An API server in virtual time with our kinds, and what its users are made from. */
export async function aHub(seed = 1) {
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const core = new ApiServerCore({ name: 'hub', clock, random });
  const apiServer = core.client();
  await installHub(apiServer, { clock });
  return { core, apiServer, clock, random, logger: silentLogger };
}

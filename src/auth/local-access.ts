import { type Access, EVERYTHING } from './access.ts';

/** LOCAL mode: whoever started the gateway sees whatever its credentials could read. */
export const LOCAL_ACCESS: Access = {
  visibility: () => EVERYTHING,
  seesCluster: () => true,
  epoch: 0,
};

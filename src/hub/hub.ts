import type { ApiServer } from '../kube/api-server.ts';

/** Where durable state lives: a cluster of its own, or the embedded one. The same code above the port. */
export interface Hub {
  readonly apiServer: ApiServer;
  /** Another holder of the same storage cannot be alive: true of the embedded hub, which lets one process in. */
  readonly isExclusive: boolean;
  close(): Promise<void>;
}

import type { ApiServerCore } from '../apiserver/api-server-core.ts';
import { type HttpsServer, startHttpsServer } from '../apiserver/https-server.ts';
import type { FleetFaults } from './faults.ts';
import { type Kubeconfig, kubeconfigFor, kubeconfigText, writeKubeconfig } from './kubeconfig.ts';
import { createSimulatedFleet, type FleetOptions, type SimulatedFleet } from './simulated-fleet.ts';
import { GATEWAY_USER, READY_MADE_USERS } from './users.ts';

export interface StartFleetOptions extends FleetOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
}

/** One simulated cluster as a client reaches it. */
export interface StartedCluster {
  readonly name: string;
  /** Region, tier, env and `fleetgraph.io/stage`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly core: ApiServerCore;
  /** "https://127.0.0.1:40123/clusters/eu-west-1-core". */
  readonly url: string;
  /** Certificate authority: base64 of PEM, as a kubeconfig has it. */
  readonly caData: string;
}

/** A simulated fleet that answers over HTTPS. Disposing ends the story and every connection. */
export class StartedFleet implements AsyncDisposable {
  readonly clusters: readonly StartedCluster[];
  readonly faults: FleetFaults;
  /** Token of each ready-made user: admin, viewer, team-shop. */
  readonly tokens: Readonly<Record<string, string>> = Object.fromEntries(READY_MADE_USERS.map(({ name, token }) => [name, token]));
  /** The gateway's own, with the rights that it needs and no more. */
  readonly gatewayToken: string = GATEWAY_USER.token;
  readonly fleet: SimulatedFleet;
  readonly #server: HttpsServer;

  constructor(fleet: SimulatedFleet, server: HttpsServer) {
    this.fleet = fleet;
    this.faults = fleet.faults;
    this.#server = server;
    this.clusters = fleet.clusters.map(({ name, labels, core }) => {
      const { server: url, caData } = server.address(name);
      return { name, labels, core, url, caData };
    });
  }

  get port(): number {
    return this.#server.port;
  }

  /** One context for each cluster, of the same name, as `user` (default admin). */
  kubeconfig(user?: string): Kubeconfig {
    return kubeconfigFor(this.clusters, user);
  }

  kubeconfigText(user?: string): string {
    return kubeconfigText(this.kubeconfig(user));
  }

  /** Mode 0600, by atomic rename. */
  writeKubeconfig(path: string): Promise<void> {
    return writeKubeconfig(path, this.kubeconfig());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.close();
    await this.fleet[Symbol.asyncDispose]();
  }
}

/** Resolves when every cluster answers. Throws what listening throws (EADDRINUSE). Alive unless `life` is false. */
export async function startSimulatedFleet({ host, port, ...options }: StartFleetOptions): Promise<StartedFleet> {
  const fleet = await createSimulatedFleet({ life: true, ...options });
  try {
    const server = await startHttpsServer({
      cores: fleet.clusters.map(({ core }) => core),
      faults: fleet.faults.hook,
      ...(host === undefined ? {} : { host }),
      ...(port === undefined ? {} : { port }),
    });
    fleet.faults.connect(server);
    return new StartedFleet(fleet, server);
  } catch (error) {
    await fleet[Symbol.asyncDispose]();
    throw error;
  }
}

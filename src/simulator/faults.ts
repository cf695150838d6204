import type { Fault, FaultHook } from '../apiserver/http/fault.ts';
import type { SimulatedCluster } from './simulated-cluster.ts';

/** Stops and resumes the API server of a cluster as seen over the network. */
export interface ServerSwitch {
  stop(clusterName: string): void;
  resume(clusterName: string): void;
}

/**
 * Trouble on demand, cluster by cluster. What concerns the network (stop, slow) is felt over HTTPS only: the
 * cluster itself lives on, as one does behind a broken link.
 */
export class FleetFaults {
  readonly #clusters: ReadonlyMap<string, SimulatedCluster>;
  readonly #requestFaults = new Map<string, Fault>();
  #switch: ServerSwitch | undefined;

  constructor(clusters: readonly SimulatedCluster[]) {
    this.#clusters = new Map(clusters.map((cluster) => [cluster.name, cluster]));
  }

  /** Asked by the HTTPS server about every request. */
  readonly hook: FaultHook = ({ cluster }) => this.#requestFaults.get(cluster);

  connect(server: ServerSwitch): void {
    this.#switch = server;
  }

  /** Its API server is gone: connections break, new ones too. */
  stopServer(name: string): void {
    this.#named(name);
    this.#network().stop(name);
  }

  startServer(name: string): void {
    this.#named(name);
    this.#network().resume(name);
  }

  /** Every answer comes this much later; 0 ends it. */
  slowDown(name: string, delayMs: number): void {
    this.#named(name);
    this.setRequestFault(name, delayMs === 0 ? undefined : { delayMs });
  }

  /** Any fault for every request to a cluster; undefined ends it. */
  setRequestFault(name: string, fault: Fault | undefined): void {
    this.#named(name);
    if (fault === undefined) this.#requestFaults.delete(name);
    else this.#requestFaults.set(name, fault);
  }

  /** Ends all watches in the middle, as a server does that is short of memory. */
  cutWatches(name: string): void {
    this.#named(name).core.closeWatches();
  }

  /** Forgets all history: whoever watches again from before is answered 410. */
  compact(name: string): void {
    const { core } = this.#named(name);
    core.compact();
    core.closeWatches();
  }

  /** The machine is switched off: NotReady after 40 s, its pods evicted after five minutes more. */
  nodeDown(name: string, nodeName: string): void {
    this.#named(name).machines.switchOff(nodeName);
  }

  nodeUp(name: string, nodeName: string): void {
    this.#named(name).machines.switchOn(nodeName);
  }

  /** Pods of this image run and never get ready, until that is taken back. */
  holdUnready(name: string, image: string, isHeld = true): void {
    this.#named(name).holdUnready(image, isHeld);
  }

  /** As `holdUnready`, but pods created before `since` (milliseconds since 1970, as precise as a timestamp) stay as they are. */
  holdNewUnready(name: string, image: string, since: number): void {
    this.#named(name).holdUnready(image, true, Math.floor(since / 1_000) * 1_000);
  }

  #network(): ServerSwitch {
    if (this.#switch === undefined) throw new Error('this fleet has no HTTPS server that could be stopped');
    return this.#switch;
  }

  #named(name: string): SimulatedCluster {
    const cluster = this.#clusters.get(name);
    if (cluster === undefined) throw new RangeError(`no simulated cluster is called "${name}"`);
    return cluster;
  }
}

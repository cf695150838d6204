import type { ApiServer, JsonPatchOperation } from '../../kube/api-server.ts';
import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import type { Resource } from '../../model/resource.ts';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import { PODS } from '../objects/kinds.ts';
import { isReady } from '../objects/pod-facts.ts';
import type { Pod } from '../objects/types.ts';
import type { SimulatedCluster } from '../simulated-cluster.ts';
import { createSimulatedFleet, type SimulatedFleet } from '../simulated-fleet.ts';

/** One simulated cluster in virtual time, with the words in which tests tell what happens to it. */
export class Story implements AsyncDisposable {
  readonly clock: VirtualClock;
  readonly fleet: SimulatedFleet;
  readonly cluster: SimulatedCluster;
  /** An administrator's access. */
  readonly api: ApiServer;

  private constructor(clock: VirtualClock, fleet: SimulatedFleet, cluster: SimulatedCluster) {
    this.clock = clock;
    this.fleet = fleet;
    this.cluster = cluster;
    this.api = cluster.core.client();
  }

  static async begin({ pods = 60, seed = 7 } = {}): Promise<Story> {
    const clock = new VirtualClock();
    const fleet = await createSimulatedFleet({ clusters: 1, pods, seed, clock });
    const [cluster] = fleet.clusters;
    if (cluster === undefined) throw new Error('a fleet without clusters');
    return new Story(clock, fleet, cluster);
  }

  seconds(count: number): Promise<void> {
    return this.clock.advanceBy(count * 1000);
  }

  create(resource: Resource, object: KubeObject): Promise<KubeObject> {
    return this.api.create(resource, object);
  }

  get<T extends KubeObject>(resource: Resource, name: string, namespace = 'shop'): Promise<T> {
    return this.api.get(resource, resource.namespaced ? { namespace, name } : { name }) as Promise<T>;
  }

  merge(resource: Resource, name: string, body: JsonObject): Promise<KubeObject> {
    return this.api.patch(resource, resource.namespaced ? { namespace: 'shop', name } : { name }, { type: 'merge', body });
  }

  setImage(resource: Resource, name: string, image: string, ...others: JsonPatchOperation[]): Promise<KubeObject> {
    const operations: JsonPatchOperation[] = [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: image }, ...others];
    return this.api.patch(resource, { namespace: 'shop', name }, { type: 'json', operations });
  }

  /** Of the app, in the namespace shop, in order of name. */
  async pods(app: string): Promise<Pod[]> {
    const { items } = await this.api.list(PODS, { namespace: 'shop', labelSelector: `app=${app}` });
    return items as Pod[];
  }

  async readyPods(app: string): Promise<Pod[]> {
    return (await this.pods(app)).filter((pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined);
  }

  /** How many pods of the app carry each image: "demo:v1=5 demo:v2=3". Those on their way out do not count. */
  async images(app: string): Promise<string> {
    const counts = new Map<string, number>();
    for (const { spec, metadata } of await this.pods(app)) {
      const image = spec.containers[0]?.image ?? '';
      if (metadata.deletionTimestamp === undefined) counts.set(image, (counts.get(image) ?? 0) + 1);
    }
    return [...counts]
      .sort()
      .map(([image, count]) => `${image}=${count}`)
      .join(' ');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleet[Symbol.asyncDispose]();
  }
}

/** A workload "demo" in the namespace shop, with pods "app=demo" of one container "app". */
export function demo(apiVersion: string, kind: string, spec: JsonObject = {}, image = 'demo:v1'): KubeObject {
  return {
    apiVersion,
    kind,
    metadata: { name: 'demo', namespace: 'shop' },
    spec: {
      selector: { matchLabels: { app: 'demo' } },
      template: { metadata: { labels: { app: 'demo' } }, spec: { containers: [{ name: 'app', image }] } },
      ...spec,
    },
  };
}

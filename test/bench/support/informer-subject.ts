/**
 * One informer in a process of its own: `KIND PODS EVENTS URL...`. Syncs, says so, takes a burst of events that the
 * parent asks the server for, and ends with what it measured.
 */
import { get } from 'node:http';
import { CoreV1Api, KubeConfig, makeInformer, type V1Pod, type V1PodList } from '@kubernetes/client-node';
import { type Delays, heldBytes, until, watchLoop } from './meters.ts';
import { startOurFleet } from './our-fleet.ts';

export type InformerKind = 'ours' | 'client-node' | 'client-node-paged' | 'parse';

export interface InformerMeasures {
  readonly syncMs: number;
  /** Of the whole process, while it synced: what other load on the machine does not change much. */
  readonly syncCpuMs: number;
  readonly syncDelays: Delays;
  readonly bytesPerPod: number;
  readonly peakRssMiB: number;
  readonly eventsMs: number;
  readonly eventsCpuMs: number;
  readonly eventDelays: Delays;
}

interface Subject {
  pods(): number;
  /** Events taken; published, where there is anybody to publish to. */
  events(): number;
}

const [kind = '', podsText = '0', eventsText = '0', ...urls] = process.argv.slice(2);
const [pods, events] = [Number(podsText), Number(eventsText)];
process.on('disconnect', () => process.exit(1));

const before = heldBytes();
const loop = watchLoop();
const startedAt = performance.now();
const cpuBefore = process.cpuUsage();
const subject = await start();
await until(() => subject.pods() >= pods);
const syncMs = performance.now() - startedAt;
const syncCpuMs = cpuMsSince(cpuBefore);
const syncDelays = loop.stop();
const bytesPerPod = (heldBytes() - before) / pods;
const taken = events === 0 ? { ms: 0, cpuMs: 0, delays: { maxMs: 0, p99Ms: 0 } } : await takeEvents();
const measures: InformerMeasures = {
  ...{ syncMs, syncCpuMs, syncDelays, bytesPerPod, eventsMs: taken.ms, eventsCpuMs: taken.cpuMs, eventDelays: taken.delays },
  peakRssMiB: process.resourceUsage().maxRSS / 1_024,
};
process.send?.({ type: 'result', ...measures }, () => process.exit(0));

function start(): Subject | Promise<Subject> {
  if (kind === 'ours') return startOurs();
  if (kind === 'parse') return parseOnly();
  return startVendor(kind === 'client-node-paged');
}

async function takeEvents() {
  await until(() => process.channel !== undefined);
  const already = subject.events();
  const meter = watchLoop();
  const from = performance.now();
  const cpu = process.cpuUsage();
  process.send?.({ type: 'synced' });
  await until(() => subject.events() - already >= events);
  return { ms: performance.now() - from, cpuMs: cpuMsSince(cpu), delays: meter.stop() };
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function startOurs(): Subject {
  const fleet = startOurFleet(urls);
  return { pods: () => (fleet.liveClusters() === urls.length ? fleet.pods() : 0), events: () => fleet.published };
}

/** The informer as it comes, or with pages put together by its user. */
async function startVendor(isPaged: boolean): Promise<Subject> {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'c', server: urls[0], skipTLSVerify: true }],
    users: [{ name: 'u' }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  });
  const api = config.makeApiClient(CoreV1Api);
  const informer = makeInformer<V1Pod>(config, '/api/v1/pods', () => (isPaged ? inPages(api) : api.listPodForAllNamespaces()));
  let [added, updated] = [0, 0];
  informer.on('add', () => {
    added += 1;
  });
  informer.on('update', () => {
    updated += 1;
  });
  informer.on('error', (error: unknown) => {
    throw error;
  });
  await informer.start();
  return { pods: () => added, events: () => updated };
}

async function inPages(api: CoreV1Api): Promise<V1PodList> {
  const all = await api.listPodForAllNamespaces({ limit: 500 });
  for (let token = all.metadata?._continue; token !== undefined && token !== ''; ) {
    const page = await api.listPodForAllNamespaces({ limit: 500, _continue: token });
    all.items.push(...page.items);
    token = page.metadata?._continue;
  }
  return all;
}

/** The floor: the same pages, parsed and dropped. */
async function parseOnly(): Promise<Subject> {
  let seen = 0;
  for (let token: string | undefined = ''; token !== undefined; ) {
    const page: { items: unknown[]; metadata: { continue?: string } } = JSON.parse(
      await fetched(`${urls[0]}/api/v1/pods?limit=500&continue=${token}`),
    );
    seen += page.items.length;
    token = page.metadata.continue;
  }
  return { pods: () => seen, events: () => 0 };
}

function fetched(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    }).on('error', reject);
  });
}

/**
 * A process of its own that answers as many API servers would (`/c/0`, `/c/1`...), from prebuilt bytes. Started by
 * `startPageServer`: `PODS PAGE_SIZE`. Told by message to send events on the open watches of a cluster.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { changeLine, filled, podPages, type Template } from './template.ts';

/** Sends `events` changes, spread over the pods, on every open watch of `clusters` clusters. */
export interface Burst {
  readonly clusters: number;
  readonly events: number;
  readonly firstVersion: number;
}

const [pods = 0, pageSize = 500] = process.argv.slice(2).map(Number);
const LIST_VERSION = '1000000001';
const pages = podPages(pods, pageSize);
const lines: Template[] = Array.from({ length: Math.min(pods, 2_000) }, (_, at) =>
  changeLine(Math.floor((at * pods) / Math.min(pods, 2_000))),
);
const watches = new Map<number, Set<ServerResponse>>();
const KINDS = [
  { resource: 'pods', responseKind: { kind: 'Pod' }, scope: 'Namespaced' },
  { resource: 'namespaces', responseKind: { kind: 'Namespace' }, scope: 'Cluster' },
];

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    if (!response.headersSent) response.writeHead(500);
    response.end(String(error));
  });
});
server.listen(0, '127.0.0.1', () => process.send?.({ type: 'ready', port: (server.address() as AddressInfo).port }));
process.on('message', (burst: Burst) => void Promise.all(Array.from({ length: burst.clusters }, (_, at) => send(at, burst))));
process.on('disconnect', () => process.exit(0));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [, , number = '0', ...rest] = url.pathname.split('/');
  const cluster = Number(number);
  const path = `/${rest.join('/')}`;
  if (url.searchParams.has('watch')) return watch(cluster, path, response);
  if (path === '/api/v1/pods') return list(cluster, url.searchParams, response);
  json(response, small(path, cluster));
}

function small(path: string, cluster: number): unknown {
  const metadata = { name: 'kube-system', uid: `00000000-0000-4000-8000-${cluster.toString(16).padStart(12, '0')}`, resourceVersion: '1' };
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata, status: { phase: 'Active' } };
  switch (path) {
    case '/version':
      return { gitVersion: 'v1.31.0' };
    case '/api':
      return discovery([{ metadata: { name: '' }, versions: [{ version: 'v1', resources: KINDS }] }]);
    case '/apis':
      return discovery([]);
    case '/api/v1/namespaces/kube-system':
      return namespace;
    case '/api/v1/namespaces':
      return { apiVersion: 'v1', kind: 'NamespaceList', metadata: { resourceVersion: LIST_VERSION }, items: [namespace] };
    default:
      return { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: LIST_VERSION }, items: [] };
  }
}

function discovery(items: readonly unknown[]): unknown {
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', items };
}

function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** A page where a limit is given, else everything in one answer. */
async function list(cluster: number, query: URLSearchParams, response: ServerResponse): Promise<void> {
  const limit = Number(query.get('limit') ?? 0);
  const from = Number(query.get('continue') ?? 0);
  const isProbe = limit > 0 && limit < pageSize;
  const to = isProbe ? from : limit > 0 ? from + 1 : pages.length;
  const token = to < pages.length && !isProbe ? `,"continue":"${to}"` : '';
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write(`{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"${LIST_VERSION}"${token}},"items":[`);
  for (let at = from; at < to; at += 1) {
    const page = pages[at];
    if (page === undefined) break;
    if (at > from) response.write(',');
    if (!response.write(filled(page.template, cluster))) await drained(response);
  }
  response.end(']}');
}

function watch(cluster: number, path: string, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  if (path !== '/api/v1/pods') return;
  const open = watches.get(cluster) ?? new Set();
  watches.set(cluster, open.add(response));
  response.on('close', () => open.delete(response));
}

async function send(cluster: number, { events, firstVersion }: Burst): Promise<void> {
  for (const response of watches.get(cluster) ?? []) {
    for (let at = 0; at < events && !response.destroyed; at += 1) {
      const line = lines[(at * 7) % lines.length] as Template;
      if (!response.write(filled(line, cluster, firstVersion + at))) await drained(response);
    }
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

/**
 * A process of its own that answers as many API servers would (`/c/0`, `/c/1`...), from prebuilt bytes. Started by
 * `startPageServer`: `PODS PAGE_SIZE`. Told by message to send events on the open watches of a cluster.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ENVELOPE_TAIL, protobufListHead } from '../../../src/apiserver/http/protobuf-encoder.ts';
import { PROTOBUF_TYPE } from '../../../src/kube/protobuf/message-rules.ts';
import type { JsonObject } from '../../../src/model/kube-object.ts';
import { changeLine, type Form, filled, type PodPage, podPages, type Template } from './template.ts';

/** Sends `events` changes, spread over the pods, on every open watch of `clusters` clusters. */
export interface Burst {
  readonly clusters: number;
  readonly events: number;
  readonly firstVersion: number;
}

const [pods = 0, pageSize = 500] = process.argv.slice(2).map(Number);
/** To the operating system in one go: the server must not be what is measured. */
const EVENTS_PER_WRITE = 16;
const LIST_VERSION = '1000000001';
const pages: Readonly<Record<Form, readonly PodPage[]>> = {
  json: podPages(pods, pageSize, 'json'),
  protobuf: podPages(pods, pageSize, 'protobuf'),
};
const changes: Readonly<Record<Form, readonly Template[]>> = { json: changesIn('json'), protobuf: changesIn('protobuf') };
const watches = new Map<number, Map<ServerResponse, Form>>();
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
  // Pods in protobuf for whoever can read it, as API servers do; all else in JSON.
  const form: Form = path === '/api/v1/pods' && request.headers.accept?.includes(PROTOBUF_TYPE) === true ? 'protobuf' : 'json';
  if (url.searchParams.has('watch')) return watch(cluster, { path, form }, response);
  if (path === '/api/v1/pods') return list(cluster, { query: url.searchParams, form }, response);
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
async function list(
  cluster: number,
  { query, form }: { readonly query: URLSearchParams; readonly form: Form },
  response: ServerResponse,
): Promise<void> {
  const all = pages[form];
  const limit = Number(query.get('limit') ?? 0);
  const from = Number(query.get('continue') ?? 0);
  const isProbe = limit > 0 && limit < pageSize;
  const to = isProbe ? from : limit > 0 ? from + 1 : all.length;
  const metadata = { resourceVersion: LIST_VERSION, ...(to < all.length && !isProbe && { continue: String(to) }) };
  const parts = all.slice(from, to);
  response.writeHead(200, { 'content-type': form === 'json' ? 'application/json' : PROTOBUF_TYPE });
  response.write(headOf(form, metadata, parts));
  for (const [at, page] of parts.entries()) {
    if (at > 0 && form === 'json') response.write(',');
    if (!response.write(filled(page.template, cluster))) await drained(response);
  }
  response.end(form === 'json' ? ']}' : ENVELOPE_TAIL);
}

/** Of a list all that comes before its items. */
function headOf(form: Form, metadata: JsonObject, parts: readonly PodPage[]): string | Buffer {
  if (form === 'json') return `{"kind":"PodList","apiVersion":"v1","metadata":${JSON.stringify(metadata)},"items":[`;
  const length = parts.reduce((sum, { template }) => sum + template.bytes.length, 0);
  return protobufListHead({ apiVersion: 'v1', kind: 'Pod', metadata }, length);
}

function changesIn(form: Form): Template[] {
  const count = Math.min(pods, 2_000);
  return Array.from({ length: count }, (_, at) => changeLine(Math.floor((at * pods) / count), form));
}

function watch(cluster: number, { path, form }: { readonly path: string; readonly form: Form }, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': form === 'json' ? 'application/json' : `${PROTOBUF_TYPE};stream=watch` });
  response.flushHeaders();
  if (path !== '/api/v1/pods') return;
  const open = watches.get(cluster) ?? new Map<ServerResponse, Form>();
  watches.set(cluster, open.set(response, form));
  response.on('close', () => open.delete(response));
}

async function send(cluster: number, { events, firstVersion }: Burst): Promise<void> {
  for (const [response, form] of watches.get(cluster) ?? []) {
    const lines = changes[form];
    for (let from = 0; from < events && !response.destroyed; from += EVENTS_PER_WRITE) {
      const numbers = Array.from({ length: Math.min(EVENTS_PER_WRITE, events - from) }, (_, at) => from + at);
      const written = numbers.map((at) => filled(lines[(at * 7) % lines.length] as Template, cluster, firstVersion + at));
      if (!response.write(Buffer.concat(written))) await drained(response);
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

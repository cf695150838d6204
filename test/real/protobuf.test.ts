import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keptFieldsOf } from '../../src/fleet/projection/kept-fields.ts';
import { projectEvent } from '../../src/fleet/projection/project-event.ts';
import { projectorFor } from '../../src/fleet/projection/projectors.ts';
import type { ApiServer, ListPage } from '../../src/kube/api-server.ts';
import { staticCredentials } from '../../src/kube/http/credentials.ts';
import { HttpApiServer } from '../../src/kube/http/http-api-server.ts';
import { NodeTransport } from '../../src/kube/http/node-transport.ts';
import { isProtobuf } from '../../src/kube/http/protobuf/protobuf-negotiation.ts';
import type { Transport, TransportResponse } from '../../src/kube/http/transport.ts';
import type { WatchEvent } from '../../src/kube/watch-event.ts';
import type { KubeObject } from '../../src/model/kube-object.ts';
import { groupResourceOf, type Resource } from '../../src/model/resource.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { sharedControlPlane } from '../controlplane/shared-control-plane.ts';
import { deployment, podsOf } from './workloads.ts';

const KINDS: readonly Resource[] = [
  ['', 'pods', 'Pod'],
  ['', 'nodes', 'Node'],
  ['', 'namespaces', 'Namespace'],
  ['', 'events', 'Event'],
  ['apps', 'deployments', 'Deployment'],
  ['apps', 'replicasets', 'ReplicaSet'],
  ['apps', 'statefulsets', 'StatefulSet'],
  ['apps', 'daemonsets', 'DaemonSet'],
  ['apps', 'controllerrevisions', 'ControllerRevision'],
].map(([group = '', resource = '', kind = '']) => ({
  group,
  version: 'v1',
  resource,
  kind,
  namespaced: resource !== 'nodes' && resource !== 'namespaces',
}));

const controlPlane = sharedControlPlane();
const cluster = controlPlane.cluster('cluster-1');
let namespace: string;

/** How many answers came in which form. */
const forms = { protobuf: 0, other: 0 };
let unreadable = 0;

function countUnreadable(): void {
  unreadable += 1;
}

/** The cluster over HTTP; `spoil` changes what is asked for, or what is answered. */
function connected(spoil: (transport: Transport) => Transport = (transport) => transport): HttpApiServer {
  const ca = Buffer.from(cluster.caData, 'base64').toString();
  const trust = () => Promise.resolve({ ca, insecureSkipVerify: false });
  return new HttpApiServer({
    transport: spoil(new NodeTransport({ server: new URL(cluster.server), clock: systemClock, trust })),
    credentials: staticCredentials({ authorization: `Bearer ${cluster.tokens.gateway}` }),
    ...{ clock: systemClock, userAgent: 'fleetgraph-protobuf-test', onUnreadableProtobuf: countUnreadable },
  });
}

function counting(transport: Transport): Transport {
  return {
    async open(request, signal) {
      const answer = await transport.open(request, signal);
      if (isProtobuf(answer.headers)) forms.protobuf += 1;
      else forms.other += 1;
      return answer;
    },
    close: () => transport.close(),
  };
}

function jsonOnly(transport: Transport): Transport {
  const headersOf = (headers: Parameters<Transport['open']>[0]['headers']) =>
    headers.map(([name, value]) => (name === 'accept' ? ([name, 'application/json'] as const) : ([name, value] as const)));
  return {
    open: (request, signal) => transport.open({ ...request, headers: headersOf(request.headers) }, signal),
    close: () => transport.close(),
  };
}

/** Answers in protobuf lose their middle. */
function damaged(transport: Transport): Transport {
  async function* halved(body: TransportResponse['body']): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const piece of body) yield piece.subarray(0, piece.length >> 1);
  }
  return {
    async open(request, signal) {
      const answer = await transport.open(request, signal);
      return isProtobuf(answer.headers) ? { ...answer, body: halved(answer.body) } : answer;
    },
    close: () => transport.close(),
  };
}

const [binary, json] = [connected(counting), connected(jsonOnly)];

function fieldsOf(resource: Resource) {
  return { fields: keptFieldsOf(groupResourceOf(resource)) ?? expect.fail('nothing is kept') };
}

function recordOf(resource: Resource, object: KubeObject): unknown {
  const flaw = (field: string) => expect.fail(`a real ${resource.kind} with an odd ${field}`);
  const project = resource.kind === 'Event' ? projectEvent : projectorFor(groupResourceOf(resource), flaw);
  return project?.(object, 'real', flaw);
}

function recordsOf(resource: Resource, page: ListPage): Map<string, unknown> {
  return new Map(page.items.map((item) => [item.metadata.uid ?? '', recordOf(resource, item)]));
}

/** Everything between two versions, or what a stream begins with, as records. */
async function told(server: ApiServer, resource: Resource, from: string, options: { readonly to?: string; readonly isList?: boolean }) {
  const events: unknown[] = [];
  const stop = new AbortController();
  const take = (event: WatchEvent): boolean => {
    if (event.type === 'bookmark') return event.endsInitialEvents === true;
    events.push({ type: event.type, record: recordOf(resource, event.object) });
    return options.to !== undefined && Number(event.object.metadata.resourceVersion) >= Number(options.to);
  };
  const watch = {
    resourceVersion: from,
    timeoutSeconds: 5,
    signal: stop.signal,
    ...(options.isList === true && { sendInitialEvents: true }),
  };
  for await (const event of server.watch(resource, { ...fieldsOf(resource), ...watch })) if (take(event)) break;
  stop.abort();
  return events;
}

beforeAll(async () => {
  namespace = await cluster.createNamespace('protobuf');
  const template = deployment(namespace, 'web', 'v1', 3) as { metadata: object; spec: { template: object; selector: object } };
  await cluster.apply(template as never);
  const { selector, template: pods } = template.spec;
  await cluster.apply({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { namespace, name: 'db' },
    spec: { serviceName: 'db', replicas: 2, selector, template: pods },
  } as never);
  await cluster.apply({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { namespace, name: 'agent' },
    spec: { selector, template: richTemplate(pods) },
  } as never);
  for (let tries = 0; tries < 60 && (await podsOf({ cluster, namespace }, 'web')).length < 3; tries += 1) await sleep(500);
});

afterAll(async () => {
  await Promise.all([binary.close(), json.close()]);
});

/** With members whose zero JSON tells, and others that it leaves out: the digest is of all of them. */
function richTemplate(template: object): object {
  const { metadata, spec } = template as { metadata: object; spec: { containers: object[] } };
  const extra = {
    env: [
      { name: 'EMPTY', value: '' },
      { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
      { name: 'P', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ],
    readinessProbe: {
      httpGet: { path: '/', port: 8080, httpHeaders: [{ name: 'X-Empty', value: '' }] },
      initialDelaySeconds: 0,
      periodSeconds: 7,
    },
    resources: { requests: { cpu: '0.1', memory: '128Mi' }, limits: { cpu: '1', memory: '1e9' } },
    securityContext: { runAsUser: 0, privileged: false, capabilities: { drop: ['ALL'] } },
    volumeMounts: [{ name: 'empty', mountPath: '/empty' }],
  };
  const [first, ...others] = spec.containers;
  return {
    metadata,
    spec: {
      ...spec,
      containers: [{ ...first, ...extra }, ...others],
      volumes: [
        { name: 'empty', emptyDir: {} },
        { name: 'sized', emptyDir: { sizeLimit: '1Gi' } },
        { name: 'node', hostPath: { path: '/var', type: '' } },
      ],
      terminationGracePeriodSeconds: 0,
      tolerations: [{ operator: 'Exists' }, { key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 0 }],
      topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: {} }],
      affinity: {
        nodeAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 1, preference: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } },
          ],
        },
      },
    },
  };
}

describe('a real server’s protobuf gives the records of its JSON', () => {
  it.each(KINDS.map((resource) => [resource.resource, resource] as const))('lists of %s', async (_name, resource) => {
    const before = forms.protobuf;
    const page = await binary.list(resource, fieldsOf(resource));
    expect(forms.protobuf).toBe(before + 1);
    const same = { resourceVersion: page.resourceVersion, resourceVersionMatch: 'Exact' as const };
    const other = await json.list(resource, { ...fieldsOf(resource), ...same });
    expect(page.items.length).toBeGreaterThan(0);
    expect(other.resourceVersion).toBe(page.resourceVersion);
    expect(recordsOf(resource, page)).toEqual(recordsOf(resource, other));
  });

  it.each(KINDS.map((resource) => [resource.resource, resource] as const))(
    'lists by stream, and watches, of %s',
    async (_name, resource) => {
      const [streamed, fromJson] = [await told(binary, resource, '0', { isList: true }), await told(json, resource, '0', { isList: true })];
      expect(streamed.length).toBeGreaterThan(0);
      const byUid = (events: unknown[]) =>
        new Map((events as { record: { uid: string; resourceVersion: string } }[]).map((event) => [event.record.uid, event]));
      const [ours, theirs] = [byUid(streamed), byUid(fromJson)];
      let compared = 0;
      for (const [uid, event] of ours) {
        const other = theirs.get(uid);
        // What changed between the two streams is another state.
        if (other?.record.resourceVersion !== event.record.resourceVersion) continue;
        expect(event).toEqual(other);
        compared += 1;
      }
      expect(compared).toBeGreaterThan(0);
    },
  );

  it.each(['pods', 'deployments', 'replicasets', 'events'])('what happens to %s, event by event', async (name) => {
    const resource = KINDS.find((kind) => kind.resource === name) as Resource;
    const { resourceVersion } = await json.list(resource, { limit: 1 });
    await cluster.apply(deployment(namespace, 'web', `v${KINDS.indexOf(resource) + 10}`, 3));
    await sleep(4_000);
    const { resourceVersion: to } = await json.list(resource, { limit: 1 });
    const [streamed, fromJson] = [
      await told(binary, resource, resourceVersion, { to }),
      await told(json, resource, resourceVersion, { to }),
    ];
    const length = Math.min(streamed.length, fromJson.length);
    expect(length).toBeGreaterThan(0);
    expect(streamed.slice(0, length)).toEqual(fromJson.slice(0, length));
  });

  it('tells a refusal in the server’s words, which come in protobuf too', async () => {
    const pods = KINDS[0] as Resource;
    const before = forms.protobuf;
    const refused = binary.list(pods, { ...fieldsOf(pods), labelSelector: '!!' });
    await expect(refused).rejects.toMatchObject({ code: 'invalid', status: 400, message: expect.stringContaining('unable to parse') });
    expect(forms.protobuf).toBe(before + 1);
  });

  it('none of it was given up', () => {
    expect([binary.unusual, unreadable]).toEqual([0, 0]);
  });

  it('what cannot be read is asked for in JSON: lists at once, watches from then on', async () => {
    const pods = KINDS[0] as Resource;
    const broken = connected(damaged);
    const page = await broken.list(pods, fieldsOf(pods));
    const other = await json.list(pods, { ...fieldsOf(pods), resourceVersion: page.resourceVersion, resourceVersionMatch: 'Exact' });
    expect(recordsOf(pods, page)).toEqual(recordsOf(pods, other));
    expect([broken.unusual, unreadable]).toEqual([1, 1]);
    expect((await told(broken, pods, '0', { isList: true })).length).toBeGreaterThan(0);
    expect([broken.unusual, unreadable]).toEqual([1, 1]);
    await broken.close();
  });
});

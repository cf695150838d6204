import { describe, expect, it } from 'vitest';
import { ProtobufFrames } from '../../kube/http/protobuf/protobuf-frames.ts';
import { ProtobufKind } from '../../kube/http/protobuf/protobuf-kind.ts';
import { ProtobufPageReader } from '../../kube/http/protobuf/protobuf-page-reader.ts';
import type { JsonObject } from '../../model/kube-object.ts';
import { kruiseCustomResourceDefinitions } from '../resources/kruise-crds.ts';
import {
  aCore,
  aDeployment,
  anObject,
  aPod,
  bindingTo,
  CLUSTER_ROLE_BINDINGS,
  CONFIG_MAPS,
  CRDS,
  DEPLOYMENTS,
  PODS,
} from '../testing/core-for-tests.ts';
import type { ApiAnswer, LineStream } from './api-request.ts';
import { RequestHandler } from './request-handler.ts';

const USERS = [
  { token: 'root', user: { username: 'root', groups: ['system:masters'] } },
  { token: 'viewer', user: { username: 'viewer', groups: [] } },
];

interface Given {
  readonly method?: string;
  readonly token?: string | undefined;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: unknown;
}

async function aServer() {
  const server = aCore({ users: USERS });
  await server.client.create(CLUSTER_ROLE_BINDINGS, bindingTo(CLUSTER_ROLE_BINDINGS, 'view', 'viewer'));
  const handler = new RequestHandler(server.core);
  const ask = (url: string, { method = 'GET', token = 'root', headers = {}, body }: Given = {}): ApiAnswer => {
    const { pathname, searchParams } = new URL(url, 'https://x');
    const authorization = token === '' ? {} : { authorization: `Bearer ${token}` };
    const bytes = body === undefined ? new Uint8Array() : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    return handler.handle({
      method,
      path: pathname,
      query: searchParams,
      headers: { ...authorization, ...headers },
      body: bytes,
      origin: 'https://x:1',
    });
  };
  const json = (url: string, given?: Given) => {
    const answer = ask(url, given);
    if (answer.type !== 'whole') throw new Error('a stream');
    return { status: answer.status, headers: answer.headers, body: JSON.parse(String(answer.body)) as JsonObject };
  };
  const lines = (url: string, given?: Given) => {
    const answer = ask(url, given);
    if (answer.type !== 'lines') throw new Error(`not a stream: ${answer.body}`);
    return { stream: answer, read: () => readAll(answer) };
  };
  return { ...server, ask, json, lines };
}

/** The bytes of an answer, or of what waits in a stream. */
function bytesIn(answer: ApiAnswer): Buffer {
  if (answer.type === 'whole') return Buffer.from(answer.body);
  const frames: Uint8Array[] = [];
  for (let frame = answer.poll(); frame !== undefined; frame = answer.poll()) frames.push(Buffer.from(frame));
  return Buffer.concat(frames);
}

function readAll(stream: LineStream): JsonObject[] {
  const events: JsonObject[] = [];
  for (let line = stream.poll(); line !== undefined; line = stream.poll()) events.push(JSON.parse(String(line)) as JsonObject);
  return events;
}

const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
const MAPS = '/api/v1/namespaces/default/configmaps';

describe('who asks', () => {
  it('is nobody without a token: health and version, no more', async () => {
    const { ask, json } = await aServer();
    expect(ask('/readyz', { token: '' })).toMatchObject({ status: 200, body: 'ok' });
    expect(json('/version', { token: '' }).body).toMatchObject({ gitVersion: 'v1.32.4', major: '1', minor: '32' });
    expect(json('/api/v1/pods', { token: '' })).toMatchObject({
      status: 403,
      body: { message: expect.stringContaining('User "system:anonymous" cannot list') },
    });
    expect(json('/apis', { token: '' })).toMatchObject({
      status: 403,
      body: { message: 'forbidden: User "system:anonymous" cannot get path "/apis"' },
    });
  });

  it('is refused with a wrong token', async () => {
    const { json } = await aServer();
    expect(json('/api/v1/pods', { token: 'wrong' })).toMatchObject({
      status: 401,
      body: { kind: 'Status', reason: 'Unauthorized', code: 401 },
    });
  });

  it('may act as somebody else by headers', async () => {
    const { json } = await aServer();
    const headers = { 'impersonate-user': 'bob', 'impersonate-group': ['devs', 'ops'], 'impersonate-extra-scope%2fa': 'x' };
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const answer = json('/apis/authentication.k8s.io/v1/selfsubjectreviews', { method: 'POST', headers, body });
    expect(answer.body).toMatchObject({
      status: { userInfo: { username: 'bob', groups: ['devs', 'ops', 'system:authenticated'], extra: { 'scope/a': ['x'] } } },
    });
    expect(json('/api/v1/pods', { token: 'viewer', headers: { 'impersonate-user': 'root' } }).status).toBe(403);
  });
});

describe('objects', () => {
  it('are created, read, changed and deleted under their paths', async () => {
    const { json } = await aServer();
    expect(json(MAPS, { method: 'POST', body: anObject(CONFIG_MAPS, 'm', { data: { a: '1' } }) })).toMatchObject({
      status: 201,
      body: { data: { a: '1' } },
    });
    const patch = { method: 'PATCH', headers: { 'content-type': 'application/merge-patch+json' }, body: { data: { b: '2' } } };
    expect(json(`${MAPS}/m`, patch)).toMatchObject({ status: 200, body: { data: { a: '1', b: '2' } } });
    const { body } = json(MAPS);
    expect(body).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1', items: [{ metadata: { name: 'm' } }] });
    expect((body['items'] as JsonObject[])[0]).not.toHaveProperty('kind');
    expect(json(`${MAPS}/m`, { method: 'DELETE' })).toMatchObject({
      status: 200,
      body: { kind: 'Status', status: 'Success', details: { name: 'm', kind: 'configmaps' } },
    });
    expect(json(`${MAPS}/m`)).toMatchObject({
      status: 404,
      body: { message: 'configmaps "m" not found', details: { name: 'm', kind: 'configmaps' } },
    });
  });

  it('keep kind and version in lists of custom resources', async () => {
    const { client, json } = await aServer();
    for (const crd of kruiseCustomResourceDefinitions()) await client.create(CRDS, crd);
    const body = { ...aDeployment('web'), apiVersion: 'apps.kruise.io/v1alpha1', kind: 'CloneSet' };
    const path = '/apis/apps.kruise.io/v1alpha1/namespaces/default/clonesets';
    expect(json(path, { method: 'POST', body }).status).toBe(201);
    expect(json(path).body).toMatchObject({ kind: 'CloneSetList', items: [{ kind: 'CloneSet', apiVersion: 'apps.kruise.io/v1alpha1' }] });
    const statefulSet = { ...aDeployment('web'), apiVersion: 'apps.kruise.io/v1alpha1', kind: 'StatefulSet' };
    json('/apis/apps.kruise.io/v1alpha1/namespaces/default/statefulsets', { method: 'POST', body: statefulSet });
    expect(json('/apis/apps.kruise.io/v1beta1/namespaces/default/statefulsets/web').body).toMatchObject({
      apiVersion: 'apps.kruise.io/v1beta1',
    });
  });

  it('are events in two groups', async () => {
    const { json } = await aServer();
    const body = { metadata: { name: 'e' }, involvedObject: { kind: 'Pod', name: 'p' }, reason: 'Started', message: 'hello' };
    json('/api/v1/namespaces/default/events', { method: 'POST', body });
    expect(json('/apis/events.k8s.io/v1/namespaces/default/events/e').body).toMatchObject({
      apiVersion: 'events.k8s.io/v1',
      note: 'hello',
      regarding: { name: 'p' },
    });
    expect(json('/api/v1/events?fieldSelector=involvedObject.name%3Dp').body).toMatchObject({ items: [{ message: 'hello' }] });
  });

  it.each<[string, string, Given, number, string]>([
    ['an unknown path', '/apis/nothing/v1/things', {}, 404, 'NotFound'],
    ['no JSON', MAPS, { method: 'POST', body: '{' }, 400, 'BadRequest'],
    [
      'another form of body',
      MAPS,
      { method: 'POST', body: 'a: b', headers: { 'content-type': 'application/yaml' } },
      415,
      'UnsupportedMediaType',
    ],
    ['another form of answer', MAPS, { headers: { accept: 'application/yaml' } }, 406, 'NotAcceptable'],
    [
      'an unknown patch',
      `${MAPS}/m`,
      { method: 'PATCH', body: {}, headers: { 'content-type': 'text/plain' } },
      415,
      'UnsupportedMediaType',
    ],
    [
      'a server-side apply',
      `${MAPS}/m`,
      { method: 'PATCH', body: 'x', headers: { 'content-type': 'application/apply-patch+yaml' } },
      415,
      'UnsupportedMediaType',
    ],
    ['a method that a collection lacks', MAPS, { method: 'PUT', body: anObject(CONFIG_MAPS, 'm') }, 405, 'MethodNotAllowed'],
    ['half a dry run', `${MAPS}?dryRun=Some`, { method: 'POST', body: anObject(CONFIG_MAPS, 'n') }, 422, 'Invalid'],
    ['a limit that is no number', `${MAPS}?limit=few`, {}, 400, 'BadRequest'],
    ['logs', '/api/v1/namespaces/default/pods/p/log', {}, 501, 'NotImplemented'],
  ])('refuse %s', async (_name, url, given, status, reason) => {
    const { client, json } = await aServer();
    await client.create(CONFIG_MAPS, anObject(CONFIG_MAPS, 'm'));
    await client.create(PODS, aPod('p'));
    expect(json(url, given)).toMatchObject({ status, body: { kind: 'Status', status: 'Failure', reason, code: status } });
  });

  it('lose members that their kind does not have, with a warning, or are refused', async () => {
    const { json } = await aServer();
    const path = '/apis/apps/v1/namespaces/default/deployments';
    const body = aDeployment('web', { replica: 3, paused: true });
    const strict = json(`${path}?fieldValidation=Strict`, { method: 'POST', body });
    expect(strict).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('strict decoding error: unknown field "spec.replica"') },
    });
    const created = json(path, { method: 'POST', body });
    expect(created.headers['warning']).toBe('299 - "unknown field \\"spec.replica\\""');
    expect(created.body).toMatchObject({ spec: { paused: true } });
    expect(created.body['spec']).not.toHaveProperty('replica');
    const headers = { 'content-type': 'application/strategic-merge-patch+json' };
    const container = { name: 'main', imaeg: 'x', $patch: 'merge' };
    const patch = { method: 'PATCH', headers, body: { spec: { template: { spec: { containers: [container] } } } } };
    expect(json(`${path}/web?fieldValidation=Strict`, patch)).toMatchObject({
      status: 422,
      body: { message: expect.stringContaining('unknown field "spec.template.spec.containers[0].imaeg"') },
    });
    const operations = [{ op: 'add', path: '/spec/template/spec/contaners', value: [] }];
    const jsonPatch = { method: 'PATCH', headers: { 'content-type': 'application/json-patch+json' }, body: operations };
    expect(json(`${path}/web?fieldValidation=Strict`, jsonPatch)).toMatchObject({
      status: 422,
      body: { message: expect.stringContaining('unknown field "spec.template.spec.contaners"') },
    });
    const dropped = json(`${path}/web`, jsonPatch);
    expect(dropped.headers['warning']).toContain('spec.template.spec.contaners');
    expect(JSON.stringify(dropped.body)).not.toContain('contaners');
    expect(json(`${path}/web?fieldValidation=Ignore`, patch).headers).not.toHaveProperty('warning');
  });

  it('carry the audit id of the request', async () => {
    const { core, json } = await aServer();
    expect(json(MAPS, { method: 'POST', body: anObject(CONFIG_MAPS, 'm'), headers: { 'audit-id': 'ours' } }).headers).toMatchObject({
      'audit-id': 'ours',
    });
    expect(core.audit.events.at(-1)).toMatchObject({ auditID: 'ours', user: { username: 'root' }, code: 201 });
  });
});

describe('watches', () => {
  it('are lines of JSON', async () => {
    const { client, lines } = await aServer();
    const { stream, read } = lines(`${MAPS}?watch=1&resourceVersion=0`);
    await client.create(CONFIG_MAPS, anObject(CONFIG_MAPS, 'm'));
    await client.delete(CONFIG_MAPS, { namespace: 'default', name: 'm' });
    expect(read()).toMatchObject([
      { type: 'ADDED', object: { kind: 'ConfigMap', metadata: { name: 'm' } } },
      { type: 'DELETED', object: { metadata: { name: 'm' } } },
    ]);
    stream.cancel();
  });

  it('answer an old version by an ERROR line', async () => {
    const { core, lines } = await aServer();
    core.compact();
    expect(lines(`${MAPS}?watch=true&resourceVersion=2`).read()).toMatchObject([
      { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } },
    ]);
  });

  it('send initial events and mark their end', async () => {
    const { client, core, lines } = await aServer();
    await client.create(CONFIG_MAPS, anObject(CONFIG_MAPS, 'm'));
    const { stream, read } = lines(`${MAPS}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`);
    expect(read()).toMatchObject([
      { type: 'ADDED' },
      {
        type: 'BOOKMARK',
        object: {
          kind: 'ConfigMap',
          metadata: { resourceVersion: String(core.revision), annotations: { 'k8s.io/initial-events-end': 'true' } },
        },
      },
    ]);
    stream.cancel();
  });

  it('narrow to one object by its path', async () => {
    const { client, lines } = await aServer();
    const { stream, read } = lines(`${MAPS}/b?watch=1&resourceVersion=0`);
    for (const name of ['a', 'b']) await client.create(CONFIG_MAPS, anObject(CONFIG_MAPS, name));
    expect(read()).toMatchObject([{ object: { metadata: { name: 'b' } } }]);
    stream.cancel();
  });

  it('are refused before they begin where the right is missing', async () => {
    const { json } = await aServer();
    expect(json('/api/v1/secrets?watch=1', { token: 'viewer' })).toMatchObject({
      status: 403,
      body: { message: expect.stringContaining('cannot watch resource "secrets"') },
    });
  });
});

describe('other forms', () => {
  it('show a list and a watch as tables', async () => {
    const { client, json, lines } = await aServer();
    await client.create(DEPLOYMENTS, aDeployment('web'));
    const path = '/apis/apps/v1/namespaces/default/deployments';
    const { body } = json(path, { headers: TABLE });
    expect(body).toMatchObject({
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      rows: [{ cells: ['web', '0/1', 0, 0, '0s', 'main', 'nginx:1', 'app=web'], object: { kind: 'PartialObjectMetadata' } }],
    });
    expect((body['columnDefinitions'] as JsonObject[]).map(({ name }) => name)).toEqual([
      'Name',
      'Ready',
      'Up-to-date',
      'Available',
      'Age',
      'Containers',
      'Images',
      'Selector',
    ]);
    const { stream, read } = lines(`${path}?watch=1&resourceVersion=0&includeObject=None`, { headers: TABLE });
    await client.create(DEPLOYMENTS, aDeployment('two'));
    expect(read()).toMatchObject([
      { type: 'ADDED', object: { kind: 'Table', columnDefinitions: [{ name: 'Name' }, {}, {}, {}, {}, {}, {}, {}], rows: [{}] } },
      { type: 'ADDED', object: { kind: 'Table', columnDefinitions: null } },
    ]);
    stream.cancel();
  });

  it('show metadata alone', async () => {
    const { client, json } = await aServer();
    await client.create(CONFIG_MAPS, anObject(CONFIG_MAPS, 'm', { data: { a: 'b' } }));
    const headers = { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' };
    const { body } = json(MAPS, { headers });
    expect(body).toMatchObject({ kind: 'PartialObjectMetadataList', items: [{ kind: 'PartialObjectMetadata', metadata: { name: 'm' } }] });
    expect((body['items'] as JsonObject[])[0]).not.toHaveProperty('data');
  });
});

describe('protobuf', () => {
  const headers = { accept: 'application/vnd.kubernetes.protobuf,application/json' };
  const maps = ProtobufKind.of({ group: '', version: 'v1', resource: 'configmaps', kind: 'ConfigMap', namespaced: true }, { data: true });

  it('is the form of lists and watches of built-in kinds for whoever asks for it first', async () => {
    const { client, ask } = await aServer();
    const object = { ...anObject(CONFIG_MAPS, 'a'), data: { key: 'grün' } };
    const { metadata } = await client.create(CONFIG_MAPS, object);
    const listed = ask(MAPS, { headers });
    expect(listed.headers['content-type']).toBe('application/vnd.kubernetes.protobuf');
    const page = new ProtobufPageReader(maps as ProtobufKind, 1 << 20);
    page.push(bytesIn(listed));
    page.finish();
    expect(page.items).toEqual([{ metadata: expect.objectContaining({ name: 'a', uid: metadata.uid }), data: { key: 'grün' } }]);
    const watched = ask(`${MAPS}?watch=1&resourceVersion=0`, { headers });
    expect(watched.headers['content-type']).toBe('application/vnd.kubernetes.protobuf;stream=watch');
    const frames = new ProtobufFrames(maps as ProtobufKind);
    const events = [...frames.push(bytesIn(watched))].map((frame) => frames.eventOf(frame));
    expect(events).toEqual([{ type: 'added', object: expect.objectContaining({ kind: 'ConfigMap', data: { key: 'grün' } }) }]);
  });

  it('is not the form of custom kinds, of single objects, or of whoever asks for JSON first', async () => {
    const { client, json } = await aServer();
    await client.create(CONFIG_MAPS, anObject(CONFIG_MAPS, 'a'));
    expect(json(`${MAPS}/a`, { headers }).body).toMatchObject({ kind: 'ConfigMap' });
    expect(json(MAPS, { headers: { accept: 'application/json,application/vnd.kubernetes.protobuf' } }).body).toMatchObject({
      kind: 'ConfigMapList',
    });
    for (const definition of kruiseCustomResourceDefinitions()) await client.create(CRDS, definition);
    expect(json('/apis/apps.kruise.io/v1beta1/statefulsets', { headers }).body).toMatchObject({ kind: 'StatefulSetList' });
  });
});

describe('discovery', () => {
  it('lists groups, versions and resources, the old way and aggregated', async () => {
    const { client, json } = await aServer();
    expect(json('/api').body).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
    expect(json('/apis').body).toMatchObject({
      kind: 'APIGroupList',
      groups: expect.arrayContaining([expect.objectContaining({ name: 'apps' })]),
    });
    expect(json('/apis/apps/v1').body).toMatchObject({
      groupVersion: 'apps/v1',
      resources: expect.arrayContaining([
        expect.objectContaining({ name: 'deployments/scale', group: 'autoscaling', version: 'v1', kind: 'Scale' }),
      ]),
    });
    for (const crd of kruiseCustomResourceDefinitions()) await client.create(CRDS, crd);
    expect(json('/apis/apps.kruise.io').body).toMatchObject({ preferredVersion: { version: 'v1beta1' } });
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
    const { body, headers } = json('/apis', { headers: { accept } });
    expect(headers['content-type']).toBe('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
    expect((body['items'] as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name)).toContain('apps.kruise.io');
  });

  it('describes every kind in OpenAPI, with fieldValidation', async () => {
    const { json } = await aServer();
    expect(json('/openapi/v3').body).toMatchObject({ paths: { 'apis/apps/v1': { serverRelativeURL: '/openapi/v3/apis/apps/v1' } } });
    const { body } = json('/openapi/v3/apis/apps/v1');
    expect(body).toMatchObject({
      paths: {
        '/apis/apps/v1/namespaces/{namespace}/deployments': {
          post: {
            parameters: expect.arrayContaining([expect.objectContaining({ name: 'fieldValidation', in: 'query' })]),
            'x-kubernetes-group-version-kind': { kind: 'Deployment' },
          },
        },
      },
    });
  });
});

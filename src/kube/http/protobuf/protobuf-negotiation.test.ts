import { describe, expect, it } from 'vitest';
import { encodeKubernetesProtobuf, encodeProtobufList, encodeWatchFrame } from '../../../apiserver/http/protobuf-encoder.ts';
import type { JsonObject } from '../../../model/kube-object.ts';
import type { Resource } from '../../../model/resource.ts';
import { VirtualClock } from '../../../runtime/virtual-clock.ts';
import type { WatchEvent } from '../../watch-event.ts';
import { staticCredentials } from '../credentials.ts';
import { HttpApiServer } from '../http-api-server.ts';
import { bytes, FakeTransport, reply } from '../testing/fake-transport.ts';
import type { TransportRequest, TransportResponse } from '../transport.ts';

const PODS: Resource = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };
const TOYS: Resource = { group: 'example.com', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };
const SECRETS: Resource = { group: '', version: 'v1', resource: 'secrets', kind: 'Secret', namespaced: true };
const FIELDS = { fields: { status: { phase: true as const } } };
const BINARY = { 'content-type': 'application/vnd.kubernetes.protobuf' };
const STREAM = { 'content-type': 'application/vnd.kubernetes.protobuf;stream=watch' };

const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', resourceVersion: '7' }, status: { phase: 'Running' } };
const { apiVersion: _version, kind: _kind, ...item } = pod;
const list = encodeProtobufList({ apiVersion: 'v1', kind: 'Pod', metadata: { resourceVersion: '9' }, items: [pod] });
const jsonList = { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '9' }, items: [item] };

function given(answer: (request: TransportRequest, accept: string) => TransportResponse) {
  const acceptOf = ({ headers }: TransportRequest) => headers.find(([name]) => name === 'accept')?.[1] ?? '';
  const transport = new FakeTransport((request) => answer(request, acceptOf(request)));
  const unreadable: string[] = [];
  const server = new HttpApiServer({
    ...{ transport, credentials: staticCredentials({}), clock: new VirtualClock(), userAgent: 'test' },
    onUnreadableProtobuf: ({ resource }) => unreadable.push(resource),
  });
  return { server, unreadable, accepted: () => transport.requests.map(acceptOf) };
}

function binary(body: Uint8Array, headers = BINARY): TransportResponse {
  return { status: 200, headers, body: bytes([body]) };
}

/** Protobuf that is no list of pods, JSON that is. */
function broken(_request: TransportRequest, accept: string): TransportResponse {
  return accept.includes('protobuf') ? binary(list.subarray(0, -20)) : reply(200, jsonList);
}

async function eventsOf(server: HttpApiServer): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  for await (const event of server.watch(PODS, { resourceVersion: '7', ...FIELDS })) events.push(event);
  return events;
}

describe('R27 protobuf is asked for', () => {
  it('R27 first, with JSON as good; the answer says which it is', async () => {
    for (const answer of [binary(list), reply(200, jsonList, { 'content-type': 'application/json' })]) {
      const { server, accepted } = given(() => answer);
      expect(await server.list(PODS, FIELDS)).toEqual({ items: [pod], resourceVersion: '9' });
      expect(accepted()).toEqual(['application/vnd.kubernetes.protobuf,application/json']);
      expect(server.unusual).toBe(0);
    }
  });

  it('R27 not of kinds of others, nor of whole objects, nor where only metadata may come', async () => {
    const { server, accepted } = given(() => reply(200, jsonList));
    await server.list(TOYS, FIELDS);
    await server.list(PODS);
    await server.list(PODS, { ...FIELDS, metadataOnly: true });
    await server.list(SECRETS, FIELDS);
    expect(accepted().filter((accept) => accept.includes('protobuf'))).toEqual([]);
  });

  it('R27 of watches too', async () => {
    const frame = encodeWatchFrame('MODIFIED', pod as unknown as JsonObject);
    const { server } = given(() => binary(frame, STREAM));
    expect(await eventsOf(server)).toEqual([{ type: 'modified', object: pod }]);
  });

  it('R27 tells a refusal that comes in protobuf in the server’s words', async () => {
    const status = { apiVersion: 'v1', kind: 'Status', message: 'no', reason: 'Expired', code: 410, details: { retryAfterSeconds: 3 } };
    const { server } = given(() => ({ status: 410, headers: BINARY, body: bytes([encodeKubernetesProtobuf(status)]) }));
    await expect(server.list(PODS, FIELDS)).rejects.toMatchObject({ code: 'gone', message: 'no', retryAfterMs: 3_000 });
    const unreadable = given(() => ({ status: 410, headers: BINARY, body: bytes([Buffer.from('k8s')]) }));
    await expect(unreadable.server.list(PODS, FIELDS)).rejects.toMatchObject({ code: 'gone', status: 410 });
  });
});

describe('R27 protobuf that cannot be read', () => {
  it('R27 is asked for in JSON at once, and from then on, and is counted once', async () => {
    const { server, accepted, unreadable } = given(broken);
    expect(await server.list(PODS, FIELDS)).toEqual({ items: [pod], resourceVersion: '9' });
    expect(await server.list(PODS, FIELDS)).toEqual({ items: [pod], resourceVersion: '9' });
    expect(accepted()).toEqual(['application/vnd.kubernetes.protobuf,application/json', 'application/json', 'application/json']);
    expect([server.unusual, unreadable]).toEqual([1, ['pods']]);
  });

  it('R27 ends a watch behind the last event that was read; the next is in JSON', async () => {
    const good = encodeWatchFrame('ADDED', pod as unknown as JsonObject);
    const bad = Buffer.concat([Buffer.from([0, 0, 0, 2]), Buffer.from([0x0a, 0x09])]);
    const line = `${JSON.stringify({ type: 'DELETED', object: pod })}\n`;
    const { server, unreadable } = given((_request, accept) =>
      accept.includes('protobuf') ? binary(Buffer.concat([good, bad, good]), STREAM) : reply(200, line),
    );
    expect(await eventsOf(server)).toEqual([{ type: 'added', object: pod }]);
    expect(await eventsOf(server)).toEqual([{ type: 'deleted', object: pod }]);
    expect(unreadable).toEqual(['pods']);
  });

  it('R16 refuses an event beyond all reason as it does a line', async () => {
    const { server } = given(() => binary(Buffer.from([0x7f, 0xff, 0xff, 0xff]), STREAM));
    await expect(eventsOf(server)).rejects.toMatchObject({ code: 'server-error', reason: 'UnreadableLine' });
  });
});

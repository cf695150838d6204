import { describe, expect, it } from 'vitest';
import { randomMessage } from '../../../../test/support/random-message.ts';
import { encodeKubernetesProtobuf, encodeProtobufList, encodeWatchFrame } from '../../../apiserver/http/protobuf-encoder.ts';
import { keptFieldsOf } from '../../../fleet/projection/kept-fields.ts';
import { projectEvent } from '../../../fleet/projection/project-event.ts';
import { projectorFor, WATCHED_RESOURCES } from '../../../fleet/projection/projectors.ts';
import type { JsonObject, KubeObject } from '../../../model/kube-object.ts';
import { groupResourceOf, type Resource } from '../../../model/resource.ts';
import { type Random, seededRandom } from '../../../runtime/random.ts';
import { ApiError } from '../../api-error.ts';
import { type FieldMask, INSTANT, Instant } from '../../field-mask.ts';
import { messageOf } from '../../protobuf/message-rules.ts';
import { PROTOBUF_MESSAGES } from '../../protobuf/messages.ts';
import type { WatchEvent } from '../../watch-event.ts';
import { ObjectDecoder } from '../object-decoder.ts';
import { PageReader } from '../page-reader.ts';
import { JsonLines, type WatchForm } from '../watch-stream.ts';
import { envelopeAt } from './envelope.ts';
import { ProtobufFrames } from './protobuf-frames.ts';
import { ProtobufKind, statusAt } from './protobuf-kind.ts';
import { ProtobufPageReader } from './protobuf-page-reader.ts';
import { UnreadableProtobuf } from './unreadable-protobuf.ts';

const RESOURCES = WATCHED_RESOURCES.flatMap(({ resource: name, kind, namespaced }) => {
  const [resource = '', group = ''] = name.split(/\.(.*)/);
  const served: Resource = { group, version: 'v1', resource, kind, namespaced };
  return ProtobufKind.of(served, {}) === undefined ? [] : [served];
});
const MAX_BYTES = 64 << 20;
const IS_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$/;
const noUnusual = () => expect.fail('the scanner did not follow');

function maskOf(resource: Resource): FieldMask {
  const mask = keptFieldsOf(groupResourceOf(resource));
  if (mask === undefined) throw new Error('nothing is kept');
  return mask;
}

function kindOf(resource: Resource, mask = maskOf(resource)): ProtobufKind {
  const kind = ProtobufKind.of(resource, mask);
  if (kind === undefined) throw new Error('no such kind');
  return kind;
}

function randomObject(random: Random, { group, kind }: Resource): KubeObject {
  const object: JsonObject = {
    apiVersion: group === '' ? 'v1' : `${group}/v1`,
    kind,
    ...randomMessage(random, messageOf(group, kind) ?? ''),
  };
  object['metadata'] = { ...(object['metadata'] as JsonObject | undefined), name: 'a', resourceVersion: '7' };
  return object as unknown as KubeObject;
}

/** Some members of every message on the way, others whole. */
function randomMask(random: Random, object: JsonObject): FieldMask {
  const wanted = Object.entries(object).filter(([name]) => name !== '__proto__' && random.next() < 0.5);
  return Object.fromEntries(
    wanted.map(([name, value]) => {
      const inner: unknown = Array.isArray(value) ? value[0] : value;
      if (typeof inner === 'object' && inner !== null && random.next() < 0.7) return [name, randomMask(random, inner as JsonObject)];
      return [name, random.next() < 0.5 ? INSTANT : true];
    }),
  );
}

/** What is read of its JSON, with times that are wanted as instants made such. */
function fromJson(object: KubeObject, mask: FieldMask): unknown {
  return withInstants(new ObjectDecoder(mask, noUnusual).objectAt(Buffer.from(JSON.stringify(object)), 0).value, mask);
}

function withInstants(value: unknown, mask: FieldMask[string] | undefined): unknown {
  if (mask === INSTANT && typeof value === 'string' && IS_TIME.test(value)) return new Instant(Date.parse(value));
  if (typeof mask !== 'object' || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => withInstants(item, mask));
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withInstants(member, mask[name])]));
}

function fromProtobuf(bytes: Buffer, kind: ProtobufKind): unknown {
  return kind.object(bytes, envelopeAt(bytes, 0, bytes.length));
}

function recordOf(resource: Resource, object: unknown): unknown {
  const flaws: string[] = [];
  const flaw = (field: string) => void flaws.push(field);
  const project = resource.kind === 'Event' ? projectEvent : projectorFor(groupResourceOf(resource), flaw);
  return { record: project?.(object as KubeObject, 'dev', flaw), flaws };
}

/** In pieces of any size. */
function feed(random: Random, bytes: Buffer, push: (piece: Buffer) => void): void {
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + random.int(random.next() < 0.5 ? 7 : 3_000);
    push(bytes.subarray(at, at + size));
    at += size;
  }
}

function eventsOf(form: WatchForm, random: Random, bytes: Buffer): WatchEvent[] {
  const events: WatchEvent[] = [];
  feed(random, bytes, (piece) => {
    for (const frame of form.push(piece)) {
      const event = form.eventOf(frame);
      if (event !== undefined) events.push(event);
    }
  });
  return events;
}

describe('R27 what is read of protobuf', () => {
  it('R27 is of every built-in kind that is watched', () => {
    expect(RESOURCES.map(({ kind }) => kind).sort()).toStrictEqual(
      ['ControllerRevision', 'DaemonSet', 'Deployment', 'Event', 'Namespace', 'Node', 'Pod', 'ReplicaSet', 'StatefulSet'].sort(),
    );
  });

  it('R27 is not of kinds of others that are called alike', () => {
    const kruise: Resource = { group: 'apps.kruise.io', version: 'v1', resource: 'statefulsets', kind: 'StatefulSet', namespaced: true };
    expect(ProtobufKind.of(kruise, {})).toBeUndefined();
  });

  it('R27 has an end: no message holds itself', () => {
    const types = (message: string) => [...(PROTOBUF_MESSAGES[message] ?? '').matchAll(/=(\w{2,})/g)].map(([, type = '']) => type);
    const depthOf = (message: string, above: readonly string[]): number => {
      if (above.includes(message)) expect.fail(`${message} holds itself`);
      return 1 + Math.max(0, ...types(message).map((type) => depthOf(type, [...above, message])));
    };
    for (const message of Object.keys(PROTOBUF_MESSAGES)) expect(depthOf(message, [])).toBeLessThan(20);
  });

  it.each(RESOURCES.map((resource) => [resource.kind, resource] as const))('R27 of %s is what is read of its JSON', (_kind, resource) => {
    const random = seededRandom(resource.kind.length);
    const [mask, kind] = [maskOf(resource), kindOf(resource)];
    for (let story = 0; story < 300; story += 1) {
      const object = randomObject(random, resource);
      const bytes = encodeKubernetesProtobuf(object);
      const read = fromProtobuf(bytes, kind);
      expect(read).toStrictEqual(fromJson(object, mask));
      expect(recordOf(resource, read)).toStrictEqual(recordOf(resource, object));
      const anyMask = randomMask(random, object);
      expect(fromProtobuf(bytes, kindOf(resource, anyMask))).toStrictEqual(fromJson(object, anyMask));
    }
  });

  it.each(RESOURCES.map((resource) => [resource.kind, resource] as const))('R27 of lists and watches of %s, too', (_kind, resource) => {
    const random = seededRandom(resource.kind.length);
    for (let story = 0; story < 30; story += 1) {
      const items = Array.from({ length: random.int(7) }, () => randomObject(random, resource));
      const metadata = { resourceVersion: '9', ...(random.next() < 0.5 && { continue: 'x', remainingItemCount: 3 }) };
      const [apiVersion, kind] = [resource.group === '' ? 'v1' : `${resource.group}/v1`, resource.kind];
      const page = new ProtobufPageReader(kindOf(resource), MAX_BYTES);
      feed(random, encodeProtobufList({ apiVersion, kind, metadata, items }), (piece) => page.push(piece));
      page.finish();
      const json = new PageReader(new ObjectDecoder(maskOf(resource), noUnusual), MAX_BYTES);
      const bare = items.map(({ apiVersion: _version, kind: _name, ...item }) => item);
      json.push(Buffer.from(JSON.stringify({ kind: `${kind}List`, apiVersion, metadata, items: bare })));
      json.finish();
      expect(page.members).toEqual(json.members);
      expect(page.items).toStrictEqual(json.items.map((item) => withInstants(item, maskOf(resource))));

      const annotations = { 'k8s.io/initial-events-end': 'true' };
      const bookmark = { apiVersion, kind, metadata: { resourceVersion: '12', creationTimestamp: null, annotations } };
      const told = [
        ...items.map((item, at) => [random.pick(['ADDED', 'MODIFIED', 'DELETED']), item, at] as const),
        ['BOOKMARK', bookmark] as const,
      ];
      const frames = Buffer.concat(told.map(([type, object]) => encodeWatchFrame(type, object as unknown as JsonObject)));
      const lines = Buffer.from(told.map(([type, object]) => `${JSON.stringify({ type, object })}\n`).join(''));
      const inJson = eventsOf(new JsonLines(new ObjectDecoder(maskOf(resource), noUnusual)), random, lines);
      expect(eventsOf(new ProtobufFrames(kindOf(resource)), random, frames)).toStrictEqual(
        inJson.map((event) => withInstants(event, { object: maskOf(resource) })),
      );
    }
  });

  it('R16 I5 keeps nothing of what was around the beginning of an event or a page', () => {
    const [pods] = RESOURCES.filter(({ kind }) => kind === 'Pod') as [Resource];
    const pod = randomObject(seededRandom(8), pods);
    const reused = (whole: Buffer, push: (piece: Buffer) => void) => {
      const read = Buffer.alloc(64 << 10);
      for (let at = 0; at < whole.length; at += 7) push(read.subarray(0, whole.copy(read, 0, at, at + 7)));
    };
    const frames = new ProtobufFrames(kindOf(pods));
    const events: unknown[] = [];
    reused(encodeWatchFrame('ADDED', pod), (piece) => {
      for (const frame of frames.push(piece)) events.push(frames.eventOf(frame));
    });
    expect(events).toStrictEqual([{ type: 'added', object: fromJson(pod, maskOf(pods)) }]);
    const page = new ProtobufPageReader(kindOf(pods), MAX_BYTES);
    reused(encodeProtobufList({ apiVersion: 'v1', kind: 'Pod', metadata: {}, items: [pod] }), (piece) => page.push(piece));
    page.finish();
    const { apiVersion: _version, kind: _kind, ...item } = pod;
    expect(page.items).toStrictEqual([fromJson(item as KubeObject, maskOf(pods))]);
  });

  it('R16 I5 ends a page with its first item that has no name', () => {
    const [pods] = RESOURCES.filter(({ kind }) => kind === 'Pod') as [Resource];
    const nameless = { apiVersion: 'v1', kind: 'Pod' } as unknown as KubeObject;
    const list = encodeProtobufList({ apiVersion: 'v1', kind: 'Pod', metadata: {}, items: [nameless, nameless, nameless] });
    const page = new ProtobufPageReader(kindOf(pods), MAX_BYTES);
    expect(() => page.push(list.subarray(0, -5))).toThrow(expect.objectContaining({ reason: 'UnreadableAnswer' }));
    expect(page.items).toEqual([]);
  });

  it('R16 I5 takes no page that holds more values than are usual in so many bytes', () => {
    const [pods, revisions] = ['Pod', 'ControllerRevision'].map((kind) => RESOURCES.find((it) => it.kind === kind)) as [Resource, Resource];
    const metadata = { name: 'a' };
    const pod = { metadata, spec: { containers: Array(2_000).fill({}) } };
    const revision = { metadata, data: { a: Array(2_000).fill({}) } };
    for (const [resource, item] of [
      [pods, pod],
      [revisions, revision],
    ] as const) {
      const apiVersion = resource.group === '' ? 'v1' : 'apps/v1';
      const { kind } = resource;
      const list = encodeProtobufList({ apiVersion, kind, metadata: {}, items: Array(50).fill({ apiVersion, kind, ...item }) });
      const page = new ProtobufPageReader(kindOf(resource), 1 << 19);
      expect(() => page.push(list.subarray(0, 1 << 19))).toThrow(expect.objectContaining({ reason: 'AnswerTooLarge' }));
    }
  });

  it('R27 throws a watch’s Status as its error', () => {
    const status = { apiVersion: 'v1', kind: 'Status', status: 'Failure', message: 'too old', reason: 'Expired', code: 410 };
    const frames = new ProtobufFrames(kindOf(RESOURCES[0] as Resource));
    expect(() => eventsOf(frames, seededRandom(1), encodeWatchFrame('ERROR', status))).toThrow(
      expect.objectContaining({ code: 'gone', message: 'too old', status: 410 }),
    );
  });
});

/** A field of a length and so many bytes. */
function field(number: number, content: Buffer): Buffer {
  const tag = number * 8 + 2;
  return Buffer.concat([Buffer.from(tag < 0x80 ? [tag] : [(tag & 0x7f) | 0x80, tag >> 7]), Buffer.from([content.length]), content]);
}

describe('R27 a field that is not known', () => {
  const [pods, sets] = ['Pod', 'StatefulSet'].map((kind) => RESOURCES.find((resource) => resource.kind === kind)) as [Resource, Resource];
  const metadata = field(1, field(1, Buffer.from('web')));
  const newer = field(60, Buffer.from('newer'));
  const itemOf = (resource: Resource, bytes: Buffer, mask?: FieldMask) => kindOf(resource, mask).item(bytes, { from: 0, to: bytes.length });

  it('R27 of something that is wanted whole makes it unreadable: its JSON would tell it', () => {
    const template = (content: Buffer) => Buffer.concat([metadata, field(2, field(3, content))]);
    expect(itemOf(sets, template(field(2, field(16, Buffer.from('h')))))).toMatchObject({
      spec: { template: { spec: { hostname: 'h' } } },
    });
    for (const content of [newer, field(2, newer), field(1, newer), field(2, field(2, newer)), field(2, field(1, field(2, newer)))])
      expect(() => itemOf(sets, template(content))).toThrow(UnreadableProtobuf);
    expect(() => itemOf(sets, Buffer.concat([metadata, field(3, newer)]))).toThrow(UnreadableProtobuf);
  });

  it('R27 that only some versions have, workloadRef, is known', () => {
    const [name, group] = [field(1, Buffer.from('job')), field(2, Buffer.from('workers'))];
    const pod = Buffer.concat([metadata, field(2, field(42, Buffer.concat([name, group, field(3, Buffer.alloc(0))])))]);
    expect(itemOf(pods, pod, { spec: true })).toMatchObject({ spec: { workloadRef: { name: 'job', podGroup: 'workers' } } });
  });

  it('R27 is passed over where the mask says which members are wanted, as are those that are known and not wanted', () => {
    const pod = Buffer.concat([
      field(1, Buffer.concat([field(1, Buffer.from('web')), newer])),
      field(2, Buffer.concat([field(16, newer), newer])),
      newer,
    ]);
    expect(itemOf(pods, pod)).toStrictEqual({ metadata: { name: 'web' }, spec: {} });
  });

  it('R27 is passed over around objects, and in errors and bookmarks', () => {
    const type = (kind: string) => field(1, Buffer.concat([field(1, Buffer.from('v1')), field(2, Buffer.from(kind)), newer]));
    const envelope = (kind: string, object: Buffer) => Buffer.concat([Buffer.from('k8s\0'), type(kind), field(2, object)]);
    const page = new ProtobufPageReader(kindOf(pods), MAX_BYTES);
    page.push(envelope('PodList', Buffer.concat([field(1, Buffer.concat([field(2, Buffer.from('7')), newer])), field(2, metadata)])));
    expect([page.finish(), page.members['metadata'], page.items.length]).toEqual([true, { resourceVersion: '7' }, 1]);
    const status = envelope('Status', Buffer.concat([field(1, newer), field(2, Buffer.from('Failure')), field(5, newer), newer]));
    expect(statusAt(status, envelopeAt(status, 0, status.length))).toMatchObject({ status: 'Failure' });
    const bookmark = envelope('Pod', Buffer.concat([field(1, Buffer.concat([field(6, Buffer.from('8')), newer])), newer]));
    expect(kindOf(pods).bookmark(bookmark, envelopeAt(bookmark, 0, bookmark.length))).toMatchObject({ metadata: { resourceVersion: '8' } });
  });
});

/** Bits turned, bytes doubled, cut out or cut off, other wire types, lengths beyond the end. */
function spoilt(random: Random, bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  for (let times = 1 + random.int(4); times > 0; times -= 1) {
    const at = random.int(copy.length);
    copy[at] = random.next() < 0.5 ? (copy[at] as number) ^ (1 << random.int(8)) : random.int(256);
  }
  const at = random.int(copy.length + 1);
  const end = Math.min(copy.length, at + 1 + random.int(40));
  switch (random.int(5)) {
    case 0:
      return copy.subarray(0, at);
    case 1:
      return Buffer.concat([copy.subarray(0, end), copy.subarray(at)]);
    case 2:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(end)]);
    default:
      return copy;
  }
}

/** Whether it was read; throws what is none of the failures that are told. */
function isRead(read: () => void): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof UnreadableProtobuf || error instanceof ApiError) return false;
    throw error;
  }
}

describe('R27 spoilt protobuf', () => {
  it.each(RESOURCES.map((resource) => [resource.kind, resource] as const))(
    'R27 of %s is read or refused, nothing else',
    (_kind, resource) => {
      const random = seededRandom(99 + resource.kind.length);
      const kind = kindOf(resource);
      let refused = 0;
      for (let story = 0; story < 1_500; story += 1) {
        const object = randomObject(random, resource);
        const bytes = spoilt(random, encodeKubernetesProtobuf(object));
        if (!isRead(() => recordOf(resource, fromProtobuf(bytes, kind)))) refused += 1;
        if (story % 5 > 0) continue;
        const { apiVersion } = object;
        const list = spoilt(random, encodeProtobufList({ apiVersion, kind: resource.kind, metadata: {}, items: [object, object] }));
        isRead(() => {
          const page = new ProtobufPageReader(kind, MAX_BYTES);
          feed(random, list, (piece) => page.push(piece));
          page.finish();
        });
        const frames = spoilt(random, Buffer.concat([encodeWatchFrame('ADDED', object), encodeWatchFrame('DELETED', object)]));
        isRead(() => void eventsOf(new ProtobufFrames(kind), random, frames));
      }
      expect(refused).toBeGreaterThan(300);
    },
  );

  it('R27 that is cut short anywhere is refused', () => {
    const [resource] = RESOURCES as [Resource];
    const object = randomObject(seededRandom(3), resource);
    const list = encodeProtobufList({ apiVersion: 'v1', kind: resource.kind, metadata: { resourceVersion: '1' }, items: [object] });
    // Behind the list come two fields without content, which may be missing.
    for (let length = 0; length < list.length - 4; length += 1) {
      const page = new ProtobufPageReader(kindOf(resource), MAX_BYTES);
      expect(() => {
        page.push(list.subarray(0, length));
        page.finish();
      }).toThrow(UnreadableProtobuf);
    }
  });

  it('R27 of another kind is refused', () => {
    const [pods, nodes] = ['Pod', 'Node'].map((kind) => RESOURCES.find((resource) => resource.kind === kind)) as [Resource, Resource];
    const pod = encodeKubernetesProtobuf(randomObject(seededRandom(1), pods));
    expect(() => fromProtobuf(pod, kindOf(nodes))).toThrow(UnreadableProtobuf);
  });

  it.each([
    ['a field twice', [0x0a, 0x01, 0x61, 0x0a, 0x01, 0x62]],
    ['fields out of order', [0x1a, 0x01, 0x61, 0x0a, 0x01, 0x62]],
    ['a field 0', [0x02, 0x00]],
    ['text that is a number', [0x08, 0x01]],
    ['text that is no UTF-8', [0x0a, 0x01, 0xff]],
    ['a group', [0x7b, 0x7c]],
    ['a number of eleven bytes', [0x38, ...Array.from({ length: 10 }, () => 0xff), 0x01]],
    ['a number of 65 bits', [0x38, ...Array.from({ length: 9 }, () => 0xff), 0x02]],
    ['a length beyond the end', [0x0a, 0x05, 0x61]],
    ['a length beyond everything', [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ['a year of five digits', [0x42, 0x07, 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ['a label twice', [...label('a'), ...label('a')]],
    ['a label without a value', [0x5a, 0x03, 0x0a, 0x01, 0x61]],
  ])('R27 with %s is refused', (_name, metadata) => {
    const [, nodes] = RESOURCES as [Resource, Resource];
    const bytes = Buffer.from([0x0a, metadata.length, ...metadata]);
    const whole = kindOf(nodes, { metadata: true });
    expect(() => whole.item(bytes, { from: 0, to: bytes.length })).toThrow(UnreadableProtobuf);
  });
});

function label(key: string): number[] {
  return [0x5a, 0x06, 0x0a, 0x01, key.charCodeAt(0), 0x12, 0x01, 0x62];
}

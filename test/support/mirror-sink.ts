import type { ListStart, ObjectEvent, ReflectorSink } from '../../src/informer/reflector-sink.ts';
import type { KubeObject } from '../../src/model/kube-object.ts';
import { compareResourceVersions } from '../../src/model/resource-version.ts';

/** A sink that keeps whole objects by uid and a diary of what it was told. */
export class MirrorSink implements ReflectorSink {
  readonly objects = new Map<string, KubeObject>();
  readonly diary: string[] = [];
  position: string | undefined;
  epochs = 0;
  /** Largest number of objects held outside `objects`: what one call handed over. */
  largestPage = 0;
  /** Called before every call takes effect; may throw. */
  fault: (call: string, object?: KubeObject) => void = () => {};
  #named = new Set<string>();

  begin(list: ListStart): void {
    this.fault('begin');
    this.diary.push(`begin ${list.resourceVersion ?? 'stream'}${list.newEpoch ? ' new epoch' : ''}`);
    if (list.newEpoch) this.epochs += 1;
    this.#named = new Set();
  }

  upsert(objects: readonly KubeObject[]): void {
    this.fault('upsert');
    this.largestPage = Math.max(this.largestPage, objects.length);
    this.diary.push(`page ${objects.length}`);
    for (const object of objects) {
      const uid = object.metadata.uid ?? '';
      this.#named.add(uid);
      this.objects.set(uid, object);
    }
  }

  drop(uid: string): void {
    this.fault('drop');
    this.diary.push(`drop ${uid}`);
    this.#named.delete(uid);
  }

  finish(resourceVersion: string): void {
    this.fault('finish');
    this.diary.push(`finish ${resourceVersion}`);
    for (const uid of [...this.objects.keys()]) if (!this.#named.has(uid)) this.objects.delete(uid);
    this.position = resourceVersion;
  }

  apply(event: ObjectEvent, position: string): void {
    this.fault('apply', event.object);
    const { uid = '', resourceVersion = '' } = event.object.metadata;
    this.diary.push(`${event.type} ${event.object.metadata.name}@${resourceVersion}`);
    const held = this.objects.get(uid)?.metadata.resourceVersion;
    const order = held === undefined ? 1 : compareResourceVersions(resourceVersion, held);
    if (order !== undefined && order <= 0) return;
    if (event.type === 'deleted') this.objects.delete(uid);
    else this.objects.set(uid, event.object);
    this.position = position;
  }

  moveTo(position: string): void {
    this.fault('moveTo');
    this.position = position;
  }

  /** "name@version", sorted. */
  get content(): string[] {
    return [...this.objects.values()].map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`).sort();
  }
}

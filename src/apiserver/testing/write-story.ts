/** Writes that follow from their number alone, so that whoever reads a file knows what must be in it. */
import type { KubeObject } from '../../model/kube-object.ts';
import { openSqliteStorage } from '../store/sqlite-storage.ts';
import type { StoredWrite } from '../store/storage.ts';

const KEYS = 40;

export function storyWrite(revision: number): StoredWrite {
  const name = `m${(revision * 7919) % KEYS}`;
  const object: KubeObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'n', resourceVersion: String(revision) },
    data: { filler: 'é'.repeat((revision * 131) % 9_000), revision },
  };
  return { revision, collection: 'configmaps', key: `n/${name}`, object: revision % 5 === 0 ? undefined : object };
}

/** What is there after the first `revision` writes, by key. */
export function storyAt(revision: number): Map<string, KubeObject> {
  const objects = new Map<string, KubeObject>();
  for (let at = 1; at <= revision; at += 1) {
    const { key, object } = storyWrite(at);
    if (object === undefined) objects.delete(key);
    else objects.set(key, object);
  }
  return objects;
}

/** Goes on with the story in `directory` until `lastRevision`, and tells each revision when it is acknowledged. */
export function tellStory(directory: string, lastRevision: number, acknowledge: (revision: number) => void): void {
  const storage = openSqliteStorage({ directory });
  for (let at = storage.load().revision + 1; at <= lastRevision; at += 1) {
    storage.write(storyWrite(at));
    acknowledge(at);
  }
  storage.close();
}

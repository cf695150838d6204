import type { KubeObject } from '../model/kube-object.ts';
import { HubError } from './hub-error.ts';

/** etcd takes requests of 1.5 MiB, and the server's own fields come on top: stay well below. */
export const MAX_OBJECT_BYTES = 1_000_000;

/** Throws `too-large` before a server does so in its own words, or keeps what another hub would not. */
export function checkSize(object: KubeObject): void {
  const bytes = Buffer.byteLength(JSON.stringify(object));
  if (bytes <= MAX_OBJECT_BYTES) return;
  throw new HubError(
    'too-large',
    `${object.kind} ${object.metadata.name} has ${bytes} bytes, and an object of the hub at most ${MAX_OBJECT_BYTES}`,
  );
}

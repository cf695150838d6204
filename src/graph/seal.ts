import { createHmac, timingSafeEqual } from 'node:crypto';

/** Makes text that comes back from callers trustworthy. The same text gives the same sealed text. */
export interface Seal {
  seal(text: string): string;
  /** Undefined when this seal did not make it. */
  open(sealed: string): string | undefined;
}

const TAG_BYTES = 12;

/** Replicas that share `key` read each other's cursors. */
export function hmacSeal(key: Uint8Array | string): Seal {
  const tagOf = (text: string) => createHmac('sha256', key).update(text).digest().subarray(0, TAG_BYTES);
  return {
    seal: (text) => Buffer.concat([tagOf(text), Buffer.from(text)]).toString('base64url'),
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length < TAG_BYTES || bytes.toString('base64url') !== sealed) return undefined;
      const text = bytes.subarray(TAG_BYTES).toString();
      return timingSafeEqual(bytes.subarray(0, TAG_BYTES), tagOf(text)) ? text : undefined;
    },
  };
}

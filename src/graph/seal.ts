import { createCipheriv, createDecipheriv, createHmac, hash } from 'node:crypto';

/** Makes text that callers carry unreadable to them and trustworthy to us. The same text gives the same sealed text. */
export interface Seal {
  seal(text: string): string;
  /** Undefined when this seal did not make it. */
  open(sealed: string): string | undefined;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Replicas that share `key` read each other's cursors. */
export function hmacSeal(key: Uint8Array | string): Seal {
  const derived = (purpose: string) => createHmac('sha256', key).update(purpose).digest();
  const [encryption, nonces] = [derived('cursor encryption'), derived('cursor nonces')];
  // The nonce is made of the text: no two texts share one, and equal questions get equal answers.
  const nonceOf = (text: string) => hash('sha256', Buffer.concat([nonces, Buffer.from(text)]), 'buffer').subarray(0, NONCE_BYTES);
  return {
    seal(text) {
      const nonce = nonceOf(text);
      const cipher = createCipheriv('aes-256-gcm', encryption, nonce);
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== sealed) return undefined;
      return unsealed(encryption, bytes);
    },
  };
}

function unsealed(encryption: Buffer, bytes: Buffer): string | undefined {
  try {
    const decipher = createDecipheriv('aes-256-gcm', encryption, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

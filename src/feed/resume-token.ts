import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { type Random, systemRandom } from '../runtime/random.ts';
import { StreamError } from './stream-error.ts';
import { StreamJournal } from './stream-journal.ts';
import { decodeTokenContent, encodeTokenContent, type TokenContent } from './token-content.ts';

export type { TokenContent } from './token-content.ts';

export interface ResumeTokensOptions {
  /** Tells this process from every other, restarts included. */
  readonly processId: string;
  /** At least 32 secret bytes; replicas that share it understand each other's tokens. Default: new for this process. */
  readonly key?: Uint8Array;
  /** Where a new key comes from. Default: the machine's. */
  readonly random?: Random;
}

/** What a token turned out to be. `foreign`: sealed by another process whose key we do not have. */
export type OpenedToken =
  | { readonly from: 'foreign' }
  | { readonly from: 'other-process' | 'this-process'; readonly content: TokenContent };

/**
 * Seals positions into opaque text and opens them again. Sealed and not only signed: the servers' versions
 * would tell a reader that something hidden changed. Equal content gives equal text.
 */
export class ResumeTokens {
  /** What is remembered of the streams that the tokens belong to. */
  readonly journal = new StreamJournal();
  readonly #processId: string;
  readonly #sealing: Buffer;
  readonly #nonces: Buffer;
  readonly #keyId: Buffer;

  constructor(options: ResumeTokensOptions) {
    const key = options.key ?? newKey(options.random ?? systemRandom);
    if (key.length < 32) throw new RangeError('the key of resume tokens needs 32 bytes at least');
    this.#processId = options.processId;
    this.#sealing = derive(key, 'sealing');
    this.#nonces = derive(key, 'nonces');
    this.#keyId = derive(key, 'key id').subarray(0, KEY_ID_BYTES);
  }

  seal(binding: string, content: Omit<TokenContent, 'processId' | 'binding'>): string {
    const plain = encodeTokenContent({ ...content, processId: this.#processId, binding: digest(binding) });
    // Made of the content: no counter to keep over restarts, and no two contents share one.
    const nonce = createHmac('sha256', this.#nonces).update(plain).digest().subarray(0, NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#sealing, nonce);
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([VERSION, this.#keyId, nonce, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** Throws `BAD_RESUME_TOKEN` for what is no token, was damaged, or was handed out for another `binding`. */
  open(binding: string, token: string): OpenedToken {
    const bytes = tokenBytes(token);
    if (!bytes.subarray(1, 1 + KEY_ID_BYTES).equals(this.#keyId)) return { from: 'foreign' };
    const content = decodeTokenContent(this.#unseal(bytes));
    if (!content.binding.equals(digest(binding))) {
      throw new StreamError('BAD_RESUME_TOKEN', 'resume: this token belongs to another field, selector or filter; subscribe without it');
    }
    return { from: content.processId === this.#processId ? 'this-process' : 'other-process', content };
  }

  #unseal(bytes: Buffer): Buffer {
    const nonceAt = 1 + KEY_ID_BYTES;
    const tagAt = nonceAt + NONCE_BYTES;
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#sealing, bytes.subarray(nonceAt, tagAt));
      decipher.setAuthTag(bytes.subarray(tagAt, tagAt + TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(tagAt + TAG_BYTES)), decipher.final()]);
    } catch {
      throw malformed();
    }
  }
}

const VERSION = Buffer.from([1]);
const KEY_ID_BYTES = 6;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Longer than any token we hand out for some thousands of clusters. */
const MAX_TOKEN_CHARS = 400_000;

function tokenBytes(token: string): Buffer {
  if (token.length > MAX_TOKEN_CHARS || !/^[A-Za-z0-9_-]+$/.test(token)) throw malformed();
  const bytes = Buffer.from(token, 'base64url');
  if (bytes[0] !== VERSION[0] || bytes.length <= 1 + KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES) throw malformed();
  return bytes;
}

function newKey(random: Random): Uint8Array {
  return Uint8Array.from({ length: 32 }, () => random.int(256));
}

function malformed(): StreamError {
  return new StreamError(
    'BAD_RESUME_TOKEN',
    'resume: not a token of this service; hand back a resumeToken unchanged, or subscribe without it',
  );
}

function derive(key: Uint8Array, purpose: string): Buffer {
  return createHmac('sha256', key).update(`fleetgraph resume token: ${purpose}`).digest();
}

function digest(text: string): Buffer {
  return createHmac('sha256', 'binding').update(text).digest().subarray(0, 16);
}

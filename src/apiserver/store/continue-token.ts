import { badRequest } from '../status.ts';

/** Where the next page begins. A revision of -1 means: over the present state, whatever earlier pages showed. */
export interface ContinuePlace {
  readonly revision: number;
  readonly after: string;
}

export function encodeContinue({ revision, after }: ContinuePlace): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: after })).toString('base64url');
}

/** Throws 400 for anything that `encodeContinue` did not write. */
export function decodeContinue(token: string): ContinuePlace {
  const { v, rv, start } = jsonOf(token);
  if (v !== 'meta.k8s.io/v1' || typeof start !== 'string' || !Number.isSafeInteger(rv) || Number(rv) < -1) throw notValid();
  return { revision: Number(rv), after: start };
}

function jsonOf(token: string): { v?: unknown; rv?: unknown; start?: unknown } {
  try {
    return (JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) ?? {}) as { v?: unknown };
  } catch {
    throw notValid();
  }
}

const notValid = () => badRequest('continue key is not valid: the token is malformed');

import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../../src/runtime/random.ts';
import type { LossyLink } from './lossy-link.ts';

/** What befalls a link, and for how long. */
export type LinkFault =
  | { readonly type: 'cut'; readonly how: 'rst' | 'fin' }
  | { readonly type: 'cut-after'; readonly bytes: number }
  | { readonly type: 'stall'; readonly ms: number; readonly thenCut: boolean }
  | { readonly type: 'slow'; readonly delayMs: number; readonly ms: number }
  | { readonly type: 'close'; readonly ms: number };

const QUIET_MS = { least: 1_000, most: 4_000 };

/** The next fault of a seeded plan: half of them are plain cuts. */
function nextFault(random: Random): LinkFault {
  const chance = random.next();
  if (chance < 0.5) return { type: 'cut', how: random.pick(['rst', 'fin']) };
  if (chance < 0.7) return { type: 'cut-after', bytes: 1 + random.int(200_000) };
  if (chance < 0.8) return { type: 'stall', ms: 500 + random.int(3_000), thenCut: random.next() < 0.5 };
  if (chance < 0.9) return { type: 'slow', delayMs: 1 + random.int(20), ms: 500 + random.int(2_000) };
  return { type: 'close', ms: 200 + random.int(3_000) };
}

/** Faults one after another, a few seconds apart, until `signal` fires; then the link is whole again. Returns how many of each. */
export async function torment(link: LossyLink, random: Random, signal: AbortSignal): Promise<Readonly<Record<string, number>>> {
  const done: Record<string, number> = {};
  while (!signal.aborted) {
    await rest(QUIET_MS.least + random.int(QUIET_MS.most - QUIET_MS.least), signal);
    if (signal.aborted) break;
    const fault = nextFault(random);
    done[fault.type] = (done[fault.type] ?? 0) + 1;
    await inflict(link, fault, signal);
  }
  link.heal();
  return done;
}

async function inflict(link: LossyLink, fault: LinkFault, signal: AbortSignal): Promise<void> {
  switch (fault.type) {
    case 'cut':
      return link.cut(fault.how);
    case 'cut-after':
      return link.cutAfter(fault.bytes);
    case 'stall':
      link.stall();
      await rest(fault.ms, signal);
      if (fault.thenCut) link.cut();
      return link.heal();
    case 'slow':
      link.slow(fault.delayMs);
      await rest(fault.ms, signal);
      return link.heal();
    case 'close':
      link.close();
      await rest(fault.ms, signal);
      return link.heal();
  }
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

import { ApiError } from '../../../src/kube/api-error.ts';
import type { ApiServer } from '../../../src/kube/api-server.ts';
import type { VirtualClock } from '../../../src/runtime/virtual-clock.ts';

/** What becomes of one write: `late`: nobody hears of it, and it arrives when somebody lets it. */
export type WriteFate = 'answered' | 'lost-before' | 'lost-after' | 'late' | 'unreachable' | 'throttled';

/** Moments of a write at which a process may die. */
export type WriteMoment = 'before-send' | 'sent' | 'answered';

export interface NetworkRules {
  /** Nothing gets through, watches included. */
  isCut: boolean;
  /** Writes that may go astray: others are answered or do not get through. */
  readonly writes: ReadonlySet<string>;
  /** Of the next such write. */
  nextWrite: WriteFate;
  readonly lateWrites: (() => Promise<unknown>)[];
  latencyMs(): number;
  /** Hears of each write that is no dry run, at each moment. */
  onWrite(moment: WriteMoment, args: readonly unknown[]): void;
}

const REQUESTS: ReadonlySet<string> = new Set(
  'get list create update patch delete evict discover version reviewAccess reviewOwnAccess reviewToken'.split(' '),
);

/** The way from one process to one server, with its troubles. */
export function troubledNetwork(server: ApiServer, rules: NetworkRules, world: VirtualClock): ApiServer {
  return new Proxy(server, {
    get(target, name: string) {
      const member = Reflect.get(target, name) as unknown;
      if (typeof member !== 'function') return member;
      const call = (...args: unknown[]) => (member as (...all: unknown[]) => Promise<unknown>).apply(target, args);
      if (rules.writes.has(name)) return write(call, rules, world);
      if (REQUESTS.has(name)) return read(call, rules, world);
      if (name !== 'watch') return call;
      return (...args: Parameters<ApiServer['watch']>) => watch(() => target.watch(...args), rules);
    },
  });
}

type Call = (...args: unknown[]) => Promise<unknown>;

function read(call: Call, rules: NetworkRules, world: VirtualClock): Call {
  return async (...args) => {
    if (rules.isCut) throw refusedConnection();
    await pass(rules, world);
    return call(...args);
  };
}

function write(call: Call, rules: NetworkRules, world: VirtualClock): Call {
  return async (...args) => {
    const isTrial = args.some((arg) => typeof arg === 'object' && arg !== null && 'dryRun' in arg && arg.dryRun === true);
    if (isTrial) return read(call, rules, world)(...args);
    rules.onWrite('before-send', args);
    if (rules.isCut) throw refusedConnection();
    const fate = rules.nextWrite;
    rules.nextWrite = 'answered';
    if (fate === 'unreachable') throw refusedConnection();
    if (fate === 'throttled') throw new ApiError('throttled', 'too many requests', { status: 429, retryAfterMs: 1_500 });
    if (fate === 'late') rules.lateWrites.push(() => call(...args));
    if (fate === 'late' || fate === 'lost-before') throw lostAnswer();
    await pass(rules, world);
    const answer = call(...args);
    answer.catch(() => {});
    rules.onWrite('sent', args);
    await pass(rules, world);
    if (fate === 'lost-after') throw lostAnswer();
    rules.onWrite('answered', args);
    return answer;
  };
}

async function* watch(open: () => ReturnType<ApiServer['watch']>, rules: NetworkRules): ReturnType<ApiServer['watch']> {
  if (rules.isCut) throw refusedConnection();
  for await (const event of open()) {
    if (rules.isCut) throw refusedConnection();
    yield event;
  }
  if (rules.isCut) throw refusedConnection();
}

async function pass(rules: NetworkRules, world: VirtualClock): Promise<void> {
  const ms = rules.latencyMs();
  if (ms > 0) await world.sleep(ms);
}

function refusedConnection(): ApiError {
  return new ApiError('unreachable', 'connection refused', { reason: 'ConnectionRefused' });
}

function lostAnswer(): ApiError {
  return new ApiError('outcome-unknown', 'connection reset', { reason: 'ConnectionReset' });
}

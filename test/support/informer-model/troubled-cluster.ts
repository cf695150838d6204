import { ApiError } from '../../../src/kube/api-error.ts';
import type { KubeObject } from '../../../src/model/kube-object.ts';
import type { Random } from '../../../src/runtime/random.ts';
import type { VirtualClock } from '../../../src/runtime/virtual-clock.ts';
import { aPod } from '../a-pod.ts';
import { type ScriptedAnswer, ScriptedApiServer } from '../scripted-api-server.ts';
import { NAMESPACES, NODES, PODS } from '../served-kinds.ts';

const ERRORS = {
  gone: () => new ApiError('gone', 'too old', { status: 410, reason: 'Expired' }),
  throttled: () => new ApiError('throttled', 'slow down', { status: 429, retryAfterMs: 3_000 }),
  failing: () => new ApiError('server-error', 'boom', { status: 500 }),
  cut: () => new ApiError('unreachable', 'reset', { reason: 'ConnectionReset' }),
  poison: () => new ApiError('server-error', 'garbage', { reason: 'UnreadableLine' }),
  unauthorized: () => new ApiError('unauthorized', 'who?', { status: 401 }),
};
type ErrorName = keyof typeof ERRORS;
const ERROR_NAMES = Object.keys(ERRORS) as ErrorName[];

const content = ({ metadata }: KubeObject) => `${metadata.uid}@${metadata.resourceVersion}=${metadata.labels?.['note']}`;

/** One cluster in trouble, and everything that was ever true of it. */
export class TroubledCluster {
  readonly server: ScriptedApiServer;
  /** uid -> the notes that it carried: all that may ever be shown of it. */
  readonly notes = new Map<string, Set<string>>();
  /** Uids that were deleted at some time: no others may ever disappear. */
  readonly deleted = new Set<string>();
  /** Its history went back at some time. */
  wasRestored = false;
  /** The next pod that is projected cannot be committed. */
  isSpoilt = false;
  /** What there was at each version. */
  readonly #states = new Map<number, readonly string[]>();
  readonly #clock: VirtualClock;
  readonly #random: Random;
  #written = 0;
  #incarnations = 0;
  #backup: ReturnType<ScriptedApiServer['backup']> | undefined;
  #answers: { readonly verb: string; readonly error: Error; left: number }[] = [];
  #before: KubeObject | undefined;
  #dead: KubeObject | undefined;

  constructor(clock: VirtualClock, random: Random) {
    this.#clock = clock;
    this.#random = random;
    this.server = new ScriptedApiServer(clock, [NAMESPACES, PODS, NODES]);
    this.server.latencyMs = random.pick([0, 0, 3, 40]);
    this.server.gitVersion = random.pick(['v1.32.4', 'v1.34.0', 'v1.35.1']);
    this.server.streamedLists = random.pick(['well', 'well', 'unended', 'cut', 'refused']);
    this.server.script = ({ verb, resource }): ScriptedAnswer => {
      const answer = resource === 'pods' ? this.#answers.find((one) => one.verb === verb && one.left > 0) : undefined;
      if (answer !== undefined) answer.left -= 1;
      return answer?.error;
    };
    for (let name = 0; name < 6; name += 1) this.#put(`p-${name}`);
  }

  /** Something happens; in words. */
  async happen(): Promise<string> {
    const random = this.#random;
    const name = `p-${random.int(10)}`;
    const does = random.pick(HAPPENINGS);
    switch (does) {
      case 'put':
        return this.#did(`put ${name}`, () => this.#put(name));
      case 'remove':
        return this.#did(`remove ${name}`, () => this.#remove(name));
      case 'recreate':
        return this.#did(`recreate ${name}`, () => {
          this.#remove(name);
          this.#put(name);
        });
      case 'wait': {
        const ms = random.pick([0, 0, 1, 50, 500, 3_000, 40_000, 400_000]);
        await this.#clock.advanceBy(ms);
        return `wait ${ms}`;
      }
      case 'answer': {
        const [error, verb, left] = [random.pick(ERROR_NAMES), random.pick(['list', 'watch']), 1 + random.int(4)];
        return this.#did(`answer the next ${left} ${verb} by ${error}`, () => this.#answers.push({ verb, error: ERRORS[error](), left }));
      }
      case 'say': {
        const error = random.pick(ERROR_NAMES);
        return this.#did(`end the watches by ${error}`, () => this.server.cut(ERRORS[error]()));
      }
      default:
        return this.#did(does, () => this.#befall(does));
    }
  }

  endTrouble(): void {
    this.#answers = [];
    this.isSpoilt = false;
    this.server.up();
  }

  /** A list is the last word where a history was rewritten under versions that had been given out. */
  askForList(): void {
    this.server.cut(ERRORS.gone());
  }

  shown(): string[] {
    return this.server.objects(PODS).map(content).sort();
  }

  /** What there was at that version; undefined where that cannot be told. */
  at(version: number): readonly string[] | undefined {
    if (this.wasRestored) return undefined;
    let at = version;
    while (at > 100 && !this.#states.has(at)) at -= 1;
    return this.#states.get(at);
  }

  #befall(does: Exclude<(typeof HAPPENINGS)[number], 'put' | 'remove' | 'recreate' | 'wait' | 'answer' | 'say'>): void {
    const { server } = this;
    const says: Record<typeof does, () => void> = {
      cut: () => server.cut(),
      compact: () => server.compact(),
      down: () => server.down(),
      up: () => server.up(),
      bookmark: () => server.bookmark(PODS),
      restore: () => this.#restore(),
      backup: () => {
        this.#backup = server.backup();
      },
      repeat: () => {
        for (const object of server.objects(PODS)) server.say(PODS, { type: 'modified', object });
      },
      late: () => this.#say('modified', this.#before),
      'late-delete': () => this.#say('deleted', this.#before),
      'from-the-dead': () => this.#say('modified', this.#dead),
      spoil: () => {
        this.isSpoilt = true;
      },
    };
    says[does]();
  }

  #say(type: 'modified' | 'deleted', object: KubeObject | undefined): void {
    if (object !== undefined) this.server.say(PODS, { type, object });
  }

  #did(words: string, work: () => void): string {
    work();
    return words;
  }

  #put(name: string): void {
    const present = this.#present(name);
    this.#incarnations += present === undefined ? 1 : 0;
    const uid = present?.metadata.uid ?? `${name}-${this.#incarnations}`;
    this.#written += 1;
    const note = String(this.#written);
    this.notes.set(uid, (this.notes.get(uid) ?? new Set()).add(note));
    this.#before = present ?? this.#before;
    const object = aPod(name).label('note', note).object();
    this.server.put(PODS, { ...object, metadata: { ...object.metadata, uid } });
    this.#states.set(this.server.currentVersion, this.shown());
  }

  #remove(name: string): void {
    const present = this.#present(name);
    if (present === undefined) return;
    this.#before = undefined;
    this.deleted.add(present.metadata.uid ?? '');
    this.server.remove(PODS, name, 'shop');
    this.#dead = { ...present, metadata: { ...present.metadata, resourceVersion: String(this.server.currentVersion) } };
    this.#states.set(this.server.currentVersion, this.shown());
  }

  #present(name: string): KubeObject | undefined {
    return this.server.objects(PODS).find(({ metadata }) => metadata.name === name);
  }

  #restore(): void {
    if (this.#backup === undefined) return;
    this.wasRestored = true;
    this.server.restore(this.#backup);
    this.#before = undefined;
    this.#dead = undefined;
  }
}

const HAPPENINGS = [
  ...['put', 'put', 'put', 'put', 'remove', 'remove', 'recreate', 'recreate'],
  ...['wait', 'wait', 'wait', 'wait', 'wait', 'wait', 'wait', 'wait'],
  ...['answer', 'answer', 'say', 'say', 'say', 'cut', 'cut', 'compact', 'compact', 'down', 'up', 'up'],
  ...['backup', 'restore', 'bookmark', 'repeat', 'late', 'late', 'late-delete', 'late-delete', 'from-the-dead', 'from-the-dead', 'spoil'],
] as unknown as readonly (
  | ('put' | 'remove' | 'recreate' | 'wait' | 'answer' | 'say' | 'cut' | 'compact' | 'down' | 'up')
  | ('backup' | 'restore' | 'bookmark' | 'repeat' | 'late' | 'late-delete' | 'from-the-dead' | 'spoil')
)[];

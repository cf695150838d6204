import type { GroupResource } from '../model/resource.ts';
import { type Access, EVERYTHING, type IncompleteReason, type ReadVerb, type Visibility } from './access.ts';
import type { AccessReviews, Asker } from './access-reviews.ts';
import type { Decision } from './decision-cache.ts';
import { type Question, questionOf, sightOf } from './question.ts';

/** An answer that counts: fresh, or an old allow of a cluster that cannot be asked. */
interface Answer {
  readonly allowed: boolean;
  readonly at: number;
  readonly stale?: true;
}

/** Kinds that are in no namespace: there is nothing to ask about them namespace by namespace. */
const CLUSTER_SCOPED: ReadonlySet<string> = new Set(['nodes', 'namespaces']);

/** The rights of one principal, within the bounds of one request. */
export class PrincipalAccess implements Access {
  readonly #reviews: AccessReviews;
  readonly #asker: Asker;
  #spent = 0;
  #spentSince: number;

  constructor(reviews: AccessReviews, asker: Asker) {
    this.#reviews = reviews;
    this.#asker = asker;
    this.#spentSince = this.#now();
  }

  get epoch(): number {
    return this.#reviews.epoch;
  }

  visibility(
    cluster: string,
    resource: GroupResource,
    verb: ReadVerb,
    candidates: () => Iterable<string>,
  ): Visibility | Promise<Visibility> {
    const whole = questionOf(cluster, verb, resource);
    const known = this.#fresh(whole);
    if (known === undefined) return this.#findOut(whole, candidates);
    if (known.allowed) return EVERYTHING;
    const questions = this.#questions(whole, candidates());
    const answers = questions.map((question) => this.#fresh(question));
    return answers.includes(undefined) ? this.#ladder(questions, this.#deadline()) : visibilityOf(questions, answers);
  }

  seesCluster(cluster: string): boolean | Promise<boolean> {
    return this.#fresh(sightOf(cluster))?.allowed ?? this.#lookFor(cluster);
  }

  // ---------------------------------------------------------------------------------------------- the ladder of a list

  /** First everything at once, then namespace by namespace. */
  async #findOut(whole: Question, candidates: () => Iterable<string>): Promise<Visibility> {
    const deadline = this.#deadline();
    const answer = await this.#answer(whole, deadline);
    if (answer?.allowed) return answer.stale ? { everything: true, staleSince: answer.at } : EVERYTHING;
    return this.#ladder(this.#questions(whole, candidates()), deadline, answer === undefined);
  }

  async #ladder(questions: readonly Question[], deadline: number, unreachable = false): Promise<Visibility> {
    const affordable = this.#spend(questions);
    const answers = await Promise.all(
      questions.map(async (question) => {
        const known = this.#fresh(question) ?? (unreachable ? this.#stale(question) : undefined);
        if (known !== undefined || unreachable || !affordable.has(question)) return known;
        return this.#answer(question, deadline);
      }),
    );
    const unasked = questions.some((question, index) => answers[index] === undefined && !affordable.has(question) && !unreachable);
    return visibilityOf(questions, answers, unasked ? 'TOO_MANY_NAMESPACES' : unreachable ? 'UNREACHABLE' : undefined);
  }

  #questions(whole: Question, candidates: Iterable<string>): Question[] {
    const { verb, group, resource } = whole.attributes;
    const kind = group === '' ? resource : `${resource}.${group}`;
    // '' stands for "not in a namespace", which the question about everything has answered.
    return [...new Set(candidates)]
      .filter((namespace) => namespace !== '')
      .map((namespace) => questionOf(whole.cluster, verb, kind, namespace));
  }

  /** Those of the questions without an answer that this request may still ask. */
  #spend(questions: readonly Question[]): ReadonlySet<Question> {
    const { ttlMs, reviewsPerRequest } = this.#reviews.limits;
    if (this.#now() >= this.#spentSince + ttlMs) {
      this.#spent = 0;
      this.#spentSince = this.#now();
    }
    const open = questions.filter((question) => this.#fresh(question) === undefined);
    const affordable = open.slice(0, Math.max(0, reviewsPerRequest - this.#spent));
    this.#spent += affordable.length;
    return new Set(affordable);
  }

  // ---------------------------------------------------------------------------------------------- sight of a cluster

  /** Kind by kind, the most telling first, and no further than needed. */
  async #lookFor(cluster: string): Promise<boolean> {
    const deadline = this.#deadline();
    const generation = this.#reviews.generation(cluster);
    let certain = true;
    let at = this.#now();
    for (const questions of this.#sightQuestions(cluster)) {
      const answers = await Promise.all(questions.map((question) => this.#answer(question, deadline)));
      const allow = answers.find((answer) => answer?.allowed);
      if (allow !== undefined) {
        if (!allow.stale) this.#reviews.keep(this.#asker, sightOf(cluster), { allowed: true, at: allow.at, generation });
        return true;
      }
      certain &&= !answers.includes(undefined);
      at = Math.min(at, ...answers.map((answer) => answer?.at ?? at));
    }
    if (certain) this.#reviews.keep(this.#asker, sightOf(cluster), { allowed: false, at, generation });
    return false;
  }

  /** What to ask together, and in which order. */
  *#sightQuestions(cluster: string): Iterable<readonly Question[]> {
    const { kinds, namespaces } = this.#reviews.options;
    const [first, ...others] = kinds.map((kind) => questionOf(cluster, 'list', kind));
    if (first === undefined) return;
    yield [first];
    yield others;
    let budget = this.#reviews.limits.reviewsPerSight;
    for (const whole of [first, ...others]) {
      if (CLUSTER_SCOPED.has(whole.attributes.resource)) continue;
      const questions = this.#questions(whole, namespaces(cluster)).slice(0, budget);
      budget -= questions.length;
      if (questions.length > 0) yield questions;
    }
  }

  // ---------------------------------------------------------------------------------------------- one question

  #fresh(question: Pick<Question, 'cluster' | 'key'>): Answer | undefined {
    const decision = this.#reviews.known(this.#asker, question);
    return decision !== undefined && this.#now() < decision.at + this.#reviews.limits.ttlMs
      ? { allowed: decision.allowed, at: decision.at }
      : undefined;
  }

  /** What counts while the cluster cannot be asked. */
  #stale(question: Question): Answer | undefined {
    const decision = this.#reviews.known(this.#asker, question);
    const young = decision !== undefined && this.#now() < decision.at + this.#reviews.limits.staleAllowForMs;
    return young && decision.allowed ? { allowed: true, at: decision.at, stale: true } : undefined;
  }

  /** Undefined: nobody knows, so no. */
  async #answer(question: Question, deadline: number): Promise<Answer | undefined> {
    const known = this.#fresh(question);
    if (known !== undefined) return known;
    const asked = this.#reviews.ask(this.#asker, question);
    const decision = await this.#until(deadline, asked);
    return decision === undefined ? this.#stale(question) : { allowed: decision.allowed, at: decision.at };
  }

  async #until(deadline: number, asked: Promise<Decision | undefined>): Promise<Decision | undefined> {
    const { clock } = this.#reviews.options;
    const over = new AbortController();
    const late = clock.sleep(Math.max(0, deadline - clock.monotonic()), over.signal).then(() => undefined);
    const decision = await Promise.race([asked, late]);
    over.abort();
    return decision;
  }

  #deadline(): number {
    return this.#now() + this.#reviews.limits.deadlineMs;
  }

  #now(): number {
    return this.#reviews.options.clock.monotonic();
  }
}

function visibilityOf(questions: readonly Question[], answers: readonly (Answer | undefined)[], incomplete?: IncompleteReason): Visibility {
  const namespaces = new Set<string>();
  let staleSince: number | undefined;
  for (const [index, { attributes }] of questions.entries()) {
    const answer = answers[index];
    if (!answer?.allowed || attributes.namespace === undefined) continue;
    namespaces.add(attributes.namespace);
    if (answer.stale) staleSince = Math.min(staleSince ?? answer.at, answer.at);
  }
  const reason = incomplete ?? (answers.includes(undefined) ? 'UNREACHABLE' : undefined);
  return {
    everything: false,
    namespaces,
    ...(reason === undefined ? {} : { incomplete: reason }),
    ...(staleSince === undefined ? {} : { staleSince }),
  };
}

import type { Principal } from '../auth/principal.ts';
import type { RolloutCommand, RolloutVerb } from '../rollout/events.ts';
import type { Refusal } from '../rollout/refusal.ts';
import type { Run } from '../rollout/run.ts';
import type { Runs } from '../rollout/run-book.ts';
import { ROLLOUT_MUTATIONS, verdictOn, verdictOnCommand } from '../rollout/verdict.ts';
import { anotherRunMoves } from './another-run.ts';
import { type Answer, keptRun } from './answer.ts';
import { notFound, notLeading, targetOfRun } from './command-error.ts';
import { type CommandDeps, runCommand } from './command-runner.ts';
import type { CommandError, CommandResult, RunCommand } from './commands.ts';
import { isDown, type Right, refusalOfRight } from './rights.ts';
import { failedToRecord } from './rollout-start.ts';
import type { Attempt } from './sitting.ts';

const PATH = ['input', 'rollout'];

/** One verb for one run. Answers when the decision is durable; what the cluster makes of it is told by the run. */
export async function rolloutCommand(
  principal: Principal,
  verb: RolloutVerb,
  input: RunCommand,
  deps: CommandDeps,
): Promise<CommandResult<Run>> {
  const { requestId: _id, dryRun: _dryRun, ...question } = input;
  const run = deps.runs.get(input.run);
  return runCommand(
    {
      ...{ mutation: ROLLOUT_MUTATIONS[verb], principal, options: input, question, keeping: keptRun(deps.runs), run: input.run },
      ...(run !== undefined && { target: targetOfRun(run) }),
      validate: () => (run === undefined ? noSuchRun(PATH) : undefined),
      act: (attempt) => commandRun({ principal, verb, input, path: PATH }, attempt, deps),
    },
    deps,
  );
}

export interface AskedOfRun {
  readonly principal: Principal;
  readonly verb: RolloutVerb;
  readonly input: Pick<RunCommand, 'run' | 'reason' | 'expectedPhase' | 'expectedStep' | 'toStep' | 'target'>;
  /** From the arguments to the run. */
  readonly path: readonly string[];
}

/** The operation's id is the command's: the engine carries the same one out once, whoever asks how often. */
export async function commandRun(asked: AskedOfRun, { operation, isRepeated }: Tried, deps: CommandDeps): Promise<Answer<Run>> {
  const run = deps.runs.get(asked.input.run);
  if (run === undefined) return refused(noSuchRun(asked.path));
  const before = isRepeated ? run.state.status.commands.find(({ id }) => id === operation.id) : undefined;
  if (before !== undefined) return judged(run, before.refusal);
  const notHere = refusedBeforehand(deps);
  // The gateway that leads may have carried an earlier attempt out.
  if (notHere !== undefined) return { outcome: isRepeated ? 'UNKNOWN' : 'REFUSED', object: run, errors: [notHere] };
  const refusal = await rightMissing(asked, run, deps);
  if (refusal !== undefined) return { ...refused(refusal), object: run };
  const command = commandOf(asked, operation.id);
  const verdict = verdictOnCommand(run.state, command);
  const other = verdict === undefined ? anotherRunMoves(asked.verb, run, deps.runs) : undefined;
  if (other !== undefined) return { ...refused(other), object: run };
  return operation.dryRun ? judged(run, verdict) : tell(run, command, deps);
}

type Tried = Pick<Attempt, 'operation' | 'isRepeated'>;

/** What holds for every run. */
export function refusedBeforehand({ driver }: CommandDeps): CommandError | undefined {
  return driver.leads ? undefined : notLeading(driver.leader);
}

/** A verb that makes sense by the table that commands are judged by. */
export function refusedByRun(verb: RolloutVerb, run: Run, runs: Runs): CommandError | undefined {
  const refusal = verdictOn(run.state, verb);
  return refusal ? errorOf(refusal) : anotherRunMoves(verb, run, runs);
}

/** Nobody waits for a cluster that is known to be down in order to stop a run. */
async function rightMissing(
  { principal, verb, path }: AskedOfRun,
  run: Run,
  { rights, store }: CommandDeps,
): Promise<CommandError | undefined> {
  const target = targetOfRun(run);
  const question = { principal, verb, run, path };
  const known = rights.known(principal, target) ?? (isDown(store, run.cluster) ? rights.remembered(principal, target) : undefined);
  if (known === 'ALLOWED' || known === 'DENIED') return refusedByRight(known, question);
  if (known !== undefined && refusedByRight(known, question) === undefined) return undefined;
  return refusedByRight(await rights.ask(principal, target), question);
}

/** Verbs that stop: they take effect in the run, and what they write later the cluster judges then, as the person who asked. */
const STOPPING: ReadonlySet<RolloutVerb> = new Set(['pause', 'abort', 'rollback']);

/**
 * A cluster that does not answer must keep nobody from stopping a run: then it is enough to be known as somebody who
 * may, by an earlier answer, by having started the run, or because the credentials are the person's own.
 */
export function refusedByRight(
  right: Right,
  { principal, verb, run, path }: Omit<AskedOfRun, 'input'> & { readonly run: Run },
): CommandError | undefined {
  const isKnown = typeof right !== 'string' && (right.before || principal.mode === 'LOCAL' || isAuthor(principal, run));
  if (isKnown && STOPPING.has(verb)) return undefined;
  return refusalOfRight(right, principal, targetOfRun(run), path);
}

function isAuthor({ user }: Principal, { state }: Run): boolean {
  const { author } = state.spec;
  return author.username === user.username && author.uid === user.uid;
}

function commandOf({ principal, verb, input }: AskedOfRun, id: string): RolloutCommand {
  const { reason, expectedPhase, expectedStep, toStep, target } = input;
  return {
    ...{ id, verb, actor: principal.user },
    ...(reason !== undefined && { note: reason }),
    ...(expectedPhase !== undefined && { expectedPhase }),
    ...(expectedStep !== undefined && { expectedStep }),
    ...(toStep !== undefined && { toStep }),
    ...(target !== undefined && { target }),
  };
}

async function tell(run: Run, command: RolloutCommand, { driver }: CommandDeps): Promise<Answer<Run>> {
  try {
    const answer = await driver.command(run.uid, command);
    return answer === undefined ? refused(noSuchRun(PATH)) : judged(answer.run, answer.refusal);
  } catch (error) {
    return failedToRecord(error);
  }
}

function judged(run: Run, refusal: Refusal | undefined): Answer<Run> {
  return refusal === undefined
    ? { outcome: 'APPLIED', object: run, errors: [] }
    : { outcome: 'REFUSED', object: run, errors: [errorOf(refusal)] };
}

/** The engine's refusal, as the caller is told. */
function errorOf({ code, message, path, unblock, phase, currentStep }: Refusal): CommandError {
  const shape = { message, unblock, path: path.length === 0 ? [] : ['input', ...path] };
  switch (code) {
    case 'Validation':
      return { ...shape, type: 'ValidationError', code: 'INVALID' };
    case 'Unsupported':
      return { ...shape, type: 'UnsupportedError', code: 'UNSUPPORTED' };
    case 'Blocked':
      return { ...shape, type: 'BlockedError', code: 'BLOCKED' };
    case 'Conflict':
      return { ...shape, type: 'ConflictError', code: CONFLICTS[path[0] ?? ''] ?? 'WRONG_PHASE', currentPhase: phase, currentStep };
  }
}

const CONFLICTS: Readonly<Record<string, string>> = { expectedPhase: 'PHASE_MISMATCH', expectedStep: 'STEP_MISMATCH' };

export function noSuchRun(path: readonly string[]): CommandError {
  return notFound(path, 'there is no such rollout, or none that you may see');
}

function refused(error: CommandError): Answer<Run> {
  return { outcome: 'REFUSED', errors: [error] };
}

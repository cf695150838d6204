import type { Principal } from '../auth/principal.ts';
import type { Operation } from '../hub/operation-entry.ts';
import type { OperationLedger } from '../hub/operation-ledger.ts';
import type { ApiServer, RequestOptions, WriteOptions } from '../kube/api-server.ts';
import type { Resource } from '../model/resource.ts';
import type { Runs } from '../rollout/run-book.ts';
import type { RunDriver } from '../rollout/run-driver.ts';
import type { Patience } from '../rollout/state.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Random } from '../runtime/random.ts';
import type { GraphStore } from '../store/graph-store.ts';
import type { Answer, Keeping } from './answer.ts';
import { invalid, readOnlyRefusal } from './command-error.ts';
import type { CommandError, CommandOptions, CommandResult } from './commands.ts';
import { OneAtATime } from './one-at-a-time.ts';
import type { OperationRecord, OperationTarget } from './operation.ts';
import { type OperationBook, recordOf } from './operation-book.ts';
import { RequestDesk } from './request-desk.ts';
import { Rights } from './rights.ts';
import type { Attempt, Kept } from './sitting.ts';

/** What the door needs of the process. */
export interface CommandOptionsOfProcess {
  /** The API server of a registered cluster, with our own rights. */
  readonly apiServer: (cluster: string) => ApiServer | undefined;
  /** Every kind that a cluster is known to serve, at every version. */
  readonly served: (cluster: string) => readonly Resource[];
  readonly store: GraphStore;
  readonly runs: Runs;
  readonly driver: RunDriver;
  readonly ledger: OperationLedger;
  /** Fed with the ledger's changes by somebody else. */
  readonly operations: OperationBook;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Of runs that begin here, where it differs from what is usual. */
  readonly patience: Partial<Patience>;
  /** Every command is refused: a first look at production. */
  readonly readOnly: boolean;
}

export interface CommandDeps extends CommandOptionsOfProcess {
  readonly desk: RequestDesk;
  readonly rights: Rights;
  /** Runs begin one after the other on one workload. */
  readonly starts: OneAtATime;
}

export function commandDeps(options: CommandOptionsOfProcess): CommandDeps {
  return { ...options, desk: new RequestDesk(options), rights: new Rights(options), starts: new OneAtATime() };
}

/** One thing to do, described: the runner decides whether, and keeps the books. */
export interface Command<T> {
  /** Name of the Mutation field. */
  readonly mutation: string;
  readonly principal: Principal;
  readonly options: CommandOptions;
  readonly target?: OperationTarget;
  /** Id of the run that it is about. */
  readonly run?: string;
  /** Everything that the answer depends on, without the request id. */
  readonly question: unknown;
  readonly keeping: Keeping<T>;
  /** What can be told without asking anybody. */
  validate(): CommandError | undefined;
  /** `attempt.operation.dryRun`: everything but the effect. */
  act(attempt: Attempt): Promise<Answer<T>>;
}

/** How long a cluster may take to answer somebody who waits. */
export const CLUSTER_TIMEOUT_MS = 10_000;
const PRINTABLE = /^[\x20-\x7e]{1,128}$/;

/** Validate, put on record, authorise and act, audit: the order of every command. */
export async function runCommand<T>(command: Command<T>, deps: CommandDeps): Promise<CommandResult<T> & Pick<Answer<T>, 'plan'>> {
  const refused = deps.readOnly ? readOnlyRefusal() : (invalidOptions(command.options) ?? command.validate());
  if (refused !== undefined) return { replayed: false, errors: [refused] };
  const operation = newOperation(command, deps);
  const kept = command.options.dryRun
    ? await tried(command, operation, deps)
    : await deps.desk.handle({
        ...command,
        operation,
        viewer: command.principal.user.username,
        carryOut: (attempt) => command.act(attempt),
      });
  if (!kept.replayed) logResult(operation, kept, deps);
  const { object, plan, errors } = kept.answer;
  return {
    replayed: kept.replayed,
    errors,
    ...(object !== undefined && { object }),
    ...(plan !== undefined && { plan }),
    ...(kept.operation !== undefined && { operation: kept.operation }),
  };
}

/** A dry run is kept in this process only: it uses no request id up and writes nothing anywhere. */
async function tried<T>(command: Command<T>, operation: Operation, { operations, clock }: CommandDeps): Promise<Kept<T>> {
  const record: OperationRecord = { ...recordOf(entryOf(operation)), at: operation.at };
  const answer = await command.act({ operation: record, isRepeated: false, note: async () => {} });
  const finished = operations.put({ ...record, outcome: answer.outcome, finishedAt: clock.now() });
  return { operation: finished, answer, replayed: false };
}

function entryOf(operation: Operation): Parameters<typeof recordOf>[0] {
  const unused = { name: '', questionDigest: '', attempt: 0, holder: '', version: '', outcome: 'ACCEPTED' };
  return { ...operation, ...unused, heldSince: operation.at, expiresAt: operation.at };
}

export function newOperation<T>(
  command: Pick<Command<T>, 'mutation' | 'principal' | 'options' | 'target' | 'run'>,
  deps: Pick<CommandDeps, 'clock' | 'random'>,
): Operation {
  const { mutation, principal, options, target, run } = command;
  const { dryRun, reason, requestId } = options;
  return {
    id: deps.random.uuid(),
    mutation,
    actor: principal.user.username,
    at: deps.clock.now(),
    dryRun,
    auditId: deps.random.uuid(),
    ...(target !== undefined && { target }),
    ...(run !== undefined && { rollout: run }),
    ...(reason !== undefined && { note: reason }),
    ...(requestId !== undefined && { requestId }),
  };
}

function logResult<T>({ mutation, actor, dryRun, auditId, target }: Operation, { answer }: Kept<T>, { logger }: CommandDeps): void {
  const { cluster, namespace, name } = target ?? {};
  const code = answer.errors[0]?.code;
  logger.info('command', {
    mutation,
    actor,
    dryRun,
    auditId,
    cluster,
    namespace,
    name,
    outcome: answer.outcome,
    ...(code !== undefined && { code }),
  });
}

/** In local mode the credentials are the person's own; otherwise the gateway acts as the person, never as more. */
export function asCaller({ mode, user }: Principal): RequestOptions {
  return { timeoutMs: CLUSTER_TIMEOUT_MS, ...(mode === 'LOCAL' ? {} : { impersonate: user }) };
}

export function writeOptions(principal: Principal, { auditId, dryRun }: Pick<OperationRecord, 'auditId' | 'dryRun'>): WriteOptions {
  return { ...asCaller(principal), auditId, dryRun };
}

function invalidOptions({ requestId, reason }: CommandOptions): CommandError | undefined {
  if (requestId !== undefined && !PRINTABLE.test(requestId)) {
    return invalid(['input', 'requestId'], 'requestId must be 1 to 128 printable ASCII characters, for example a UUID');
  }
  if (reason !== undefined && reason.length > 1_000) return invalid(['input', 'reason'], 'reason must be at most 1,000 characters long');
  return undefined;
}

import type { Principal } from '../auth/principal.ts';
import type { ApiServer, WriteOptions } from '../kube/api-server.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Random } from '../runtime/random.ts';
import { refusalOf } from './api-refusal.ts';
import type { CommandError, CommandOptions, CommandResult } from './commands.ts';
import type { OperationOutcome, OperationRecord, OperationTarget } from './operation.ts';
import type { OperationHistory } from './operation-history.ts';
import type { RequestLedger } from './request-ledger.ts';

export interface CommandDeps {
  /** The API server of a registered cluster. */
  readonly apiServer: (cluster: string) => ApiServer | undefined;
  readonly history: OperationHistory;
  readonly ledger: RequestLedger;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Every command is refused: a first look at production. */
  readonly readOnly: boolean;
}

/** One thing to do to one object, described: the runner decides whether, and keeps the books. */
export interface Command<T> {
  /** Name of the Mutation field. */
  readonly mutation: string;
  readonly principal: Principal;
  readonly options: CommandOptions;
  readonly target: OperationTarget;
  /** Everything that the answer depends on, without the request id. */
  readonly question: unknown;
  /** From the mutation's arguments to the object. */
  readonly path: readonly string[];
  validate(): CommandError | undefined;
  act(apiServer: ApiServer, options: WriteOptions): Promise<T | undefined>;
}

/** How long a cluster may take to answer a write that somebody waits for. */
const WRITE_TIMEOUT_MS = 10_000;
const PRINTABLE = /^[\x20-\x7e]{1,128}$/;

/** Authorise, validate, act, audit: the order of every command. The cluster itself authorises, as the person who asks. */
export async function runCommand<T>(command: Command<T>, deps: CommandDeps): Promise<CommandResult<T>> {
  const refused = deps.readOnly ? readOnlyRefusal() : (invalidOptions(command.options) ?? command.validate());
  if (refused !== undefined) return { replayed: false, errors: [refused] };
  const { requestId, dryRun } = command.options;
  if (requestId === undefined || dryRun) return actAndRecord(command, deps);
  const scope = [command.principal.user.username, command.mutation, requestId];
  const question = JSON.stringify(command.question);
  const recalled = deps.ledger.recall<CommandResult<T>>(scope, question);
  if (recalled.kind === 'reused') return { replayed: false, errors: [reusedRequestId(requestId)] };
  if (recalled.kind === 'replay') return { ...(await recalled.answer), replayed: true };
  const answer = actAndRecord(command, deps);
  deps.ledger.record(scope, question, answer);
  const result = await answer.catch((error: unknown) => {
    deps.ledger.forget(scope);
    throw error;
  });
  if (result.operation?.outcome === 'REFUSED' || result.operation?.outcome === 'FAILED') deps.ledger.forget(scope);
  return result;
}

async function actAndRecord<T>(command: Command<T>, deps: CommandDeps): Promise<CommandResult<T>> {
  const operation = begin(command, deps);
  const apiServer = deps.apiServer(command.target.cluster);
  if (apiServer === undefined) {
    const error: CommandError = {
      type: 'NotFoundError',
      code: 'NO_SUCH_CLUSTER',
      message: `there is no cluster ${command.target.cluster}`,
      path: command.path,
      unblock: [],
    };
    return { operation: finish(operation, 'REFUSED', deps), replayed: false, errors: [error] };
  }
  try {
    const object = await command.act(apiServer, writeOptions(command, operation));
    return { ...(object === undefined ? {} : { object }), operation: finish(operation, 'APPLIED', deps), replayed: false, errors: [] };
  } catch (error) {
    const refusal = refusalOf(error, command.target.cluster, command.path);
    return { operation: finish(operation, refusal.outcome, deps), replayed: false, errors: [refusal.error] };
  }
}

function begin<T>({ mutation, principal, options, target }: Command<T>, { clock, random, history }: CommandDeps): OperationRecord {
  const { dryRun, reason, requestId } = options;
  return history.put({
    id: random.uuid(),
    mutation,
    target,
    outcome: 'ACCEPTED',
    actor: principal.user.username,
    at: clock.now(),
    dryRun,
    auditId: random.uuid(),
    ...(reason === undefined ? {} : { note: reason }),
    ...(requestId === undefined ? {} : { requestId }),
  });
}

function finish(operation: OperationRecord, outcome: OperationOutcome, { clock, history, logger }: CommandDeps): OperationRecord {
  const { mutation, actor, dryRun, auditId, target } = operation;
  logger.info('command', {
    mutation,
    actor,
    dryRun,
    outcome,
    auditId,
    cluster: target?.cluster,
    namespace: target?.namespace,
    name: target?.name,
  });
  return history.put({ ...operation, outcome, finishedAt: clock.now() });
}

/** In local mode the credentials are the person's own; otherwise the gateway acts as the person, never as more. */
function writeOptions<T>({ principal, options }: Command<T>, operation: OperationRecord): WriteOptions {
  return {
    auditId: operation.auditId,
    timeoutMs: WRITE_TIMEOUT_MS,
    dryRun: options.dryRun,
    ...(principal.mode === 'LOCAL' ? {} : { impersonate: principal.user }),
  };
}

function invalidOptions({ requestId, reason }: CommandOptions): CommandError | undefined {
  if (requestId !== undefined && !PRINTABLE.test(requestId)) {
    return invalid('requestId', 'must be 1 to 128 printable ASCII characters, for example a UUID');
  }
  if (reason !== undefined && reason.length > 1_000) return invalid('reason', 'must be at most 1,000 characters long');
  return undefined;
}

function invalid(field: string, rule: string): CommandError {
  return { type: 'ValidationError', code: 'INVALID', message: `${field} ${rule}`, path: ['input', field], unblock: [] };
}

function readOnlyRefusal(): CommandError {
  return {
    type: 'BlockedError',
    code: 'READ_ONLY',
    message: 'this gateway was started with --read-only; nothing can be changed through it',
    path: [],
    unblock: [],
  };
}

function reusedRequestId(requestId: string): CommandError {
  return {
    type: 'RequestIdReusedError',
    code: 'REQUEST_ID_REUSED',
    message: `requestId ${requestId} was used before with other arguments; take a new one for a new request`,
    path: ['input', 'requestId'],
    unblock: [],
  };
}

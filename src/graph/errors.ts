import { GraphQLError } from 'graphql';
import { ERROR_CATALOGUE, type ErrorCode, isErrorCode } from '../model/errors.ts';
import type { Logger } from '../runtime/logger.ts';

/** An error that callers may see as it is: one of the closed list, with a message written for them. */
export function graphError(code: ErrorCode, message: string, extensions: Readonly<Record<string, unknown>> = {}): GraphQLError {
  return new GraphQLError(shortened(message), { extensions: { ...extensions, code, retryable: ERROR_CATALOGUE[code].retryable } });
}

export function badInput(field: string, rule: string): GraphQLError {
  return graphError('BAD_USER_INPUT', `${field}: ${rule}`, { field });
}

/**
 * What may leave the process for `error`: itself when its code is on the list, a named refusal when
 * graphql-js made it of the caller's document or variables, else INTERNAL with `correlationId` only. What is
 * withheld is logged once, without variables.
 */
export function maskError(error: unknown, correlationId: string, logger: Logger): GraphQLError {
  if (!(error instanceof GraphQLError)) return internalError(error, correlationId, logger);
  const { code } = error.extensions;
  if (code === 'GRAPHQL_PARSE_FAILED' || code === 'GRAPHQL_VALIDATION_FAILED') return nameOf(error);
  // Ours carry `retryable`; a library's error of a known code may carry more than callers are to be told.
  if (isErrorCode(code)) return 'retryable' in error.extensions ? bounded(error) : refined(error, code);
  // An error that graphql-js wrapped around one thrown by a resolver hides a fault; one it made itself is
  // about the document or the variables.
  if (error.originalError === undefined || error.originalError instanceof GraphQLError) return nameOf(error);
  return internalError(error, correlationId, logger);
}

function nameOf(error: GraphQLError): GraphQLError {
  return refined(error, codeOfMistake(error.message));
}

function refined(error: GraphQLError, code: ErrorCode): GraphQLError {
  return located(error, shortened(withoutSuggestion(error.message)), { code, retryable: ERROR_CATALOGUE[code].retryable });
}

function codeOfMistake(message: string): ErrorCode {
  if (message.startsWith('Syntax Error')) return 'GRAPHQL_PARSE_FAILED';
  return VARIABLE_MISTAKE.test(message) ? 'BAD_USER_INPUT' : 'GRAPHQL_VALIDATION_FAILED';
}

/** What graphql-js says of values; of declarations it says other things. */
const VARIABLE_MISTAKE = /^Variable "\$\w+" (got invalid value|of (required|non-null) type)/;

const MAX_MESSAGE = 500;

/** Messages quote values, and a value may be as large as the request: the rule that it breaks stands at the end. */
function shortened(message: string): string {
  return message.length <= MAX_MESSAGE ? message : `${message.slice(0, MAX_MESSAGE / 2)} [...] ${message.slice(-MAX_MESSAGE / 2)}`;
}

/** graphql-js puts the whole value before a message of ours. */
function bounded(error: GraphQLError): GraphQLError {
  return error.message.length <= MAX_MESSAGE + 10 ? error : located(error, shortened(error.message), error.extensions);
}

/** "Did you mean ...?" tells names of the schema to somebody who may not introspect it. */
function withoutSuggestion(message: string): string {
  return message.replace(/ Did you mean .*\?$/s, '');
}

function internalError(error: unknown, correlationId: string, logger: Logger): GraphQLError {
  const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  logger.error('request failed', {
    correlationId,
    error: cause instanceof Error ? cause.message : String(cause),
    stack: cause instanceof Error ? cause.stack : undefined,
  });
  const extensions = { code: 'INTERNAL', retryable: ERROR_CATALOGUE.INTERNAL.retryable, correlationId };
  const message = `Something went wrong in the gateway. Its log has the reason under ${correlationId}.`;
  return error instanceof GraphQLError ? located(error, message, extensions) : new GraphQLError(message, { extensions });
}

function located(error: GraphQLError, message: string, extensions: Record<string, unknown>): GraphQLError {
  return new GraphQLError(message, {
    nodes: error.nodes ?? null,
    source: error.source,
    positions: error.positions,
    path: error.path,
    extensions,
  });
}

/** The text of `schema/errors.md`. */
export function printErrorCatalogue(): string {
  const rows = Object.entries(ERROR_CATALOGUE).map(
    ([code, { meaning, retryable }]) => `| \`${code}\` | ${meaning} | ${retryable ? 'yes' : 'no'} |`,
  );
  return [
    '# Error codes',
    '',
    'Every entry of `errors` carries one of these as `extensions.code`, and `extensions.retryable`. The list is closed.',
    'Refusals of a mutation come in `userErrors` of its payload instead. Generated from `src/model/errors.ts`.',
    '',
    '| code | meaning | may the same request succeed later? |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/**
 * Everything that can go wrong at the top level of an answer (`errors[].extensions.code`). The list is
 * closed: what is not in it leaves the process as INTERNAL, without its text. Refusals of a mutation are no
 * errors but `userErrors` of its payload. `schema/errors.md` is generated from here.
 */
export const ERROR_CATALOGUE = {
  BAD_REQUEST: { meaning: 'The request is not what GraphQL over HTTP or over WebSocket asks for.', retryable: false },
  GRAPHQL_PARSE_FAILED: { meaning: 'The document is not GraphQL.', retryable: false },
  GRAPHQL_VALIDATION_FAILED: { meaning: 'The document does not fit the schema.', retryable: false },
  BAD_USER_INPUT: {
    meaning: 'An argument or a variable breaks a rule; the message names the field, the rule and the way out.',
    retryable: false,
  },
  BAD_CURSOR: {
    meaning: 'The cursor is not one of ours, or belongs to another list or order: begin again without `after`.',
    retryable: false,
  },
  BAD_RESUME_TOKEN: {
    meaning: 'The token is not one of ours, or belongs to another stream: subscribe without `resume`.',
    retryable: false,
  },
  LIMIT_EXCEEDED: {
    meaning: 'The document is deeper, longer or wider than allowed; the message names the limit, its value and the way round it.',
    retryable: false,
  },
  COST_LIMIT_EXCEEDED: {
    meaning: 'The operation asks for more than one answer may hold; ask for smaller pages or fewer nested lists.',
    retryable: false,
  },
  UNAUTHENTICATED: { meaning: 'Nobody is identified: the credentials are missing, wrong or out of date.', retryable: false },
  FORBIDDEN: { meaning: 'The caller may not do this at all, or lost the right during a stream.', retryable: false },
  CLUSTER_UNREACHABLE: { meaning: 'What was asked for has to be read from a cluster that does not answer.', retryable: true },
  TOO_MANY_REQUESTS: { meaning: 'The caller has more requests or streams open than allowed; wait and ask again.', retryable: true },
  TIMED_OUT: { meaning: 'The answer was not ready in time.', retryable: true },
  UNAVAILABLE: { meaning: 'The gateway is starting or stopping; ask again, perhaps another replica.', retryable: true },
  INTERNAL: {
    meaning: 'A fault of the gateway. The message carries a correlation id that the log carries too, and nothing else.',
    retryable: true,
  },
} as const satisfies Readonly<Record<string, ErrorMeaning>>;

export interface ErrorMeaning {
  readonly meaning: string;
  /** The same request may succeed later without being changed. */
  readonly retryable: boolean;
}

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_CATALOGUE, code);
}

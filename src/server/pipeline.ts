import { AsyncLocalStorage } from 'node:async_hooks';
import { GraphQLError, parse } from 'graphql';
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import type { Call, GraphqlApi } from './graphql-api.ts';
import { MAX_BODY_BYTES } from './request-rules.ts';

/** What Yoga carries from the listener to the resolvers. */
export interface ServerContext {
  readonly call: Call;
}
export type Pipeline = YogaServerInstance<ServerContext, object>;

/** The call that is being worked on: Yoga's error mask is told of the error and not of the request. */
const currentCall = new AsyncLocalStorage<Call>();

/** Codes of requests that were never executed: GraphQL over HTTP answers them with 400. */
const UNEXECUTED: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'LIMIT_EXCEEDED',
  'COST_LIMIT_EXCEEDED',
]);

/**
 * The error as it may leave, with the status that Yoga is to answer (it takes the hint out of the error). `spec`:
 * a client that accepts only application/json gets 200, as GraphQL over HTTP says.
 */
function masked(api: GraphqlApi, error: unknown): GraphQLError {
  const call = currentCall.getStore();
  const shown = api.maskError(error, call?.requestId ?? 'unknown');
  if (call?.transport === 'websocket' || shown.path !== undefined) return shown;
  const http = statusHint(shown.extensions['code'], error);
  return http === undefined ? shown : withExtensions(shown, { ...shown.extensions, http });
}

function statusHint(code: unknown, error: unknown): unknown {
  // No GraphQL at all: whatever the client accepts, this is no well-formed request.
  if (code === 'BAD_REQUEST') return { status: 400 };
  const hint = error instanceof GraphQLError ? error.extensions['http'] : undefined;
  return hint ?? (UNEXECUTED.has(code) ? { spec: true, status: 400 } : undefined);
}

/** Yoga hints at a status in whatever does not validate; on a socket nobody takes the hint out again. */
export function withoutStatusHint(error: GraphQLError): GraphQLError {
  const { http, ...extensions } = error.extensions;
  return http === undefined ? error : withExtensions(error, extensions);
}

function withExtensions(error: GraphQLError, extensions: Readonly<Record<string, unknown>>): GraphQLError {
  const { message, nodes, source, positions, path } = error;
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
    extensions,
  });
}

/** Runs `work` so that errors masked in it carry the call's request id. */
export function withinCall<T>(call: Call, work: () => T): T {
  return currentCall.run(call, work);
}

/** The one way from a document to an answer: guard, parse, rules, validate, admit, execute, mask. For POST, SSE and WebSocket. */
export function createPipeline(api: GraphqlApi): Pipeline {
  return createYoga<ServerContext, object>({
    schema: api.schema,
    graphqlEndpoint: '/graphql',
    context: ({ call }) => api.contextFor(call),
    plugins: [limits(api)],
    maskedErrors: { maskError: (error) => masked(api, error) },
    maxRequestBodySize: MAX_BODY_BYTES,
    // Answered or refused by the listener before Yoga is asked.
    cors: false,
    graphiql: false,
    landingPage: false,
    multipart: false,
    batching: false,
    logging: false,
  });
}

function limits(api: GraphqlApi): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source: string | { body: string }, options: object) => {
        const text = typeof source === 'string' ? source : source.body;
        const refusal = api.guardText(text);
        if (refusal !== undefined) throw refusal;
        return parse(text, options);
      });
    },
    onValidate({ addValidationRule }) {
      for (const rule of api.validationRules) addValidationRule(rule);
      // Yoga masks what execution throws, but not what validation answers.
      return ({ valid, result, setResult }) => {
        if (!valid) setResult(result.map((error) => masked(api, error)));
      };
    },
    onExecute({ args, setResultAndStopExecution }) {
      const { errors, requested, limit } = api.price(args);
      if (errors.length > 0) return setResultAndStopExecution({ errors });
      return {
        onExecuteDone({ result, setResult }) {
          if ('data' in result) setResult({ ...result, extensions: { ...result.extensions, cost: { requested, limit } } });
        },
      };
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const { errors } = api.price(args);
      if (errors.length > 0) setResultAndStopExecution({ errors });
    },
  };
}

import { AsyncLocalStorage } from 'node:async_hooks';
import { parse } from 'graphql';
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
    maskedErrors: { maskError: (error) => api.maskError(error, currentCall.getStore()?.requestId ?? 'unknown') },
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
  const mask = (error: unknown) => api.maskError(error, currentCall.getStore()?.requestId ?? 'unknown');
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
        if (!valid) setResult(result.map(mask));
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

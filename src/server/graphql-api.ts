import type { DocumentNode, ExecutionArgs, GraphQLError, GraphQLSchema, ValidationRule } from 'graphql';
import type { Principal } from '../auth/principal.ts';

export type Transport = 'post' | 'sse' | 'websocket';

/** One operation's circumstances, known before it is parsed. */
export interface Call {
  readonly principal: Principal;
  readonly transport: Transport;
  /** Shown to the caller in masked errors and written to the log with the cause. */
  readonly requestId: string;
  /** Fires when the caller is gone: what is done for them stops. */
  readonly signal: AbortSignal;
  /** Fires when streams should say CLOSING and end: shutdown, or the end of the socket's life. */
  readonly closing: AbortSignal;
}

/**
 * What the server needs of the graph: handed in, so that the server knows sockets and nothing of clusters.
 * The same guard, rules, admission and mask hold on every transport.
 */
export interface GraphqlApi {
  readonly schema: GraphQLSchema;
  /** What resolvers receive. */
  contextFor(call: Call): object;
  /** Refuses a text before it is parsed: too many tokens, nested too deep. */
  guardText(query: string): GraphQLError | undefined;
  /** Besides the rules of the specification. */
  readonly validationRules: readonly ValidationRule[];
  /** What the operation may cost, now that its variables are known; errors when that is beyond the bound. */
  price(args: PricedArgs): Price;
  /** Shows expected errors, masks the rest with the request id. */
  maskError(error: unknown, requestId: string): GraphQLError;
}

export type PricedArgs = Pick<ExecutionArgs, 'schema' | 'operationName' | 'variableValues'> & { readonly document: DocumentNode };

/** `requested` and `limit` are told to callers as `extensions.cost`. */
export interface Price {
  readonly requested: number;
  readonly limit: number;
  readonly errors: readonly GraphQLError[];
}

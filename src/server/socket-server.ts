import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { DocumentNode, ExecutionArgs, GraphQLError } from 'graphql';
import { CloseCode, type Context, type SubscribePayload } from 'graphql-ws';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Authenticator, AuthResult, Rejection } from '../auth/authenticator.ts';
import type { Principal } from '../auth/principal.ts';
import { graphError } from '../graph/errors.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import type { Call } from './graphql-api.ts';
import { type Pipeline, withinCall, withoutStatusHint } from './pipeline.ts';
import { MAX_BODY_BYTES } from './request-rules.ts';

/** Bounds of one process and of one socket. Refusals name them. */
const LIMITS = {
  sockets: 5_000,
  operationsPerSocket: 100,
  initTimeoutMs: 3_000,
  /** As a watch of Kubernetes: a socket ends after about an hour, with resume tokens, so load spreads. */
  lifetimeMs: 3_600_000,
  lifetimeJitter: 0.1,
  identityCheckMs: 60_000,
  keepAliveMs: 12_000,
} as const;

export interface SocketServerOptions {
  readonly pipeline: Pipeline;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly random: Random;
  /** Fires at shutdown: streams say CLOSING. */
  readonly closing: AbortSignal;
  maskError(error: unknown, requestId: string): GraphQLError;
  /** Told of every operation that begins (1) and ends (-1). */
  onOperation(change: 1 | -1): void;
}

interface SocketState extends Record<PropertyKey, unknown> {
  caller?: AuthResult;
  params?: Readonly<Record<string, unknown>>;
  /** The socket's own end of life, or the shutdown. */
  closing?: AbortSignal;
  gone?: AbortController;
  timers?: DisposableStack;
  operations?: Map<string, AbortController>;
}
type Socket = Context<Record<string, unknown> | undefined, Extra & SocketState>;

/** Serves `graphql-transport-ws` at /graphql on the listener. */
export function serveSockets(server: Server, options: SocketServerOptions): AsyncDisposable {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_BODY_BYTES,
    perMessageDeflate: false,
    handleProtocols: chooseProtocol,
  });
  const protocol = useServer<Record<string, unknown> | undefined, SocketState>(
    {
      connectionInitWaitTimeout: LIMITS.initTimeoutMs,
      onConnect: (socket) => connect(socket as Socket, options),
      onSubscribe: (socket, id, payload) => subscribe(socket as Socket, id, payload, options),
      execute: (args: ExecutionArgs) => runWithin(args, 'execute'),
      subscribe: (args: ExecutionArgs) => runWithin(args, 'subscribe'),
      onComplete: (socket, id) => endOperation(socket as Socket, id, options),
      onClose: (socket) => release(socket as Socket, options),
    },
    sockets,
    LIMITS.keepAliveMs,
  );
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const rejection = refusal(request, sockets.clients.size, options.authenticator);
    if (rejection !== undefined) return refuse(stream, rejection);
    sockets.handleUpgrade(request, stream, head, (socket) => sockets.emit('connection', socket, request));
  });
  return { [Symbol.asyncDispose]: async () => void (await protocol.dispose()) };
}

function chooseProtocol(offered: Set<string>): string | false {
  return offered.has('graphql-transport-ws') ? 'graphql-transport-ws' : false;
}

function refusal(
  request: IncomingMessage,
  open: number,
  authenticator: Authenticator,
): Rejection | { status: 404; message: string } | undefined {
  if (new URL(request.url ?? '/', 'http://localhost').pathname !== '/graphql')
    return { status: 404, message: 'sockets are served at /graphql' };
  if (open >= LIMITS.sockets) return { status: 503, message: `${LIMITS.sockets} sockets are open already; try again later` };
  return authenticator.refuse(request);
}

function refuse(stream: Duplex, { status, message }: { readonly status: number; readonly message: string }): void {
  stream.end(
    `HTTP/1.1 ${status} Refused\r\ncontent-type: text/plain\r\ncontent-length: ${Buffer.byteLength(message)}\r\nconnection: close\r\n\r\n${message}`,
  );
}

async function connect(socket: Socket, options: SocketServerOptions): Promise<boolean> {
  const { extra } = socket;
  const params = socket.connectionParams ?? {};
  const caller = await options.authenticator.identify(extra.request, params);
  if (!('principal' in caller)) {
    extra.socket.close(
      caller.rejection.status === 429 ? CloseCode.TooManyInitialisationRequests : CloseCode.Forbidden,
      caller.rejection.message.slice(0, 120),
    );
    return true;
  }
  extra.caller = caller;
  extra.params = params;
  extra.gone = new AbortController();
  extra.operations = new Map();
  extra.timers = new DisposableStack();
  extra.closing = endOfLife(extra.socket, extra.timers, options);
  watchIdentity(socket, caller.principal, options);
  return true;
}

/** Fires when the socket's life is over; the socket is closed a little later, when its streams have said CLOSING. */
function endOfLife(socket: WebSocket, timers: DisposableStack, { clock, random, closing }: SocketServerOptions): AbortSignal {
  const life = new AbortController();
  const lifetimeMs = LIMITS.lifetimeMs * (1 + LIMITS.lifetimeJitter * (2 * random.next() - 1));
  const end = () => {
    life.abort();
    timers.use(clock.after(1_000, () => socket.close(1001, 'going away: connect again and resume')));
  };
  timers.use(clock.after(lifetimeMs, end));
  return AbortSignal.any([life.signal, closing]);
}

/** Expiry is a timer, not a check on receipt: output would flow on while the client says nothing. */
function watchIdentity(socket: Socket, principal: Principal, options: SocketServerOptions): void {
  const { extra } = socket;
  const { clock, authenticator } = options;
  const close = () => extra.socket.close(CloseCode.Forbidden, 'identity expired');
  if (principal.notAfter !== undefined) extra.timers?.use(clock.after(Math.max(0, principal.notAfter - clock.now()), close));
  const recheck = async (): Promise<void> => {
    if (!(await authenticator.stillValid(principal, extra.request, extra.params))) return close();
    extra.timers?.use(clock.after(LIMITS.identityCheckMs, () => void recheck()));
  };
  extra.timers?.use(clock.after(LIMITS.identityCheckMs, () => void recheck()));
}

/**
 * Parses and validates by the pipeline. Answers errors as data and never throws: an error thrown here would
 * close the socket with a code that clients take as fatal, and end every other stream on it.
 */
async function subscribe(
  socket: Socket,
  id: string,
  payload: SubscribePayload,
  options: SocketServerOptions,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  const { extra } = socket;
  if (extra.caller === undefined || !('principal' in extra.caller))
    return [graphError('UNAUTHENTICATED', 'the socket has no identity: begin with connection_init')];
  if ((extra.operations?.size ?? 0) >= LIMITS.operationsPerSocket) {
    return [
      graphError('TOO_MANY_REQUESTS', `a socket carries at most ${LIMITS.operationsPerSocket} operations; complete some or open another`),
    ];
  }
  const ended = new AbortController();
  extra.operations?.set(id, ended);
  options.onOperation(1);
  const call: Call = {
    principal: extra.caller.principal,
    transport: 'websocket',
    requestId: options.random.uuid(),
    signal: AbortSignal.any([ended.signal, ...(extra.gone === undefined ? [] : [extra.gone.signal])]),
    closing: extra.closing ?? options.closing,
  };
  const result = await withinCall(call, () => prepare(call, payload, options));
  if (Array.isArray(result)) endOperation(socket, id, options);
  return result;
}

interface EnvelopedArgs extends ExecutionArgs {
  readonly rootValue: { readonly call: Call; execute: (args: ExecutionArgs) => unknown; subscribe: (args: ExecutionArgs) => unknown };
}

async function prepare(
  call: Call,
  payload: SubscribePayload,
  { pipeline, maskError }: SocketServerOptions,
): Promise<EnvelopedArgs | readonly GraphQLError[]> {
  const enveloped = pipeline.getEnveloped({ call, params: payload });
  try {
    const document: DocumentNode = enveloped.parse(payload.query);
    const errors: readonly GraphQLError[] = enveloped.validate(enveloped.schema, document);
    if (errors.length > 0) return errors.map((error) => withoutStatusHint(maskError(error, call.requestId)));
    return {
      schema: enveloped.schema,
      document,
      operationName: payload.operationName,
      variableValues: payload.variables,
      contextValue: await enveloped.contextFactory(),
      rootValue: { call, execute: enveloped.execute, subscribe: enveloped.subscribe },
    };
  } catch (error) {
    return [maskError(error, call.requestId)];
  }
}

function runWithin(args: ExecutionArgs, verb: 'execute' | 'subscribe') {
  const { rootValue } = args as EnvelopedArgs;
  return withinCall(rootValue.call, () => rootValue[verb]({ ...args, rootValue: {} })) as never;
}

function endOperation(socket: Socket, id: string, { onOperation }: SocketServerOptions): void {
  const operation = socket.extra.operations?.get(id);
  if (operation === undefined) return;
  operation.abort();
  socket.extra.operations?.delete(id);
  onOperation(-1);
}

function release(socket: Socket, options: SocketServerOptions): void {
  socket.extra.gone?.abort();
  socket.extra.timers?.dispose();
  for (const id of socket.extra.operations?.keys() ?? []) endOperation(socket, id, options);
}

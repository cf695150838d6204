import { readFile } from 'node:fs/promises';
import type { Clock } from '../../runtime/clock.ts';
import type { Lane } from '../../runtime/pump.ts';
import { ApiError } from '../api-error.ts';
import type { TlsTrust } from './connect-socket.ts';
import { type Credential, type Credentials, RefreshedCredentials, staticCredentials } from './credentials.ts';
import { HttpApiServer, type HttpApiServerOptions } from './http-api-server.ts';
import type { KubeContext } from './kubeconfig.ts';
import type { PemSource } from './kubeconfig-entry.ts';
import type { KubeUser } from './kubeconfig-user.ts';
import { NodeTransport } from './node-transport.ts';
import { TransportError } from './transport.ts';
import { VendorCredentials } from './vendor-credentials.ts';

export interface ConnectOptions {
  readonly clock: Clock;
  /** Shown to the server, e.g. "fleetgraph/1.2.3". */
  readonly userAgent: string;
  /** Turns to read what the cluster sends; default: always. */
  readonly lane?: Lane;
  readonly onUnreadableProtobuf?: HttpApiServerOptions['onUnreadableProtobuf'];
  readonly readsSecrets?: HttpApiServerOptions['readsSecrets'];
}

/** client-go reads token files once a minute; the vendor's client knows when its own credentials expire. */
const FILE_MAX_AGE_MS = 60_000;
const PLUGIN_MAX_AGE_MS = 10_000;

/**
 * The cluster of `context`, as its user. Opens no connection before the first call. Everything here belongs
 * to this one context: connections, credentials and what plugins remember are shared with no other.
 */
export function connectContext(context: KubeContext, options: ConnectOptions): HttpApiServer {
  const transport = new NodeTransport({ server: new URL(context.server), clock: options.clock, trust: () => trustOf(context) });
  const { impersonate } = context.user;
  return new HttpApiServer({
    transport,
    credentials: credentialsOf(context.user, options.clock),
    clock: options.clock,
    userAgent: options.userAgent,
    ...(impersonate === undefined ? {} : { impersonate }),
    ...(options.lane === undefined ? {} : { lane: options.lane }),
    ...(options.onUnreadableProtobuf === undefined ? {} : { onUnreadableProtobuf: options.onUnreadableProtobuf }),
    ...(options.readsSecrets === undefined ? {} : { readsSecrets: options.readsSecrets }),
  });
}

/** As client-go decides: a token file before a token, either before a password; a plugin only where there is none of them. */
function credentialsOf(user: KubeUser, clock: Clock): Credentials {
  if (user.plugin !== undefined && user.token === undefined && user.tokenFile === undefined) {
    const vendor = new VendorCredentials(user.plugin, clock);
    const fetch = async (renewed: boolean) => ({ ...(await certificateOf(user)), ...(await vendor.fetch(renewed)) });
    return new RefreshedCredentials({ clock, maxAgeMs: PLUGIN_MAX_AGE_MS, fetch });
  }
  const fetch = async () => ({ ...(await certificateOf(user)), ...(await authorizationOf(user)) });
  return readsFiles(user) ? new RefreshedCredentials({ clock, maxAgeMs: FILE_MAX_AGE_MS, fetch }) : lazily(fetch);
}

function readsFiles(user: KubeUser): boolean {
  const { cert, key } = user.certificate ?? {};
  return user.tokenFile !== undefined || (cert !== undefined && 'file' in cert) || (key !== undefined && 'file' in key);
}

/** Nothing in it can change. */
function lazily(fetch: () => Promise<Credential>): Credentials {
  let fetched: Promise<Credentials> | undefined;
  const get = () => (fetched ??= fetch().then(staticCredentials));
  return { current: async () => (await get()).current(), invalidate: () => {} };
}

async function authorizationOf(user: KubeUser): Promise<Credential> {
  if (user.tokenFile !== undefined) return { authorization: `Bearer ${await tokenIn(user.tokenFile)}` };
  if (user.token !== undefined) return { authorization: `Bearer ${user.token.trim()}` };
  if (user.basic === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${user.basic.username}:${user.basic.password}`, 'utf8').toString('base64')}` };
}

async function tokenIn(file: string): Promise<string> {
  const token = (await readText(file)).trim();
  if (token === '') throw new ApiError('unauthorized', `${file} is empty`, { reason: 'CredentialsUnavailable' });
  return token;
}

async function certificateOf(user: KubeUser): Promise<Credential> {
  if (user.certificate === undefined) return {};
  const [cert, key] = await Promise.all([pemText(user.certificate.cert), pemText(user.certificate.key)]);
  return { certificate: { cert, key } };
}

function pemText(source: PemSource): Promise<string> {
  return 'text' in source ? Promise.resolve(source.text) : readText(source.file);
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ApiError('unauthorized', `${file} cannot be read (${error.code ?? 'unknown error'})`, { reason: 'CredentialsUnavailable' });
  });
}

async function trustOf(context: KubeContext): Promise<TlsTrust> {
  return {
    insecureSkipVerify: context.insecureSkipTlsVerify,
    ...(context.ca === undefined ? {} : { ca: await authorityOf(context.ca) }),
    ...(context.tlsServerName === undefined ? {} : { serverName: context.tlsServerName }),
  };
}

async function authorityOf(source: PemSource): Promise<string> {
  if ('text' in source) return source.text;
  return readFile(source.file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new TransportError('AuthorityUnreadable', `${source.file} cannot be read (${error.code ?? 'unknown error'})`, { sent: false });
  });
}

import type { RequestOptions as HttpsOptions } from 'node:https';
import type { KubeConfig, User } from '@kubernetes/client-node';
import type { Clock } from '../../runtime/clock.ts';
import { ApiError } from '../api-error.ts';
import type { Credential } from './credentials.ts';
import { deferred } from './deferred.ts';
import type { KubeUser } from './kubeconfig-user.ts';

/** A plugin that asks somebody to log in waits for ever. */
const PLUGIN_TIMEOUT_MS = 60_000;

let made = 0;

/**
 * Exec plugins and auth providers, run by the vendor's client: the only file that knows it. It is loaded on
 * the first use, because loading it takes half a second.
 */
export class VendorCredentials {
  readonly #user: User;
  readonly #clock: Clock;
  #config: KubeConfig | undefined;

  constructor(plugin: NonNullable<KubeUser['plugin']>, clock: Clock) {
    made += 1;
    // It remembers credentials by user name, whichever kubeconfig the user is from: names must not repeat.
    this.#user = { name: `user-${made}`, ...plugin };
    this.#clock = clock;
  }

  /** `renewed`: what it remembers has been refused. Throws `unauthorized` "CredentialsUnavailable". */
  async fetch(renewed: boolean): Promise<Credential> {
    if (renewed) this.#config = undefined;
    this.#config ??= await this.#load();
    const options: HttpsOptions = {};
    try {
      await this.#inTime(this.#config.applyToHTTPSOptions(options));
    } catch (error) {
      throw unavailable(error instanceof Error ? error.message : String(error));
    }
    return credentialOf(options);
  }

  async #load(): Promise<KubeConfig> {
    const { KubeConfig } = await import('@kubernetes/client-node');
    const config = new KubeConfig();
    config.loadFromClusterAndUser({ name: 'cluster', server: 'https://unused.invalid', skipTLSVerify: false }, this.#user);
    return config;
  }

  async #inTime(work: Promise<void>): Promise<void> {
    const late = deferred<never>();
    using _deadline = this.#clock.after(PLUGIN_TIMEOUT_MS, () => late.reject(new Error(`no answer within ${PLUGIN_TIMEOUT_MS} ms`)));
    await Promise.race([work, late.promise]);
  }
}

function credentialOf(options: HttpsOptions): Credential {
  const headers: Readonly<Record<string, unknown>> = { ...options.headers };
  const authorization = headers['Authorization'];
  const cert = pemOf(options.cert);
  const key = pemOf(options.key);
  if (typeof authorization !== 'string' && cert === undefined) throw unavailable('it gave neither a token nor a certificate');
  return {
    ...(typeof authorization === 'string' ? { authorization } : {}),
    ...(cert === undefined || key === undefined ? {} : { certificate: { cert, key } }),
  };
}

function pemOf(value: unknown): string | undefined {
  return typeof value === 'string' || Buffer.isBuffer(value) ? value.toString() : undefined;
}

function unavailable(why: string): ApiError {
  const line = why.trim().split('\n')[0]?.slice(0, 200) ?? '';
  return new ApiError('unauthorized', `the credential plugin failed: ${line}`, { reason: 'CredentialsUnavailable' });
}

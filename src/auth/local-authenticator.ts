import type { Authenticator, AuthRequest, Rejection } from './authenticator.ts';
import { guardHost } from './host-guard.ts';
import type { Principal } from './principal.ts';
import { refuseHeaders } from './request-headers.ts';

/** One person, the one who started the gateway: whoever reaches this loopback listener properly. Tokens are ignored. */
export class LocalAuthenticator implements Authenticator {
  readonly #principal: Principal;

  /** `name`: what the operating system calls the person. */
  constructor(name: string) {
    this.#principal = { mode: 'LOCAL', user: { username: name, groups: [] } };
  }

  async identify(request: AuthRequest) {
    const rejection = this.refuse(request);
    return rejection === undefined ? { principal: this.#principal } : { rejection };
  }

  refuse(request: AuthRequest): Rejection | undefined {
    return refuseHeaders(request) ?? guardHost(request);
  }

  async stillValid(): Promise<boolean> {
    return true;
  }
}

import type { ApiServerCore } from '../../src/apiserver/api-server-core.ts';
import type { UserInfo } from '../../src/model/user.ts';
import type { Subject } from './implementation.ts';
import { namespaces, secrets } from './kinds.ts';
import { secret } from './objects.ts';

export const SUITE_USER: UserInfo = { username: 'conformance-user', groups: ['conformance-users'] };
export const SUITE_TOKEN = 'conformance-token';

/** History that ends at will. */
export function expireBy(core: ApiServerCore): Required<Pick<Subject, 'expiredVersion' | 'expirePages'>> {
  const forget = async () => {
    const admin = core.client();
    const { metadata } = await admin.create(namespaces, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: '', generateName: 'conformance-history-' },
    });
    const before = await admin.list(secrets);
    await admin.create(secrets, secret('one', { namespace: metadata.name }));
    core.compact();
    return before.resourceVersion;
  };
  return {
    expiredVersion: forget,
    expirePages: async () => void (await forget()),
  };
}

import { sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlane } from '../../controlplane/control-plane.ts';
import type { RealCluster } from '../../controlplane/real-cluster.ts';

export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

/** API servers accept a token for so much longer than it says. */
const LEEWAY_MS = 60_000;

/**
 * A token of the service account that the API server stops accepting after about `livesMs`, at most ten seconds late:
 * so long it remembers tokens that were good. Signed with the cluster's own key, because the server itself hands out
 * none for less than ten minutes.
 */
export async function shortLivedToken(
  controlPlane: ControlPlane,
  cluster: RealCluster,
  account: ServiceAccount,
  livesMs: number,
): Promise<string> {
  const key = await readFile(join(controlPlane.directory, 'pki', 'sa.key'), 'utf8');
  const { namespace, name } = account;
  const { metadata } = await cluster.get<{ metadata: { uid: string } }>(`/api/v1/namespaces/${namespace}/serviceaccounts/${name}`);
  const expiresAt = Math.floor((Date.now() + livesMs - LEEWAY_MS) / 1_000);
  const claims = {
    iss: 'https://kubernetes.default.svc',
    aud: ['https://kubernetes.default.svc'],
    sub: `system:serviceaccount:${namespace}:${name}`,
    ...{ exp: expiresAt, iat: expiresAt - 3_600, nbf: expiresAt - 3_600 },
    'kubernetes.io': { namespace, serviceaccount: { name, uid: metadata.uid } },
  };
  const signed = `${encoded({ alg: 'ES256', typ: 'JWT' })}.${encoded(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

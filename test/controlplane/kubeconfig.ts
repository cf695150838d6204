import { writeFile } from 'node:fs/promises';

export interface KubeconfigCluster {
  /** The context has the same name. */
  readonly name: string;
  readonly server: string;
  /** Base64 of the PEM. */
  readonly caData: string;
}

export interface KubeconfigUser {
  readonly name: string;
  readonly user: { readonly token: string } | ClientCertificate;
}

interface ClientCertificate {
  readonly 'client-certificate': string;
  readonly 'client-key': string;
}

/** Every context uses the first user; the others are there for `kubectl --user`. */
export async function writeKubeconfigFile(
  path: string,
  clusters: readonly KubeconfigCluster[],
  users: readonly [KubeconfigUser, ...KubeconfigUser[]],
): Promise<void> {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': clusters[0]?.name ?? '',
    clusters: clusters.map(({ name, server, caData }) => ({
      name,
      cluster: { server, 'certificate-authority-data': caData },
    })),
    contexts: clusters.map(({ name }) => ({ name, context: { cluster: name, user: users[0].name } })),
    users,
  };
  // JSON is YAML.
  await writeFile(path, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
}

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One object of OpenKruise's installation. */
export interface ManifestObject {
  readonly kind: string;
  /** Of the object itself, not of its collection. */
  readonly path: string;
  readonly yaml: string;
}

/** Programs and their Service run beside the cluster, not in it. */
const leftOut = new Set(['Deployment', 'DaemonSet', 'Service']);

const collections: Readonly<Record<string, string>> = {
  Namespace: '/api/v1/namespaces',
  ServiceAccount: '/api/v1/serviceaccounts',
  Secret: '/api/v1/secrets',
  CustomResourceDefinition: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  ClusterRole: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  ClusterRoleBinding: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  Role: '/apis/rbac.authorization.k8s.io/v1/roles',
  RoleBinding: '/apis/rbac.authorization.k8s.io/v1/rolebindings',
  MutatingWebhookConfiguration: '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
  ValidatingWebhookConfiguration: '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
};

/** OpenKruise's own installation, from the module's files, ready to be applied object by object. */
export async function kruiseManifest(goModule: string): Promise<ManifestObject[]> {
  const module = await run('go', ['list', '-m', '-f', '{{.Dir}}', 'github.com/openkruise/kruise'], {
    cwd: goModule,
    env: { ...process.env, GOWORK: 'off' },
  });
  const manifest = await run('kubectl', ['kustomize', join(module.stdout.trim(), 'config', 'default')], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return manifest.stdout
    .split(/^---$/m)
    .map(manifestObject)
    .filter(({ kind }) => !leftOut.has(kind));
}

function manifestObject(yaml: string): ManifestObject {
  const kind = firstMatch(yaml, /^kind: (\S+)$/m);
  const metadata = firstMatch(yaml, /^metadata:\n((?: .*\n)+)/m);
  const name = firstMatch(metadata, /^ {2}name: (\S+)$/m);
  const namespace = /^ {2}namespace: (\S+)$/m.exec(metadata)?.[1];
  const collection = collections[kind];
  if (!collection && !leftOut.has(kind)) throw new Error(`OpenKruise's installation has a ${kind}, whose path is not known here`);
  return { kind, path: `${inNamespace(collection ?? '', namespace)}/${name}`, yaml };
}

function inNamespace(collection: string, namespace: string | undefined): string {
  return namespace ? collection.replace(/\/([^/]+)$/, `/namespaces/${namespace}/$1`) : collection;
}

function firstMatch(text: string, pattern: RegExp): string {
  const match = pattern.exec(text)?.[1];
  if (match === undefined) throw new Error(`OpenKruise's installation has an object without ${pattern.source}`);
  return match;
}

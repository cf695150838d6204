import type { ClusterClient } from './cluster-client.ts';
import { neverReadyAnnotation } from './pod-stages.ts';
import { until } from './until.ts';

const effectTimeoutMs = 20_000;

export interface HeldPods {
  readonly namespace: string;
  /** Of any of their containers, as the pod names it. */
  readonly image: string;
}

/**
 * From now on new pods of that image run and never get ready; those that are there stay as they are. Resolves when it
 * has come into force; disposing lifts it (for pods that are created later).
 */
export async function holdNewPodsUnready(cluster: ClusterClient, held: HeldPods): Promise<AsyncDisposable> {
  const name = `never-ready-${held.namespace}-${held.image.replaceAll(/[^a-z0-9]+/g, '-')}`;
  const [policy, binding] = policyObjects(name, held);
  await cluster.apply(policy, binding);
  await until(`${name} in force`, { timeoutMs: effectTimeoutMs }, () => isInForce(cluster, held));
  return {
    async [Symbol.asyncDispose]() {
      await cluster.kubectl('delete', 'mutatingadmissionpolicybinding,mutatingadmissionpolicy', name, '--ignore-not-found');
    },
  };
}

// An ApplyConfiguration and no JSONPatch: the latter makes a server of 1.36.3 panic.
function policyObjects(name: string, { namespace, image }: HeldPods): [object, object] {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  return [
    {
      apiVersion,
      kind: 'MutatingAdmissionPolicy',
      metadata: { name },
      spec: {
        matchConstraints: {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
          resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        },
        matchConditions: [{ name: 'image', expression: `object.spec.containers.exists(c, c.image == "${image}")` }],
        reinvocationPolicy: 'Never',
        failurePolicy: 'Fail',
        mutations: [
          {
            patchType: 'ApplyConfiguration',
            applyConfiguration: {
              expression: `Object{metadata: Object.metadata{annotations: {"${neverReadyAnnotation}": "true"}}}`,
            },
          },
        ],
      },
    },
    { apiVersion, kind: 'MutatingAdmissionPolicyBinding', metadata: { name }, spec: { policyName: name } },
  ];
}

async function isInForce(cluster: ClusterClient, { namespace, image }: HeldPods): Promise<boolean> {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'is-held-' },
    spec: { containers: [{ name: 'app', image }] },
  };
  const response = await cluster.request('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, pod);
  if (!response.isOk) return false;
  const { metadata } = response.json<{ metadata: { annotations?: Record<string, string> } }>();
  return metadata.annotations?.[neverReadyAnnotation] !== undefined;
}

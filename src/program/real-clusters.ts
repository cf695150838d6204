import type { ClusterSourceConfig } from '../config/serve-config.ts';
import type { ClusterDefinition } from '../fleet/cluster-definition.ts';
import type { ApiServer } from '../kube/api-server.ts';
import { connectContext } from '../kube/http/connect-context.ts';
import { inClusterContext } from '../kube/http/in-cluster.ts';
import { contextNames, contextsOf, type KubeContext } from '../kube/http/kubeconfig.ts';
import type { ClusterSource } from '../model/cluster.ts';
import type { OpenSource, SourceOptions } from './cluster-source.ts';

type RealSource = Extract<ClusterSourceConfig, { readonly kind: 'real' }>;

/** Throws `KubeconfigError`; opens no connection. */
export async function realClusters(config: RealSource, options: SourceOptions): Promise<OpenSource> {
  const contexts = config.kubeconfigs.length === 0 ? [] : await contextsOf(config.kubeconfigs, config.contexts);
  const own = config.inCluster ? [await ownCluster(options)] : [];
  const definitions = [
    ...contexts.map((context) => define(context, 'KUBECONFIG', options)),
    ...own.map((context) => define(context, 'IN_CLUSTER', options)),
  ];
  const connect = async (name: string): Promise<ApiServer | undefined> => {
    const context = own.find((each) => each.name === name) ?? (await contextNamed(name, config.kubeconfigs));
    return context === undefined ? undefined : connectTo(context, options);
  };
  const users = new Set([...contexts, ...own].map((context) => context.userName ?? context.name));
  const [writer] = users;
  return {
    definitions,
    connect,
    tokens: {},
    ...(users.size === 1 && writer !== undefined ? { writer } : {}),
    // The fleet closes the connections it was given.
    [Symbol.asyncDispose]: async () => {},
  };
}

function ownCluster({ runtime }: SourceOptions): Promise<KubeContext> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = runtime.environment;
  return inClusterContext({ host, port });
}

/** Of the files, whichever contexts are shown. Undefined: there is none of that name; one that cannot be used throws. */
async function contextNamed(name: string, kubeconfigs: readonly string[]): Promise<KubeContext | undefined> {
  if (!(await contextNames(kubeconfigs)).includes(name)) return undefined;
  const [context] = await contextsOf(kubeconfigs, [name]);
  return context;
}

function define(context: KubeContext, source: ClusterSource, options: SourceOptions): ClusterDefinition {
  return { name: context.name, source, labels: options.labelsOf(context.name), apiServer: connectTo(context, options) };
}

function connectTo(context: KubeContext, { runtime, logger }: SourceOptions): ApiServer {
  if (context.insecureSkipTlsVerify) logger.warn('the certificate of this cluster is not verified', { cluster: context.name });
  return connectContext(context, {
    clock: runtime.clock,
    userAgent: `fleetgraph/${runtime.version}`,
    lane: runtime.pump.lane(),
    onUnreadableProtobuf: ({ resource }) =>
      logger.warn('an answer in protobuf cannot be read: JSON from now on', { cluster: context.name, resource }),
  });
}

import { kruiseStages } from './kruise-stages.ts';
import { nodeStages } from './node-stages.ts';
import { podStages } from './pod-stages.ts';
import type { Workspace } from './workspace.ts';

export interface KwokSettings {
  readonly kubeletPort: number;
  readonly kubernetesVersion: string;
  readonly podLogPath: string;
  readonly hasKruise: boolean;
}

/** KWOK's configuration file: JSON documents in a YAML stream. */
export function kwokConfig(workspace: Workspace, settings: KwokSettings): string {
  const documents = [
    options(workspace, settings.kubeletPort),
    {
      apiVersion: 'kwok.x-k8s.io/v1alpha1',
      kind: 'ClusterLogs',
      metadata: { name: 'all' },
      spec: { logs: [{ logsFile: settings.podLogPath, follow: true }] },
    },
    ...podStages,
    ...nodeStages(settings.kubernetesVersion),
    ...(settings.hasKruise ? kruiseStages : []),
  ];
  return documents.map((document) => JSON.stringify(document)).join('\n---\n');
}

function options(workspace: Workspace, kubeletPort: number): object {
  return {
    apiVersion: 'config.kwok.x-k8s.io/v1alpha1',
    kind: 'KwokConfiguration',
    options: {
      manageAllNodes: true,
      nodeIP: '127.0.0.1',
      nodePort: kubeletPort,
      serverAddress: `127.0.0.1:${kubeletPort}`,
      cidr: '10.244.0.0/16',
      tlsCertFile: workspace.pki('serving.crt'),
      tlsPrivateKeyFile: workspace.pki('serving.key'),
      nodeLeaseDurationSeconds: 40,
      podPlayStageParallelism: 32,
      nodePlayStageParallelism: 8,
      nodeLeaseParallelism: 8,
      enableDebuggingHandlers: true,
    },
  };
}

/** What `kubectl logs` shows of every pod, in the form of a container runtime's log. */
export function podLog(): string {
  return Array.from({ length: 20 }, (_, index) => {
    const second = String(index).padStart(2, '0');
    return `2026-01-01T00:00:${second}.000000000Z stdout F line ${index + 1}\n`;
  }).join('');
}

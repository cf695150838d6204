import { type KwokStage, noneOf, oneOf, present, stage } from './kwok-stage.ts';

/** A node with this label set to "true" reports Ready=False until the label goes. */
export const nodeNotReadyLabel = 'node-not-ready.stage.kwok.x-k8s.io';

/** KWOK's leases keep the nodes alive; this is only the kubelet's occasional full report. */
const heartbeatMs = 600_000;

const isReady = '.status.conditions[]? | select(.type == "Ready") | .status';
const lost = `.metadata.labels["${nodeNotReadyLabel}"]`;

const conditions = (ready: 'True' | 'False') => `
{{ $now := Now }}
{{ $node := . }}
conditions:
{{ range NodeConditions }}
{{ $type := .type }}{{ $status := .status }}{{ $reason := .reason }}{{ $message := .message }}
{{ if and ( eq $type "Ready" ) ( eq "${ready}" "False" ) }}
{{ $status = "False" }}{{ $reason = "KubeletNotReady" }}{{ $message = "the node has been taken away by a test" }}
{{ end }}
{{ $since := $now }}
{{ range $node.status.conditions }}{{ if and ( eq .type $type ) ( eq .status $status ) }}{{ $since = or .lastTransitionTime $now }}{{ end }}{{ end }}
- type: {{ $type | Quote }}
  status: {{ $status | Quote }}
  reason: {{ $reason | Quote }}
  message: {{ $message | Quote }}
  lastHeartbeatTime: {{ $now | Quote }}
  lastTransitionTime: {{ $since | Quote }}
{{ end }}
`;

const identity = (kubernetesVersion: string) => `
addresses:
- { type: InternalIP, address: {{ NodeIP | Quote }} }
- { type: Hostname, address: {{ .metadata.name | Quote }} }
{{ with NodePort }}
daemonEndpoints:
  kubeletEndpoint:
    Port: {{ . }}
{{ end }}
nodeInfo:
  architecture: amd64
  bootID: {{ .metadata.uid | Quote }}
  containerRuntimeVersion: {{ printf "kwok://%s" Version | Quote }}
  kernelVersion: {{ printf "kwok-%s" Version | Quote }}
  kubeProxyVersion: ""
  kubeletVersion: ${kubernetesVersion}
  machineID: {{ .metadata.uid | Quote }}
  operatingSystem: linux
  osImage: {{ printf "KWOK %s" Version | Quote }}
  systemUUID: {{ .metadata.uid | Quote }}
phase: Running
`;

export function nodeStages(kubernetesVersion: string): readonly KwokStage[] {
  return [
    stage({
      name: 'node-ready',
      kind: 'Node',
      when: [noneOf(lost, 'true'), noneOf(isReady, 'True')],
      next: { statusTemplate: conditions('True') + identity(kubernetesVersion) },
    }),
    stage({
      name: 'node-not-ready',
      kind: 'Node',
      when: [oneOf(lost, 'true'), present(isReady), noneOf(isReady, 'False')],
      next: { statusTemplate: conditions('False') },
    }),
    stage({
      name: 'node-heartbeat',
      kind: 'Node',
      when: [noneOf(lost, 'true'), oneOf(isReady, 'True')],
      delay: { durationMilliseconds: heartbeatMs },
      next: { statusTemplate: conditions('True') },
    }),
  ];
}

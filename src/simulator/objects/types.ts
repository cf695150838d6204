import type { JsonObject, KubeObject } from '../../model/kube-object.ts';

/** The parts of Kubernetes' kinds that the simulated controllers read, typed; anything else passes through untouched. */

export interface LabelSelector extends JsonObject {
  matchLabels?: Record<string, string>;
  matchExpressions?: LabelRequirement[];
}

export interface LabelRequirement {
  key: string;
  operator: string;
  values?: string[];
}

export type IntOrPercent = number | string;

export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  lastUpdateTime?: string;
  lastProbeTime?: string | null;
  lastHeartbeatTime?: string;
  observedGeneration?: number;
}

export interface PodTemplate extends JsonObject {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string>; [field: string]: unknown };
  spec: PodSpec;
}

export interface PodSpec extends JsonObject {
  containers: Container[];
  initContainers?: Container[];
  nodeName?: string;
  nodeSelector?: Record<string, string>;
  affinity?: JsonObject;
  tolerations?: Toleration[];
  readinessGates?: { conditionType: string }[];
  restartPolicy?: string;
  terminationGracePeriodSeconds?: number;
  schedulerName?: string;
  hostname?: string;
  subdomain?: string;
  hostNetwork?: boolean;
}

export interface Container extends JsonObject {
  name: string;
  image: string;
  readinessProbe?: JsonObject;
  restartPolicy?: string;
}

export interface Toleration extends JsonObject {
  key?: string;
  operator?: string;
  value?: string;
  effect?: string;
  tolerationSeconds?: number;
}

export interface Taint extends JsonObject {
  key: string;
  value?: string;
  effect: string;
  timeAdded?: string;
}

export interface ContainerState extends JsonObject {
  waiting?: { reason: string; message?: string };
  running?: { startedAt: string };
  terminated?: { exitCode: number; reason: string; startedAt?: string; finishedAt: string; containerID?: string };
}

export interface ContainerStatus extends JsonObject {
  name: string;
  image: string;
  imageID: string;
  containerID?: string;
  ready: boolean;
  started?: boolean;
  restartCount: number;
  state: ContainerState;
  lastState?: ContainerState;
}

export interface PodStatus extends JsonObject {
  phase?: string;
  reason?: string;
  message?: string;
  conditions?: Condition[];
  containerStatuses?: ContainerStatus[];
  initContainerStatuses?: ContainerStatus[];
  hostIP?: string;
  podIP?: string;
  startTime?: string;
}

export interface Pod extends KubeObject {
  spec: PodSpec;
  status?: PodStatus;
}

export interface Node extends KubeObject {
  spec?: NodeSpec;
  status?: NodeStatus;
}

export interface NodeSpec extends JsonObject {
  unschedulable?: boolean;
  taints?: Taint[];
}

export interface NodeStatus extends JsonObject {
  conditions?: Condition[];
  addresses?: { type: string; address: string }[];
  allocatable?: Record<string, string>;
  capacity?: Record<string, string>;
}

export interface ReplicaSet extends KubeObject {
  spec: ReplicaSetSpec;
  status?: ReplicaSetStatus;
}

export interface ReplicaSetSpec extends JsonObject {
  replicas?: number;
  minReadySeconds?: number;
  selector: LabelSelector;
  template: PodTemplate;
}

export interface ReplicaSetStatus extends JsonObject {
  replicas?: number;
  fullyLabeledReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  observedGeneration?: number;
  conditions?: Condition[];
}

export interface Deployment extends KubeObject {
  spec: DeploymentSpec;
  status?: DeploymentStatus;
}

export interface DeploymentSpec extends JsonObject {
  replicas?: number;
  selector: LabelSelector;
  template: PodTemplate;
  strategy?: { type?: string; rollingUpdate?: { maxSurge?: IntOrPercent; maxUnavailable?: IntOrPercent } };
  minReadySeconds?: number;
  revisionHistoryLimit?: number;
  progressDeadlineSeconds?: number;
  paused?: boolean;
}

export interface DeploymentStatus extends JsonObject {
  observedGeneration?: number;
  replicas?: number;
  updatedReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  unavailableReplicas?: number;
  collisionCount?: number;
  conditions?: Condition[];
}

export interface StatefulSet extends KubeObject {
  spec: StatefulSetSpec;
  status?: StatefulSetStatus;
}

export interface StatefulSetSpec extends JsonObject {
  replicas?: number;
  serviceName?: string;
  selector: LabelSelector;
  template: PodTemplate;
  podManagementPolicy?: string;
  updateStrategy?: { type?: string; rollingUpdate?: { partition?: number; maxUnavailable?: IntOrPercent } };
  minReadySeconds?: number;
  revisionHistoryLimit?: number;
  ordinals?: { start?: number };
  volumeClaimTemplates?: KubeObject[];
  persistentVolumeClaimRetentionPolicy?: { whenDeleted?: string; whenScaled?: string };
}

export interface StatefulSetStatus extends JsonObject {
  observedGeneration?: number;
  replicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  currentReplicas?: number;
  updatedReplicas?: number;
  currentRevision?: string;
  updateRevision?: string;
  collisionCount?: number;
}

export interface DaemonSet extends KubeObject {
  spec: DaemonSetSpec;
  status?: DaemonSetStatus;
}

export interface DaemonSetSpec extends JsonObject {
  selector: LabelSelector;
  template: PodTemplate;
  updateStrategy?: { type?: string; rollingUpdate?: { maxUnavailable?: IntOrPercent; maxSurge?: IntOrPercent } };
  minReadySeconds?: number;
  revisionHistoryLimit?: number;
}

export interface DaemonSetStatus extends JsonObject {
  observedGeneration?: number;
  desiredNumberScheduled?: number;
  currentNumberScheduled?: number;
  numberMisscheduled?: number;
  numberReady?: number;
  numberAvailable?: number;
  numberUnavailable?: number;
  updatedNumberScheduled?: number;
  collisionCount?: number;
}

export interface ControllerRevision extends KubeObject {
  revision: number;
  data: JsonObject;
}

export interface CloneSet extends KubeObject {
  spec: CloneSetSpec;
  status?: CloneSetStatus;
}

export interface CloneSetSpec extends JsonObject {
  replicas?: number;
  selector: LabelSelector;
  template: PodTemplate;
  updateStrategy?: CloneSetUpdateStrategy;
  scaleStrategy?: { podsToDelete?: string[]; maxUnavailable?: IntOrPercent };
  minReadySeconds?: number;
  revisionHistoryLimit?: number;
}

export interface CloneSetUpdateStrategy {
  type?: string;
  partition?: IntOrPercent;
  maxUnavailable?: IntOrPercent;
  maxSurge?: IntOrPercent;
  paused?: boolean;
  inPlaceUpdateStrategy?: { gracePeriodSeconds?: number };
}

export interface CloneSetStatus extends JsonObject {
  observedGeneration?: number;
  replicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  updatedReplicas?: number;
  updatedReadyReplicas?: number;
  updatedAvailableReplicas?: number;
  expectedUpdatedReplicas?: number;
  updateRevision?: string;
  currentRevision?: string;
  collisionCount?: number;
  labelSelector?: string;
  conditions?: Condition[];
}

export interface DisruptionBudget extends KubeObject {
  spec: DisruptionBudgetSpec;
  status?: DisruptionBudgetStatus;
}

export interface DisruptionBudgetSpec extends JsonObject {
  selector?: LabelSelector;
  minAvailable?: IntOrPercent;
  maxUnavailable?: IntOrPercent;
}

export interface DisruptionBudgetStatus extends JsonObject {
  observedGeneration?: number;
  currentHealthy?: number;
  desiredHealthy?: number;
  disruptionsAllowed?: number;
  expectedPods?: number;
  disruptedPods?: Record<string, string>;
}

export interface VolumeClaim extends KubeObject {
  status?: JsonObject & { phase?: string };
}

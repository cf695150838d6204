import { projectControllerRevision, projectReplicaSet } from '../../src/fleet/projection/project-revision.ts';
import { projectorFor } from '../../src/fleet/projection/projectors.ts';
import type { RevisionRecord, WorkloadKind, WorkloadRecord } from '../../src/model/workload-record.ts';
import { WORKLOAD_RESOURCES } from '../../src/model/workload-resources.ts';
import { aPod, type PodBuilder } from './a-pod.ts';
import { ObjectBuilder, rfc3339, START } from './an-object.ts';

type Fields = Record<string, unknown>;

const KINDS: Readonly<Record<WorkloadKind, readonly [apiVersion: string, kind: string]>> = {
  DEPLOYMENT: ['apps/v1', 'Deployment'],
  STATEFUL_SET: ['apps/v1', 'StatefulSet'],
  DAEMON_SET: ['apps/v1', 'DaemonSet'],
  CLONE_SET: ['apps.kruise.io/v1alpha1', 'CloneSet'],
  ADVANCED_STATEFUL_SET: ['apps.kruise.io/v1beta1', 'StatefulSet'],
  ADVANCED_DAEMON_SET: ['apps.kruise.io/v1alpha1', 'DaemonSet'],
};

/** A workload of that kind with three pods wanted, seen by its controller, and no status yet. */
export function aWorkload(kind: WorkloadKind, name = 'web', namespace = 'shop'): WorkloadBuilder {
  return new WorkloadBuilder(kind, name, namespace);
}

export class WorkloadBuilder extends ObjectBuilder {
  readonly kind: WorkloadKind;
  readonly #spec: Fields = { selector: { matchLabels: { app: 'web' } } };
  readonly #status: Fields = { observedGeneration: 1 };
  readonly #strategy: Fields = {};
  readonly #rolling: Fields = {};
  readonly #conditions: Fields[] = [];
  #image = 'registry.example/shop/web:v1';

  constructor(kind: WorkloadKind, name: string, namespace: string) {
    const [apiVersion, kindName] = KINDS[kind];
    super(apiVersion, kindName, name, namespace);
    this.kind = kind;
    this.metadata.generation = 1;
    this.replicas(3);
  }

  replicas(count: number): this {
    if (this.#isDaemon) this.#status['desiredNumberScheduled'] = count;
    else this.#spec['replicas'] = count;
    return this;
  }

  image(image: string): this {
    this.#image = image;
    return this;
  }

  generation(generation: number, observed = generation): this {
    this.metadata.generation = generation;
    this.#status['observedGeneration'] = observed;
    return this;
  }

  strategy(type: string): this {
    this.#strategy['type'] = type;
    return this;
  }

  paused(paused = true): this {
    if (this.kind === 'DEPLOYMENT') this.#spec['paused'] = paused;
    else this.rolling({ paused });
    return this;
  }

  partition(partition: number | string): this {
    return this.rolling({ partition });
  }

  /** Members of the rolling update, wherever the kind keeps them. */
  rolling(fields: Fields): this {
    Object.assign(this.#rolling, fields);
    return this;
  }

  minReadySeconds(count: number): this {
    if (this.kind === 'ADVANCED_STATEFUL_SET') return this.rolling({ minReadySeconds: count });
    return this.spec({ minReadySeconds: count });
  }

  /** Names of revisions in the status, for the kinds that have them. */
  revisions(current: string, update: string): this {
    return this.status({ currentRevision: current, updateRevision: update });
  }

  condition(type: string, status: string, more: Fields = {}): this {
    this.#conditions.push({ type, status, ...more });
    return this;
  }

  /** When a person last changed it, as the server's managedFields tell. */
  changedAt(instant: number): this {
    this.metadata.managedFields = [{ manager: 'kubectl', operation: 'Update', time: rfc3339(instant) }];
    return this;
  }

  spec(fields: Fields): this {
    Object.assign(this.#spec, fields);
    return this;
  }

  status(fields: Fields): this {
    Object.assign(this.#status, fields);
    return this;
  }

  template(): Fields {
    return { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: this.#image }] } };
  }

  record(): WorkloadRecord {
    const project = projectorFor(WORKLOAD_RESOURCES[this.kind]);
    if (project === undefined) throw new Error(`no projector for ${this.kind}`);
    return project(this.object(), this.clusterName) as WorkloadRecord;
  }

  get #isDaemon(): boolean {
    return this.kind === 'DAEMON_SET' || this.kind === 'ADVANCED_DAEMON_SET';
  }

  protected override body() {
    return {
      spec: { ...this.#spec, template: this.template(), ...this.#updateStrategy() },
      status: { ...this.#status, ...(this.#conditions.length > 0 && { conditions: this.#conditions }) },
    };
  }

  #updateStrategy(): Fields {
    const rolling = Object.keys(this.#rolling).length > 0 ? { rollingUpdate: this.#rolling } : {};
    if (this.kind === 'DEPLOYMENT') return { strategy: { ...this.#strategy, ...rolling } };
    if (this.kind === 'CLONE_SET') return { updateStrategy: { ...this.#strategy, ...this.#rolling } };
    return { updateStrategy: { ...this.#strategy, ...rolling } };
  }
}

/** A revision of the workload, named after it and the key: a ReplicaSet of a Deployment, else a ControllerRevision. */
export function aRevision(workload: WorkloadBuilder, key: string, number = 1): RevisionBuilder {
  return new RevisionBuilder(workload, key, number);
}

export class RevisionBuilder extends ObjectBuilder {
  readonly #workload: WorkloadBuilder;
  readonly #key: string;
  readonly #number: number;
  #template: Fields;

  constructor(workload: WorkloadBuilder, key: string, number: number) {
    const kind = workload.kind === 'DEPLOYMENT' ? 'ReplicaSet' : 'ControllerRevision';
    super('apps/v1', kind, `${workload.metadata.name}-${key}`, workload.metadata.namespace);
    this.#workload = workload;
    this.#key = key;
    this.#number = number;
    this.#template = workload.template();
    this.inCluster(workload.clusterName).controlledBy(workload.object());
    if (workload.kind === 'DEPLOYMENT') this.annotation('deployment.kubernetes.io/revision', String(number));
  }

  /** Of the image that it runs, where it is not the workload's present one. */
  image(image: string): this {
    this.#template = { ...this.#template, spec: { containers: [{ name: 'app', image }] } };
    return this;
  }

  createdAtSecond(second: number): this {
    return this.createdAt(START + second * 1_000);
  }

  /** A pod of this revision. */
  pod(name: string): PodBuilder {
    const pod = aPod(name, this.metadata.namespace).inCluster(this.clusterName);
    if (this.#workload.kind === 'DEPLOYMENT') return pod.controlledBy(this.object()).revision(this.#key, 'pod-template-hash');
    const daemon = this.#workload.kind === 'DAEMON_SET' || this.#workload.kind === 'ADVANCED_DAEMON_SET';
    return pod.controlledBy(this.#workload.object()).revision(daemon ? this.#key : `${this.#workload.metadata.name}-${this.#key}`);
  }

  pods(count: number, from = 0): PodBuilder[] {
    return Array.from({ length: count }, (_, index) => this.pod(`${this.#workload.metadata.name}-${this.#key}-${from + index}`));
  }

  record(): RevisionRecord {
    const project = this.#workload.kind === 'DEPLOYMENT' ? projectReplicaSet : projectControllerRevision;
    return project(this.object(), this.clusterName);
  }

  protected override body() {
    if (this.#workload.kind !== 'DEPLOYMENT') {
      return { revision: this.#number, data: { spec: { template: { ...this.#template, $patch: 'replace' } } } };
    }
    const metadata = { labels: { app: 'web', 'pod-template-hash': this.#key }, creationTimestamp: null };
    return { spec: { replicas: 0, template: { ...this.#template, metadata } }, status: {} };
  }
}

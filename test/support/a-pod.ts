import { projectPod } from '../../src/fleet/projection/project-pod.ts';
import type { PodRecord } from '../../src/model/pod-record.ts';
import { ObjectBuilder, rfc3339, START } from './an-object.ts';

type Fields = Record<string, unknown>;

/** A pod that runs and is ready, until it is told otherwise. */
export function aPod(name = 'web-1', namespace = 'shop'): PodBuilder {
  return new PodBuilder(name, namespace);
}

export class PodBuilder extends ObjectBuilder {
  readonly #container: Fields = { name: 'app', image: 'registry.example/shop/web:v1' };
  readonly #conditions = new Map<string, Fields>();
  readonly #spec: Fields = { nodeName: 'node-1' };
  readonly #status: Fields = { phase: 'Running', podIP: '10.0.0.1' };
  #containerStatus: Fields = { ready: true, restartCount: 0, state: { running: { startedAt: rfc3339(START) } } };

  constructor(name: string, namespace: string) {
    super('v1', 'Pod', name, namespace);
    this.label('app', 'web').readySince(START);
    this.#status['startTime'] = rfc3339(START);
  }

  image(image: string): this {
    this.#container['image'] = image;
    return this;
  }

  /** The pods of a Deployment carry it as pod-template-hash, all others as controller-revision-hash. */
  revision(value: string, label: 'pod-template-hash' | 'controller-revision-hash' = 'controller-revision-hash'): this {
    return this.label(label, value);
  }

  onNode(name: string): this {
    this.#spec['nodeName'] = name;
    return this;
  }

  phase(phase: string): this {
    this.#status['phase'] = phase;
    return this;
  }

  startedAt(instant: number): this {
    this.#status['startTime'] = rfc3339(instant);
    return this;
  }

  readySince(instant: number): this {
    this.#containerStatus = { ...this.#containerStatus, ready: true };
    return this.condition('Ready', 'True', { lastTransitionTime: rfc3339(instant) });
  }

  notReady(since = START, message?: string): this {
    this.#containerStatus = { ...this.#containerStatus, ready: false };
    return this.condition('Ready', 'False', {
      lastTransitionTime: rfc3339(since),
      reason: 'ContainersNotReady',
      ...(message && { message }),
    });
  }

  /** Its container runs since then. */
  running(since: number): this {
    this.#containerStatus = { ...this.#containerStatus, state: { running: { startedAt: rfc3339(since) } } };
    return this;
  }

  restarts(count: number, finishedAt?: number, exitCode = 1): this {
    this.#containerStatus = { ...this.#containerStatus, restartCount: count };
    if (finishedAt !== undefined) {
      this.#containerStatus['lastState'] = { terminated: { exitCode, reason: 'Error', finishedAt: rfc3339(finishedAt) } };
    }
    return this;
  }

  waiting(reason: string, message?: string, since = START): this {
    this.#containerStatus = { ...this.#containerStatus, state: { waiting: { reason, ...(message && { message }) } } };
    return this.notReady(since);
  }

  crashLooping(restarts = 4, since = START): this {
    return this.waiting('CrashLoopBackOff', undefined, since).restarts(restarts, since);
  }

  cannotPull(since = START, message?: string): this {
    return this.phase('Pending').waiting('ImagePullBackOff', message, since);
  }

  unschedulable(message = '0/3 nodes are available: 3 Insufficient cpu.'): this {
    delete this.#spec['nodeName'];
    this.#containerStatus = {};
    this.#conditions.delete('Ready');
    return this.phase('Pending').condition('PodScheduled', 'False', { reason: 'Unschedulable', message });
  }

  condition(type: string, status: string, more: Fields = {}): this {
    this.#conditions.set(type, { type, status, ...more });
    return this;
  }

  /** Anything else in the spec. */
  spec(fields: Fields): this {
    Object.assign(this.#spec, fields);
    return this;
  }

  /** Anything else in the status. */
  status(fields: Fields): this {
    Object.assign(this.#status, fields);
    return this;
  }

  record(): PodRecord {
    return projectPod(this.object(), this.clusterName);
  }

  protected override body() {
    const containerStatuses = Object.keys(this.#containerStatus).length === 0 ? [] : [{ ...this.#container, ...this.#containerStatus }];
    return {
      spec: { containers: [this.#container], ...this.#spec },
      status: { conditions: [...this.#conditions.values()], containerStatuses, ...this.#status },
    };
  }
}

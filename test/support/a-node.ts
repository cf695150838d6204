import { projectNode } from '../../src/fleet/projection/project-node.ts';
import type { NodeRecord } from '../../src/model/node-record.ts';
import { ObjectBuilder, rfc3339, START } from './an-object.ts';

/** A node that is ready, until it is told otherwise. */
export function aNode(name = 'node-1'): NodeBuilder {
  return new NodeBuilder(name);
}

export class NodeBuilder extends ObjectBuilder {
  #ready: Record<string, unknown> = { type: 'Ready', status: 'True', lastTransitionTime: rfc3339(START) };
  #unschedulable = false;

  constructor(name: string) {
    super('v1', 'Node', name);
    this.label('kubernetes.io/hostname', name);
  }

  down(since = START): this {
    this.#ready = { type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', lastTransitionTime: rfc3339(since) };
    return this;
  }

  cordoned(): this {
    this.#unschedulable = true;
    return this;
  }

  record(): NodeRecord {
    return projectNode(this.object(), this.clusterName);
  }

  protected override body() {
    return {
      spec: this.#unschedulable ? { unschedulable: true } : {},
      status: {
        capacity: { cpu: '8', memory: '32Gi', pods: '110' },
        conditions: [this.#ready],
        addresses: [{ type: 'InternalIP', address: '192.0.2.1' }],
        nodeInfo: { kubeletVersion: 'v1.32.3', containerRuntimeVersion: 'containerd://2.0.4' },
      },
    };
  }
}

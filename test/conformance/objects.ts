import type { JsonObject, KubeObject } from '../../src/model/kube-object.ts';
import { widgets } from './kinds.ts';

type Meta = Partial<KubeObject['metadata']>;

export function secret(name: string, metadata: Meta = {}, value = 'one'): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, ...metadata },
    type: 'Opaque',
    data: { key: Buffer.from(value).toString('base64') },
  };
}

/** A pod that no scheduler and no kubelet touches: on a node that is not there. */
export function pod(name: string, metadata: Meta = {}, spec: JsonObject = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...metadata },
    spec: { nodeName: 'conformance-no-such-node', containers: [{ name: 'main', image: 'registry.invalid/app:1' }], ...spec },
  };
}

export function deployment(name: string, metadata: Meta = {}, spec: JsonObject = {}): KubeObject {
  const labels = { app: name };
  const containers = [
    { name: 'main', image: 'registry.invalid/app:1', env: [{ name: 'A', value: '1' }] },
    { name: 'side', image: 'registry.invalid/side:1' },
  ];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, ...metadata },
    // Paused and at zero: its controller has nothing to do, and writes no more than its status.
    spec: {
      replicas: 0,
      paused: true,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
      ...spec,
    },
  };
}

export function widget(name: string, metadata: Meta = {}, spec: JsonObject = { size: 1 }): KubeObject {
  return { apiVersion: 'conformance.fleetgraph.io/v1', kind: 'Widget', metadata: { name, ...metadata }, spec };
}

/** A custom kind with a schema, a status and a scale. */
export function widgetDefinition(): KubeObject {
  const spec = {
    type: 'object',
    required: ['size'],
    properties: { size: { type: 'integer', minimum: 0 }, note: { type: 'string' }, parts: partsSchema() },
  };
  const status = { type: 'object', properties: { ready: { type: 'integer' } } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${widgets.resource}.${widgets.group}` },
    spec: {
      group: widgets.group,
      scope: 'Namespaced',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec, status } } },
          subresources: { status: {}, scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.ready' } },
        },
      ],
    },
  };
}

function partsSchema(): JsonObject {
  return { type: 'array', items: { type: 'object', properties: { name: { type: 'string' }, weight: { type: 'integer' } } } };
}

/** The text that a secret of `secret()` holds. */
export function heldText(object: KubeObject): string {
  const data = object['data'] as Record<string, string> | undefined;
  return Buffer.from(data?.['key'] ?? '', 'base64').toString('utf8');
}

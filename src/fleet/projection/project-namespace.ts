import type { KubeObject } from '../../model/kube-object.ts';
import type { NamespaceRecord } from '../../model/node-record.ts';
import { envelopeOf } from './envelope.ts';
import { type FlawReport, fieldsAt, ignoreFlaws, textAt } from './fields.ts';

export function projectNamespace(object: KubeObject, cluster: string, flaw: FlawReport = ignoreFlaws): NamespaceRecord {
  const phase = textAt(fieldsAt(object, 'status', flaw), 'phase', flaw) ?? 'Active';
  return { ...envelopeOf(object, cluster, 'namespaces', flaw), phase };
}

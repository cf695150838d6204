import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import type { ObjectRecord } from '../../model/object-record.ts';
import type { RevisionRecord } from '../../model/workload-record.ts';
import { imagesOf } from './containers.ts';
import { envelopeOf, ownerOf } from './envelope.ts';
import { countAt, type FlawReport, fieldsAt, ignoreFlaws, isFields, type Mutable } from './fields.ts';
import { revisionNumberOf } from './project-workload.ts';
import { templateDigest } from './template-digest.ts';
import { desiredReplicas } from './workload-layout.ts';

/** A ReplicaSet: one revision of a Deployment. */
export function projectReplicaSet(object: KubeObject, cluster: string, flaw: FlawReport = ignoreFlaws): RevisionRecord {
  const spec = fieldsAt(object, 'spec', flaw);
  const status = fieldsAt(object, 'status', flaw);
  const revision = revisionOf(object, envelopeOf(object, cluster, 'replicasets.apps', flaw), fieldsAt(spec, 'template', flaw), flaw);
  revision.number = revisionNumberOf(fieldsAt(object, 'metadata', flaw), flaw) ?? 0;
  revision.replicas = {
    desired: desiredReplicas(spec, flaw),
    current: countAt(status, 'replicas', flaw),
    ready: countAt(status, 'readyReplicas', flaw),
    available: countAt(status, 'availableReplicas', flaw),
  };
  return revision;
}

/** A ControllerRevision: its data is the patch that makes the template what it was. */
export function projectControllerRevision(object: KubeObject, cluster: string, flaw: FlawReport = ignoreFlaws): RevisionRecord {
  const template = fieldsAt(fieldsAt(fieldsAt(object, 'data', flaw), 'spec', flaw), 'template', flaw);
  const revision = revisionOf(object, envelopeOf(object, cluster, 'controllerrevisions.apps', flaw), template, flaw);
  revision.number = countAt(object, 'revision', flaw);
  return revision;
}

function revisionOf(object: KubeObject, envelope: ObjectRecord, template: JsonObject, flaw: FlawReport): Mutable<RevisionRecord> {
  const revision: Mutable<RevisionRecord> = {
    ...envelope,
    number: 0,
    revisionKey: envelope.name.slice(envelope.name.lastIndexOf('-') + 1),
    images: imagesOf(fieldsAt(template, 'spec', flaw), flaw),
  };
  const owner = ownerOf(object, flaw);
  if (owner !== undefined) revision.owner = owner;
  if (isFields(template['spec'])) revision.templateDigest = templateDigest(template);
  return revision;
}

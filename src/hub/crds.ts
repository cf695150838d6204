/** The definitions of our kinds, as the hub is given them. */
import type { JsonObject, KubeObject } from '../model/kube-object.ts';
import type { Resource } from '../model/resource.ts';
import { OPERATIONS, ROLLOUTS } from './resources.ts';

/** Raised with every change below: an older gateway leaves the definitions of a newer one alone. */
export const DEFINITIONS_REVISION = 2;
export const REVISION_ANNOTATION = 'fleetgraph.io/definitions-revision';

const text = (description: string, rest: JsonObject = {}): JsonObject => ({ type: 'string', description, ...rest });
const count = (description: string): JsonObject => ({ type: 'integer', minimum: 0, description });
const instant = (description: string): JsonObject => ({ type: 'string', format: 'date-time', description });
/** Kept as written: its shape belongs to the code that decides, not to the hub. */
const opaque = (description: string): JsonObject => ({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true, description });

const TARGET: JsonObject = {
  type: 'object',
  description: 'The object of a cluster that this is about.',
  required: ['cluster', 'resource', 'apiVersion', 'kind', 'name'],
  properties: {
    cluster: text('Name of the cluster.'),
    resource: text('Its kind as kubectl writes it: "deployments.apps".'),
    apiVersion: text('Group and version.'),
    kind: text('Kind.'),
    namespace: text('Absent for a cluster-scoped kind.'),
    name: text('Name.'),
    uid: text('Which of the objects that may have had this name.'),
  },
};

const ROLLOUT_SCHEMA: JsonObject = {
  type: 'object',
  description: 'One run of ours over one workload. Written by the leading gateway only.',
  required: ['spec', 'status'],
  properties: {
    spec: {
      type: 'object',
      description: 'What was started. Never changes.',
      required: ['target', 'createdBy', 'createdAt', 'plan'],
      properties: {
        target: TARGET,
        createdBy: text('Who started it.'),
        createdAt: instant('When it was started.'),
        plan: opaque('What was decided at the start, as the engine wrote it.'),
      },
    },
    status: {
      type: 'object',
      description: 'Where it stands.',
      required: ['epoch', 'writes', 'isFinished', 'state'],
      properties: {
        epoch: count('The term of the leader that wrote last. Never falls.'),
        writes: count('How often the state was written.'),
        isFinished: { type: 'boolean', description: 'Nothing will happen any more.' },
        finishedAt: instant('When it ended.'),
        phase: text('For people: what it is doing.'),
        reason: text('For people: why it does not move.'),
        step: text('For people: how far it is.'),
        state: opaque('What the engine goes on from.'),
      },
    },
  },
};

const OPERATION_SCHEMA: JsonObject = {
  type: 'object',
  description: 'One mutation: who asked for what, and the answer, kept so that a repetition of the request gets it.',
  required: ['spec', 'status'],
  properties: {
    spec: {
      type: 'object',
      required: ['id', 'mutation', 'actor', 'questionDigest', 'at', 'expiresAt', 'attempt', 'holder'],
      properties: {
        id: text('The id that people see.'),
        mutation: text('Name of the mutation.'),
        actor: text('Who asked.'),
        requestId: text('The id that the asker gave to the request.'),
        questionDigest: text('SHA-256 of everything that the answer depends on.'),
        target: TARGET,
        rollout: text('Name of the rollout that this is about.'),
        command: opaque('How it is about to be done, noted before it is: whoever has to find out how far it came goes by that.'),
        note: text('Why, in the words of the asker.'),
        dryRun: { type: 'boolean', description: 'Nothing was to be changed.' },
        auditId: text("The id in the cluster's audit log."),
        at: instant('When it was asked for.'),
        expiresAt: instant('From when on the request id is forgotten.'),
        attempt: count('How often the request id was used before, each time refused.'),
        holder: text('The process that carries it out.'),
        heldSince: instant('Since when that process has it.'),
      },
    },
    status: {
      type: 'object',
      required: ['outcome', 'isFinished'],
      properties: {
        outcome: text('What became of it.'),
        isFinished: { type: 'boolean', description: 'The answer is final.' },
        finishedAt: instant('When it was answered.'),
        isReusable: { type: 'boolean', description: 'Nothing was done: the request id may be used again.' },
        answer: opaque('The answer as the asker got it.'),
      },
    },
  },
};

const column = (name: string, jsonPath: string, type = 'string'): JsonObject => ({ name, type, jsonPath });

const ROLLOUT_COLUMNS: readonly JsonObject[] = [
  column('Cluster', '.spec.target.cluster'),
  column('Namespace', '.spec.target.namespace'),
  column('Workload', '.spec.target.name'),
  column('Phase', '.status.phase'),
  column('Step', '.status.step'),
  column('Reason', '.status.reason'),
  column('By', '.spec.createdBy'),
  column('Age', '.metadata.creationTimestamp', 'date'),
];

const OPERATION_COLUMNS: readonly JsonObject[] = [
  column('Mutation', '.spec.mutation'),
  column('Actor', '.spec.actor'),
  column('Cluster', '.spec.target.cluster'),
  column('Object', '.spec.target.name'),
  column('Outcome', '.status.outcome'),
  column('Age', '.metadata.creationTimestamp', 'date'),
];

export const HUB_DEFINITIONS: readonly KubeObject[] = [
  definition(ROLLOUTS, { schema: ROLLOUT_SCHEMA, columns: ROLLOUT_COLUMNS, shortNames: ['fgr'] }),
  definition(OPERATIONS, { schema: OPERATION_SCHEMA, columns: OPERATION_COLUMNS, shortNames: ['fgo'] }),
];

interface Shape {
  readonly schema: JsonObject;
  readonly columns: readonly JsonObject[];
  readonly shortNames: readonly string[];
}

function definition({ group, version, resource, kind }: Resource, { schema, columns, shortNames }: Shape): KubeObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${resource}.${group}`,
      labels: { 'app.kubernetes.io/name': 'fleetgraph', 'app.kubernetes.io/part-of': 'fleetgraph' },
      annotations: { [REVISION_ANNOTATION]: String(DEFINITIONS_REVISION) },
    },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: resource, singular: kind.toLowerCase(), kind, listKind: `${kind}List`, shortNames, categories: ['fleetgraph'] },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schema },
          additionalPrinterColumns: columns,
        },
      ],
    },
  };
}

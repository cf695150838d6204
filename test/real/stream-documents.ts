/** One stream of objects: its subscription, and the query whose answer a fold of it must equal. Both select the same row. */
export interface StreamDocument {
  /** The subscription's field. */
  readonly root: string;
  /** Where a change carries its object. */
  readonly field: string;
  readonly subscription: string;
  readonly query: string;
}

interface Shape {
  readonly root: string;
  readonly field: string;
  readonly list: string;
  /** Of the list and the stream alike. */
  readonly args: string;
  readonly variables: string;
  readonly row: string;
  /** Rows in one answer, as many as their cost allows. */
  readonly first?: number;
}

function streamDocument({ root, field, list, args, variables, row, first = 500 }: Shape): StreamDocument {
  return {
    root,
    field,
    subscription: `subscription Follow($resume: String, ${variables}) {
      ${root}(${args}, resume: $resume) {
        phase resumeToken conflated resyncClusters { name } staleClusters { name }
        changes { type id cluster { name } ${field} { ${row} } }
      }
    }`,
    query: `query All(${variables}) { rows: ${list}(${args}, first: ${first}) { parts { name problem } nodes { ${row} } } }`,
  };
}

const inNamespace = { args: 'namespace: $namespace', variables: '$namespace: String' };
/** Not the resourceVersion: where it moves and nothing that is shown does, that is no change. */
const common = 'id cluster { name } apiVersion kind namespace name uid createdAt deletionRequestedAt labels';

export const podStream = streamDocument({
  root: 'podChanges',
  field: 'pod',
  list: 'pods',
  ...inNamespace,
  row: `${common} phase status statusClass ready readyContainers totalContainers restarts ip images { container image } readySince
    containers { name image imageId ready restarts state reason } node { id name ready } workload { id name } revision { name number }`,
});

export const workloadStream = streamDocument({
  root: 'workloadChanges',
  field: 'workload',
  list: 'workloads',
  first: 100,
  ...inNamespace,
  row: `${common} workloadKind generation observedGeneration images { container image }
    replicas { desired current ready available updated updatedReady updatedAvailable }
    updateStrategy { type partition maxUnavailable maxSurge paused inPlace }
    status { state message currentRevision updateRevision expectedUpdated causes { code message count since attributedTo examples { id name } } }`,
});

export const nodeStream = streamDocument({
  root: 'clusterNodeChanges',
  field: 'clusterNode',
  list: 'clusterNodes',
  args: 'clusters: { names: $names }',
  variables: '$names: [String!]',
  row: `${common} ready unschedulable nodeSet kubeletVersion internalIp capacity { cpu memory pods } conditions { type status reason }`,
});

export const eventStream = streamDocument({
  root: 'eventChanges',
  field: 'event',
  list: 'events',
  ...inNamespace,
  row: 'id cluster { name } type reason message count firstSeenAt lastSeenAt regarding { id kind namespace name }',
});

import { type Action, type Decision, NOTHING_TO_DO, replaceStatus, soonest } from '../engine/action.ts';
import type { Controller, ControllerContext } from '../engine/controller.ts';
import { anyOf, itself, ownerOf } from '../engine/sources.ts';
import { DEPLOYMENTS, PODS, REPLICA_SETS } from '../objects/kinds.ts';
import { controllerOf, controllerReference, isDeleting } from '../objects/owners.ts';
import { isFinished } from '../objects/pod-facts.ts';
import { sameJson } from '../objects/stable-json.ts';
import type { Deployment, Pod, ReplicaSet } from '../objects/types.ts';
import { adoptions, possibleOwners } from './adoption.ts';
import {
  DESIRED_REPLICAS,
  isRolling,
  newReplicas,
  oldScaleDowns,
  proportionalScales,
  replicasOf,
  type Scale,
  specTotal,
} from './deployment-replicas.ts';
import {
  currentReplicaSet,
  newReplicaSet,
  REVISION,
  replicaAnnotations,
  replicaSetIdentity,
  rescaled,
  revisionOf,
  synchronised,
} from './deployment-revisions.ts';
import { deploymentStatus, isComplete, type Rollout } from './deployment-status.ts';

const NAME = 'deployment-controller';

export interface DeploymentObservation {
  readonly deployment: Deployment;
  /** Controlled by it. */
  readonly replicaSets: readonly ReplicaSet[];
  /** Nobody's, with labels that it selects. */
  readonly orphans: readonly ReplicaSet[];
  /** Pods of its ReplicaSets that are not finished, terminating ones included: what Recreate waits for. */
  readonly podsOf: (replicaSet: ReplicaSet) => number;
  /** Another ReplicaSet that already has the name the next one would get. */
  readonly nameIsTaken: boolean;
  readonly now: number;
}

export function deploymentController({ cache, clock }: ControllerContext): Controller {
  const deployments = cache.collection<Deployment>(DEPLOYMENTS);
  const replicaSets = cache.collection<ReplicaSet>(REPLICA_SETS);
  const pods = cache.collection<Pod>(PODS);
  return {
    name: NAME,
    sources: [
      itself(deployments),
      ownerOf(replicaSets, 'Deployment'),
      anyOf(replicaSets, (replicaSet) => possibleOwners(deployments, replicaSet)),
      // Recreate waits for the last old pod to be gone, which no ReplicaSet tells.
      anyOf(pods, (next, previous) => (next === undefined && previous !== undefined ? recreating(previous) : [])),
    ],
    reconcile(key) {
      const deployment = deployments.get(key);
      if (deployment === undefined) return NOTHING_TO_DO;
      return reconcileDeployment({
        deployment,
        replicaSets: replicaSets.ownedBy(deployment.metadata.uid),
        orphans: adoptions(deployment, replicaSets),
        podsOf: ({ metadata }) => pods.ownedBy(metadata.uid).filter((pod) => !isFinished(pod)).length,
        nameIsTaken: replicaSets.get(`${deployment.metadata.namespace}/${replicaSetIdentity(deployment).name}`) !== undefined,
        now: clock.now(),
      });
    },
  };

  function recreating(pod: Pod): string[] {
    const replicaSet = replicaSets.get(`${pod.metadata.namespace}/${controllerOf(pod)?.name}`);
    const owner = replicaSet === undefined ? undefined : controllerOf(replicaSet);
    const deployment = owner?.kind === 'Deployment' ? deployments.get(`${pod.metadata.namespace}/${owner.name}`) : undefined;
    return deployment === undefined || isRolling(deployment) ? [] : [`${pod.metadata.namespace}/${deployment.metadata.name}`];
  }
}

/** One pass: the first thing that is due, and the status. What it brings about wakes the next pass. */
export function reconcileDeployment(observed: DeploymentObservation): Decision {
  const { deployment, orphans } = observed;
  if (isDeleting(deployment)) return report(observed, { ...sides(observed), isHeld: true }, []);
  if (orphans.length > 0) return { actions: orphans.map((orphan) => adopt(orphan, deployment)) };
  if (deployment.spec.paused === true) return held(observed);
  const { current, old } = sides(observed);
  if (current === undefined)
    return isRolling(deployment) || allOldGone(observed, old) ? introduce(observed, old) : recreateFirst(observed, old);
  if (hasNewSize(observed)) return held(observed);
  return isRolling(deployment) ? roll(observed, current, old) : recreate(observed, current, old);
}

function sides({ deployment, replicaSets }: DeploymentObservation): { current: ReplicaSet | undefined; old: ReplicaSet[] } {
  const current = currentReplicaSet(deployment, replicaSets);
  return { current, old: replicaSets.filter((replicaSet) => replicaSet !== current) };
}

/** spec.replicas changed since the ReplicaSets were last scaled. */
function hasNewSize({ deployment, replicaSets }: DeploymentObservation): boolean {
  return replicaSets.some((replicaSet) => {
    const desired = replicaSet.metadata.annotations?.[DESIRED_REPLICAS];
    return replicasOf(replicaSet) > 0 && desired !== undefined && Number(desired) !== replicasOf(deployment);
  });
}

/** Paused or resized: no template is rolled out, but sizes follow in proportion. */
function held(observed: DeploymentObservation): Decision {
  const { current, old } = sides(observed);
  const { deployment } = observed;
  const rollout = { current, old, isHeld: true };
  const touched = current === undefined ? [] : keepInStep(deployment, current, old);
  if (touched.length > 0) return report(observed, rollout, touched);
  const scales = proportionalScales(deployment, current, old);
  return report(observed, rollout, [...scales.flatMap((scale) => scaleAction(deployment, scale)), ...reannotations(observed, scales)]);
}

/** ReplicaSets that keep their size still learn the Deployment's new one, else every pass would resize anew. */
function reannotations({ deployment, replicaSets }: DeploymentObservation, scales: readonly Scale[]): Action[] {
  const wanted = replicaAnnotations(deployment);
  return replicaSets
    .filter((replicaSet) => replicasOf(replicaSet) > 0 && !scales.some((scale) => scale.replicaSet === replicaSet))
    .filter(({ metadata }) => Object.entries(wanted).some(([key, value]) => metadata.annotations?.[key] !== value))
    .map(
      (replicaSet) => ({ do: 'update', resource: REPLICA_SETS, object: rescaled(deployment, replicaSet, replicasOf(replicaSet)) }) as const,
    );
}

function introduce(observed: DeploymentObservation, old: readonly ReplicaSet[]): Decision {
  const { deployment, nameIsTaken } = observed;
  if (nameIsTaken)
    return {
      actions: [
        replaceStatus(DEPLOYMENTS, deployment, { ...deployment.status, collisionCount: (deployment.status?.collisionCount ?? 0) + 1 }),
      ],
    };
  const created = newReplicaSet(deployment, old);
  const size = replicasOf(created);
  const actions: Action[] = [{ do: 'create', resource: REPLICA_SETS, object: created }];
  if (size > 0) actions.push(scalingEvent(deployment, created.metadata.name, 0, size));
  return report(observed, { current: created, old, found: 'created', isHeld: false }, actions, revisionOf(created));
}

function roll(observed: DeploymentObservation, current: ReplicaSet, old: readonly ReplicaSet[]): Decision {
  const { deployment } = observed;
  const touched = keepInStep(deployment, current, old);
  if (touched.length > 0)
    return report(observed, foundAgain(deployment, current, old), touched, revisionOf(synchronised(deployment, current, old)));
  const replicas = newReplicas(deployment, replicasOf(current), specTotal([...old, current]));
  if (replicas !== replicasOf(current))
    return report(observed, { current, old, isHeld: false }, scaleAction(deployment, { replicaSet: current, replicas }));
  const scales = oldScaleDowns(deployment, current, old).flatMap((scale) => scaleAction(deployment, scale));
  return report(observed, { current, old, isHeld: false }, [...scales, ...expiredHistory(observed, old)]);
}

/** Recreate, before there is a ReplicaSet for the template: all old pods must be gone first. */
function recreateFirst(observed: DeploymentObservation, old: readonly ReplicaSet[]): Decision {
  const scales = old
    .filter((replicaSet) => replicasOf(replicaSet) > 0)
    .flatMap((replicaSet) => scaleAction(observed.deployment, { replicaSet, replicas: 0 }));
  return report(observed, { current: undefined, old, isHeld: false }, scales);
}

function recreate(observed: DeploymentObservation, current: ReplicaSet, old: readonly ReplicaSet[]): Decision {
  const { deployment } = observed;
  const touched = keepInStep(deployment, current, old);
  if (touched.length > 0)
    return report(observed, foundAgain(deployment, current, old), touched, revisionOf(synchronised(deployment, current, old)));
  if (!allOldGone(observed, old)) return recreateFirst(observed, old);
  const replicas = replicasOf(deployment);
  const scales = replicasOf(current) === replicas ? [] : scaleAction(deployment, { replicaSet: current, replicas });
  return report(observed, { current, old, isHeld: false }, [...scales, ...expiredHistory(observed, old)]);
}

function allOldGone({ podsOf }: DeploymentObservation, old: readonly ReplicaSet[]): boolean {
  return old.every((replicaSet) => replicasOf(replicaSet) === 0 && podsOf(replicaSet) === 0);
}

/** A rollback found its ReplicaSet: the deadline begins anew. */
function foundAgain(deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): Rollout {
  const isRenumbered = revisionOf(current) !== revisionOf(synchronised(deployment, current, old));
  return { current, old, isHeld: false, ...(isRenumbered ? { found: 'found' as const } : {}) };
}

function keepInStep(deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): Action[] {
  const kept = synchronised(deployment, current, old);
  return sameJson(kept, current) ? [] : [{ do: 'update', resource: REPLICA_SETS, object: kept }];
}

function expiredHistory({ deployment }: DeploymentObservation, old: readonly ReplicaSet[]): Action[] {
  if (!isComplete(deployment, deployment.status ?? {})) return [];
  const idle = old.filter(
    ({ spec, status, metadata }) =>
      spec.replicas === 0 &&
      (status?.replicas ?? 0) === 0 &&
      metadata.deletionTimestamp === undefined &&
      status?.observedGeneration === metadata.generation,
  );
  const surplus = idle.length - (deployment.spec.revisionHistoryLimit ?? 10);
  if (surplus <= 0) return [];
  const oldest = idle.sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, surplus);
  return oldest.map((object) => ({ do: 'delete', resource: REPLICA_SETS, object }));
}

function scaleAction(deployment: Deployment, { replicaSet, replicas }: Scale): Action[] {
  return [
    { do: 'update', resource: REPLICA_SETS, object: rescaled(deployment, replicaSet, replicas) },
    scalingEvent(deployment, replicaSet.metadata.name, replicasOf(replicaSet), replicas),
  ];
}

function scalingEvent(deployment: Deployment, name: string, from: number, to: number): Action {
  const message = `Scaled ${to > from ? 'up' : 'down'} replica set ${name} from ${from} to ${to}`;
  return { do: 'record', event: { regarding: deployment, type: 'Normal', reason: 'ScalingReplicaSet', message, component: NAME } };
}

function adopt(orphan: ReplicaSet, owner: Deployment): Action {
  const ownerReferences = [...(orphan.metadata.ownerReferences ?? []), controllerReference(owner)];
  return { do: 'update', resource: REPLICA_SETS, object: { ...orphan, metadata: { ...orphan.metadata, ownerReferences } } };
}

/** The actions, then the Deployment's revision annotation and status where they changed. */
function report(observed: DeploymentObservation, rollout: Rollout, actions: readonly Action[], revision?: number): Decision {
  const { deployment, now } = observed;
  const shown = revision ?? (rollout.current === undefined ? 0 : revisionOf(rollout.current));
  if (shown !== 0 && shown !== revisionOf(deployment)) {
    // The annotation changes the object, so the status is written on the next pass, which this write wakes.
    return {
      actions: [
        ...actions,
        { do: 'patch', resource: DEPLOYMENTS, object: deployment, body: { metadata: { annotations: { [REVISION]: String(shown) } } } },
        ...progressNote(deployment, rollout, now),
      ],
    };
  }
  const { status, deadlineInMs } = deploymentStatus(deployment, rollout, now);
  const reported = sameJson(status, deployment.status) ? [] : [replaceStatus(DEPLOYMENTS, deployment, status)];
  return { actions: [...actions, ...reported], ...soonest(deadlineInMs) };
}

/** That a ReplicaSet was made or found is known in this pass only, so it is noted whatever else is written. */
function progressNote(deployment: Deployment, rollout: Rollout, now: number): Action[] {
  if (rollout.found === undefined) return [];
  const { conditions } = deploymentStatus(deployment, rollout, now).status;
  return [{ do: 'patch', resource: DEPLOYMENTS, object: deployment, body: { status: { conditions } }, subresource: 'status' }];
}

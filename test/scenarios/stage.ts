import type { KubeObject } from '../../src/model/kube-object.ts';
import type { Intent } from '../../src/rollout/state.ts';

/**
 * What a scenario of rollouts needs of the world it is played in: a simulated fleet in virtual time, or real control
 * planes with the gateway as a process. The same scenario is played on both.
 */
export interface Stage {
  /** Who asks: what the clusters must see as the person behind every write. */
  readonly person: string;
  /** As whom the gateway itself speaks to the clusters. */
  readonly gatewayUser: string;
  /** Whether gateways die here: then a subscriber may miss what passed while there was none. */
  readonly hasKills: boolean;
  /** The data of an answer; an answer with errors throws. One that is lost is asked for again where the stage kills gateways. */
  ask<T>(document: string, variables: Readonly<Record<string, unknown>>): Promise<T>;
  /** Follows a subscription with one field by every transport that there is. */
  follow(document: string, variables: Readonly<Record<string, unknown>>): readonly Follower[];
  /** Looks again and again, in the time of this world. Throws when it does not hold in time. */
  until(what: string, holds: () => Promise<boolean>, timeoutMs: number): Promise<void>;
  passTime(ms: number): Promise<void>;
  read(target: Target): Promise<KubeObject>;
  /** Neither going nor gone. */
  pods(target: Target): Promise<readonly KubeObject[]>;
  /** Pods of that image that are created from now on run and never get ready. */
  holdNewPods(target: Target, image: string): Promise<void>;
  /** Every successful write of the object since it was created, by whomever but its controllers and who created it; in order. */
  writes(target: Target): Promise<readonly WorkloadWrite[]>;
  /** What the hub holds of a run's writes; ends nothing, but may be asked for only when nothing else will be. */
  intents(runId: string): Promise<readonly Intent[]>;
}

export interface Target {
  readonly cluster: string;
  readonly kind: 'CLONE_SET' | 'DEPLOYMENT';
  readonly namespace: string;
  readonly name: string;
}

export interface Follower {
  readonly transport: string;
  /** What the field of the subscription said, in order. */
  readonly messages: readonly unknown[];
  /** What else became of it, for whoever has to find out why it told nothing. */
  readonly troubles: readonly string[];
  close(): Promise<void>;
}

/** From the API server's own history. */
export interface WorkloadWrite {
  /** The label by which a run owns the object, as the write set it; null when it took it away. */
  readonly marker: string | null | undefined;
  readonly user: string;
  readonly impersonated: string | undefined;
}

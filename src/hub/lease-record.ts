import type { KubeObject } from '../model/kube-object.ts';
import { microTimeOf } from './instant.ts';
import { HUB_NAMESPACE } from './resources.ts';

/** Source: client-go, tools/leaderelection: the same numbers. */
export interface LeaseTiming {
  /** How long others wait after the last change that they saw before they take over. */
  readonly leaseMs: number;
  /** How long a leader stays one after the last renewal that it asked for and got. Less than `leaseMs`. */
  readonly renewDeadlineMs: number;
  /** Between two tries. */
  readonly retryMs: number;
}

export const LEASE_TIMING: LeaseTiming = { leaseMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2_000 };

/** What a Lease says. */
export interface LeaseRecord {
  /** '' when it was given back. */
  readonly holder: string;
  readonly transitions: number;
  readonly leaseMs: number;
}

export function leaseRecord({ spec = {} }: KubeObject): LeaseRecord {
  const { holderIdentity, leaseTransitions, leaseDurationSeconds } = spec;
  return {
    holder: typeof holderIdentity === 'string' ? holderIdentity : '',
    transitions: typeof leaseTransitions === 'number' ? leaseTransitions : 0,
    leaseMs: typeof leaseDurationSeconds === 'number' ? leaseDurationSeconds * 1_000 : LEASE_TIMING.leaseMs,
  };
}

export interface LeaseClaim {
  readonly name: string;
  readonly holder: string;
  readonly epoch: number;
  readonly leaseMs: number;
  /** Wall time: for people only. */
  readonly nowMs: number;
}

/** The Lease as a new leader writes it, over `present` where there is one. */
export function acquiredLease({ name, holder, epoch, leaseMs, nowMs }: LeaseClaim, present?: KubeObject): KubeObject {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: present?.metadata ?? { name, namespace: HUB_NAMESPACE },
    spec: {
      ...present?.spec,
      holderIdentity: holder,
      leaseDurationSeconds: Math.ceil(leaseMs / 1_000),
      leaseTransitions: epoch,
      acquireTime: microTimeOf(nowMs),
      renewTime: microTimeOf(nowMs),
    },
  };
}

export function renewedLease(present: KubeObject, nowMs: number): KubeObject {
  return { ...present, spec: { ...present.spec, renewTime: microTimeOf(nowMs) } };
}

/** Given back: the next one need not wait. The epoch stays, so that the next is higher. */
export function releasedLease(present: KubeObject, nowMs: number): KubeObject {
  const { acquireTime: _acquireTime, ...spec } = present.spec ?? {};
  return { ...present, spec: { ...spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTimeOf(nowMs) } };
}

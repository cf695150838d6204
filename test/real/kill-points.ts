import { setTimeout as sleep } from 'node:timers/promises';
import { AuditTail } from '../controlplane/audit-tail.ts';
import type { Target } from '../scenarios/stage.ts';
import type { RealStage } from './real-stage.ts';
import { writesIn } from './workload-writes.ts';

const LOOK_MS = 15;

/** When to kill: as soon as something has been seen from outside, and so much later. */
export interface KillPoint {
  readonly name: string;
  readonly afterMs: number;
  hasCome(seen: Seen): boolean;
}

interface Seen {
  readonly asked: readonly string[];
  readonly phases: readonly string[];
  /** How many writes of the workload the audit log has. */
  readonly writes: number;
}

const asked = (field: string, afterMs: number): KillPoint => ({
  name: `${afterMs} ms after ${field} was sent`,
  afterMs,
  hasCome: (seen) => seen.asked.includes(field),
});
const written = (count: number, afterMs: number): KillPoint => ({
  name: `${afterMs} ms after write ${count}`,
  afterMs,
  hasCome: ({ writes }) => writes >= count,
});
const told = (phase: string, afterMs: number): KillPoint => ({
  name: `${afterMs} ms after ${phase} was told`,
  afterMs,
  hasCome: ({ phases }) => phases.includes(phase),
});

/** In the order in which a run of the scenario comes by them. */
export const TEN_KILLS: readonly KillPoint[] = [
  asked('rolloutStart', 25),
  written(1, 0),
  written(2, 0),
  told('WAITING', 150),
  asked('rolloutAdvance', 15),
  written(3, 40),
  written(4, 0),
  told('HALTED', 0),
  asked('rolloutRollback', 30),
  // The way back. Seen in the cluster's log: a gateway that comes up slowly may tell of it only when it is over.
  written(5, 0),
];

/** Kills the gateway at each point, one after another; returns the names of those that came. */
export async function killAt(points: readonly KillPoint[], stage: RealStage, target: Target, isOver: () => boolean): Promise<string[]> {
  await using log = new AuditTail(stage.cluster(target.cluster).auditLogPath, `"${target.name}"`);
  const killed: string[] = [];
  for (const point of points) {
    while (!point.hasCome({ asked: stage.asked, phases: stage.phases, writes: writesIn(await log.look(), target).length })) {
      if (isOver()) return killed;
      await sleep(LOOK_MS);
    }
    await sleep(point.afterMs);
    if (isOver()) return killed;
    await stage.killGateway();
    killed.push(point.name);
  }
  return killed;
}

import type { Cause, CauseCode } from '../status/cause.ts';
import type { RolloutObservation } from './events.ts';
import type { ReasonCode } from './reason.ts';
import type { Evidence } from './state.ts';
import type { Turn } from './turn.ts';

/** What speaks against the new revision, since when, and whether it has for long enough. */

/** Takes in what is wrong now; returns what has been for longer than the run's patience. */
export function weigh(turn: Turn, observation: RolloutObservation): Cause | undefined {
  const evidence = observation.troubles.map((trouble) => evidenceOf(turn, trouble));
  const remembered = turn.status.meter.evidence.filter(
    ({ code, lastAt }) => turn.now - lastAt <= MEMORY_MS && !evidence.some((present) => present.code === code),
  );
  turn.meter({ evidence: [...evidence, ...remembered] });
  takeCauses(turn, observation.causes);
  return observation.troubles.find((trouble, at) => turn.now - (evidence[at]?.firstAt ?? turn.now) >= patienceMs(turn, trouble.code));
}

/** When the first of what speaks against the revision now will have spoken for long enough; undefined: nothing does. */
export function evidenceDueAt(turn: Turn): number | undefined {
  const due = turn.status.meter.evidence.map(({ code, firstAt }) => firstAt + patienceMs(turn, code)).filter((at) => at > turn.now);
  return due.length === 0 ? undefined : Math.min(...due);
}

/** Nothing has spoken against the revision for a while. */
export function isClear({ status }: Pick<Turn, 'status'>): boolean {
  return status.meter.evidence.length === 0;
}

export function reasonFor(code: CauseCode): ReasonCode {
  return REASONS[code] ?? 'Stuck:NotReady';
}

/** A container that crashes runs between two crashes: a gap so short does not start the clock anew. */
const MEMORY_MS = 30_000;

const REASONS: Readonly<Partial<Record<CauseCode, ReasonCode>>> = {
  ImagePull: 'Stuck:ImagePull',
  ConfigError: 'Stuck:ConfigError',
  CrashLoop: 'Stuck:CrashLoop',
  Unschedulable: 'Stuck:Unschedulable',
  HookBlocked: 'Stuck:HookBlocked',
};

/** These say by themselves that the pod will not work; the others may only be slow. */
const CERTAIN: ReadonlySet<CauseCode> = new Set(['ImagePull', 'ConfigError', 'CrashLoop']);

function evidenceOf({ now, status }: Turn, { code, since }: Cause): Evidence {
  const before = status.meter.evidence.find((entry) => entry.code === code);
  // How long a pod has not been ready the cluster knows; what certainly fails counts from when it was first seen to.
  const firstAt = CERTAIN.has(code) ? (before?.firstAt ?? now) : Math.max(since ?? now, status.patientFrom);
  return { code, firstAt: Math.min(now, firstAt), lastAt: now };
}

function patienceMs({ spec }: Turn, code: CauseCode): number {
  const { evidenceSeconds, notReadySeconds, unreadySeconds = notReadySeconds } = spec.patience;
  if (CERTAIN.has(code)) return evidenceSeconds * 1_000;
  return (code === 'NotReady' ? unreadySeconds : notReadySeconds) * 1_000;
}

/** Kept by reference while they say the same, so that the record is not written for nothing. */
function takeCauses(turn: Turn, causes: readonly Cause[]): void {
  const says = (list: readonly Cause[]) => list.map(({ code, count }) => `${code}:${count}`).join();
  if (says(causes) !== says(turn.status.causes)) turn.set({ causes });
}

import type { JsonObject } from '../model/kube-object.ts';
import type { RolloutPlan } from '../rollout/plan.ts';
import type { Run } from '../rollout/run.ts';
import type { Runs } from '../rollout/run-book.ts';
import type { CommandError } from './commands.ts';
import type { OperationOutcome } from './operation.ts';

/** What became of one attempt: the answer without the books. */
export interface Answer<T> {
  readonly outcome: OperationOutcome;
  readonly object?: T;
  readonly plan?: RolloutPlan;
  readonly errors: readonly CommandError[];
}

/** How a command's object is kept with its answer, and found again when the request is repeated. */
export interface Keeping<T> {
  toJson(object: T): JsonObject;
  fromJson(kept: JsonObject): T | undefined;
}

/** Pods and workloads: the record as it was answered. */
export function keptWhole<T extends object>(): Keeping<T> {
  return { toJson: (object) => ({ ...object }) as JsonObject, fromJson: (kept) => kept as T };
}

/** Runs: what moves, without what is long; what never changes comes from the run itself. */
export function keptRun(runs: Runs): Keeping<Run> {
  return {
    toJson({ uid, resourceVersion, state }) {
      const { intents: _, timeline: _timeline, commands: _commands, applied: _applied, drift: _drift, ...status } = state.status;
      return { run: uid, resourceVersion, status };
    },
    fromJson({ run: id, resourceVersion, status }) {
      const run = runs.get(String(id));
      if (run === undefined) return undefined;
      const { intents, timeline, commands, applied, drift } = run.state.status;
      const long = { intents, timeline, commands, ...(applied && { applied }), ...(drift && { drift }) };
      const state = { ...run.state, status: { ...(status as Run['state']['status']), ...long } };
      return { ...run, resourceVersion: String(resourceVersion), state };
    },
  };
}

/** A longer plan is not kept: the hub holds objects of a megabyte. */
const MAX_PLAN_CHARS = 300_000;

export function answerToJson<T>({ object, plan, errors }: Answer<T>, keeping: Keeping<T>): JsonObject {
  return plain({
    errors,
    ...(object !== undefined && { object: keeping.toJson(object) }),
    ...(plan !== undefined && planToJson(plan)),
  });
}

function planToJson({ hash, method, steps, patches, changes, warnings, onFailure }: RolloutPlan): JsonObject {
  const plan = { hash, method, steps, patches, changes, warnings, onFailure };
  return JSON.stringify(plan).length > MAX_PLAN_CHARS ? {} : { plan };
}

export function answerFromJson<T>(outcome: OperationOutcome, kept: JsonObject, keeping: Keeping<T>): Answer<T> {
  const object = isObject(kept['object']) ? keeping.fromJson(kept['object']) : undefined;
  return {
    outcome,
    errors: (Array.isArray(kept['errors']) ? kept['errors'] : []) as CommandError[],
    ...(object !== undefined && { object }),
    // What readers are shown of a plan is all there; the rest of it the run has.
    ...(isObject(kept['plan']) && { plan: kept['plan'] as unknown as RolloutPlan }),
  };
}

/** As the hub has it: without members that are undefined. */
function plain(value: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

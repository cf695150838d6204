import { createHash } from 'node:crypto';
import type { Principal } from '../auth/principal.ts';
import { isHubError } from '../hub/hub-error.ts';
import { isApiError } from '../kube/api-error.ts';
import { groupResourceOf, parseApiVersion } from '../model/resource.ts';
import { type PlanContext, planRollout, type RolloutPlan } from '../rollout/plan.ts';
import type { Run } from '../rollout/run.ts';
import type { RunTarget } from '../rollout/run-book.ts';
import { NotLeadingError } from '../rollout/run-driver.ts';
import { revisionsOf } from '../status/revisions.ts';
import { type Answer, keptRun } from './answer.ts';
import { refusalOf } from './api-refusal.ts';
import { invalid, notLeading, runInTheWay, unsupported } from './command-error.ts';
import { type CommandDeps, runCommand } from './command-runner.ts';
import type { CommandError, RolloutStart, RolloutStartResult } from './commands.ts';
import { type FetchedWorkload, fetchWorkload, targetFromName } from './fetch-workload.ts';
import { hubRefusal } from './hub-refusal.ts';
import { refusalOfProblem } from './plan-problem.ts';
import { readRevisions } from './read-revisions.ts';
import { refusalOfRight } from './rights.ts';
import type { Attempt } from './sitting.ts';
import { findSurroundings } from './surroundings.ts';
import { tryPlan } from './try-plan.ts';
import { usualStartSeconds } from './usual-start.ts';
import { brakeLeft, labelLeftBy, runOnIt } from './workload-verdict.ts';

type StartAnswer = Answer<Run>;

const PATH = ['input', 'workload'];
const MIN_STEP_DEADLINE_SECONDS = 10;
const MAX_STEP_DEADLINE_SECONDS = 86_400;

/** Plans a run and has it begun. Everything is looked at as the caller: a plan shows nothing that they may not read. */
export function rolloutStart(principal: Principal, input: RolloutStart, deps: CommandDeps): Promise<RolloutStartResult> {
  const { requestId: _id, dryRun: _dryRun, ...question } = input;
  return runCommand(
    {
      ...{ mutation: 'rolloutStart', principal, options: input, question, keeping: keptRun(deps.runs) },
      target: targetFromName(input.workload, deps),
      validate: () => unsupportedParts(input) ?? badDeadline(input),
      act: (attempt) => new Starting(principal, input, { attempt, deps }).answer(),
    },
    deps,
  );
}

/** The same operation has the same run, however often it is tried. Fit for a label. */
function runIdOf(operationId: string): string {
  return `r${createHash('sha256').update(operationId).digest('hex').slice(0, 13)}`;
}

function unsupportedParts({ hasNodeSets, prePull }: RolloutStart): CommandError | undefined {
  if (hasNodeSets) return unsupported(['input', 'nodeSets'], 'steps by node set are not supported yet: leave nodeSets out');
  if (prePull) return unsupported(['input', 'prePull'], 'images are not pulled beforehand yet: leave prePull out');
  return undefined;
}

function badDeadline({ stepDeadlineSeconds: seconds }: RolloutStart): CommandError | undefined {
  if (seconds === undefined) return undefined;
  if (Number.isSafeInteger(seconds) && seconds >= MIN_STEP_DEADLINE_SECONDS && seconds <= MAX_STEP_DEADLINE_SECONDS) return undefined;
  const rule = `a whole number from ${MIN_STEP_DEADLINE_SECONDS} to ${MAX_STEP_DEADLINE_SECONDS}`;
  return invalid(['input', 'stepDeadlineSeconds'], `stepDeadlineSeconds is ${rule}`);
}

interface Around {
  readonly attempt: Attempt;
  readonly deps: CommandDeps;
}

class Starting {
  readonly #principal: Principal;
  readonly #input: RolloutStart;
  readonly #attempt: Attempt;
  readonly #deps: CommandDeps;
  readonly #runId: string;

  constructor(principal: Principal, input: RolloutStart, { attempt, deps }: Around) {
    this.#principal = principal;
    this.#input = input;
    this.#attempt = attempt;
    this.#deps = deps;
    this.#runId = runIdOf(attempt.operation.id);
  }

  async answer(): Promise<StartAnswer> {
    const { driver, runs } = this.#deps;
    const begun = runs.get(this.#runId);
    if (begun !== undefined) return { outcome: 'APPLIED', object: begun, errors: [] };
    // The gateway that leads may have begun an earlier attempt.
    if (!driver.leads) return { ...refused(notLeading(driver.leader)), outcome: this.#attempt.isRepeated ? 'UNKNOWN' : 'REFUSED' };
    const planned = this.#attempt.noted?.['plan'] as RolloutPlan | undefined;
    return planned === undefined ? this.#planAndStart() : this.#inTurn(planned);
  }

  async #planAndStart(): Promise<StartAnswer> {
    const fetched = await fetchWorkload(this.#principal, this.#input, this.#deps);
    if ('error' in fetched) return { outcome: fetched.outcome, errors: [fetched.error] };
    const refusal = (await this.#rightMissing(fetched)) ?? this.#inTheWay(fetched);
    if (refusal !== undefined) return refused(refusal);
    const planned = await this.#plan(fetched);
    return 'plan' in planned ? this.#withPlan(planned.plan, fetched) : planned;
  }

  #inTheWay({ record }: FetchedWorkload): CommandError | undefined {
    const { runs } = this.#deps;
    return runOnIt(record, runs, this.#runId) ?? brakeLeft(record, runs);
  }

  async #rightMissing({ record }: FetchedWorkload): Promise<CommandError | undefined> {
    const right = await this.#deps.rights.ask(this.#principal, record);
    return refusalOfRight(right, this.#principal, record, PATH);
  }

  async #plan(fetched: FetchedWorkload): Promise<{ readonly plan: RolloutPlan } | StartAnswer> {
    const { change, steps } = this.#input;
    const context = await this.#context(fetched);
    if ('errors' in context) return context;
    const { surroundings, warnings } = await findSurroundings(this.#principal, fetched);
    const outcome = planRollout(fetched.object, change, steps, { ...context, ...surroundings, ...this.#usualStart(fetched) });
    if (!outcome.ok) return { outcome: 'REFUSED', errors: outcome.problems.map(refusalOfProblem) };
    // What stands around and the moment of asking change by themselves, and nothing of what would be done.
    const bare = planRollout(fetched.object, change, steps, { ...context, now: 0 });
    const hash = bare.ok ? bare.plan.hash : outcome.plan.hash;
    const overtakes = labelLeftBy(fetched.record, this.#deps.runs);
    const left = overtakes === undefined ? {} : { overtakes };
    return { plan: { ...outcome.plan, ...left, hash, warnings: [...outcome.plan.warnings, ...warnings] } };
  }

  async #context(fetched: FetchedWorkload): Promise<PlanContext | StartAnswer> {
    const { resource, record } = fetched;
    const { workload, method, onFailure, stepDeadlineSeconds, change } = this.#input;
    const currentRevision = this.#currentRevision(fetched);
    try {
      return {
        cluster: workload.cluster,
        workloadKind: record.workloadKind,
        resource: resource.resource,
        now: this.#attempt.operation.at,
        revisions: 'revision' in change ? await readRevisions(this.#principal, fetched) : [],
        onFailure,
        ...(method !== undefined && { method }),
        ...(currentRevision !== undefined && { currentRevision }),
        patience: { ...this.#deps.patience, ...(stepDeadlineSeconds !== undefined && { stepDeadlineSeconds }) },
      };
    } catch (error) {
      const refusal = refusalOf(error, workload.cluster, ['input', 'change', 'revision']);
      return { outcome: refusal.outcome, errors: [refusal.error] };
    }
  }

  /** By our copy: for people; nothing is decided on it. */
  #currentRevision({ record }: FetchedWorkload): string | undefined {
    const cluster = this.#deps.store.cluster(record.cluster);
    const copy = cluster?.workloads(record.workloadKind).byUid(record.uid);
    return cluster && copy && revisionsOf(cluster, copy).current?.name;
  }

  #usualStart({ record }: FetchedWorkload): Pick<PlanContext, 'usualStartSeconds'> {
    const cluster = this.#deps.store.cluster(record.cluster);
    const seconds = cluster && usualStartSeconds(cluster, record);
    return seconds === undefined ? {} : { usualStartSeconds: seconds };
  }

  async #withPlan(plan: RolloutPlan, fetched: FetchedWorkload): Promise<StartAnswer> {
    const { expectedPlanHash } = this.#input;
    if (expectedPlanHash !== undefined && expectedPlanHash !== plan.hash) return { ...refused(otherPlan(plan)), plan };
    const trial = await tryPlan(plan, { principal: this.#principal, fetched, auditId: this.#attempt.operation.auditId });
    const tried = { ...plan, warnings: [...plan.warnings, ...trial.warnings] };
    if (trial.refusal !== undefined) return { outcome: trial.refusal.outcome, errors: [trial.refusal.error], plan: tried };
    if (this.#attempt.operation.dryRun) return { outcome: 'APPLIED', errors: [], plan: tried };
    return this.#inTurn(tried);
  }

  async #inTurn(plan: RolloutPlan): Promise<StartAnswer> {
    const { cluster, apiVersion, resource, namespace, name } = plan.target;
    const target = { cluster, resource: groupResourceOf({ group: parseApiVersion(apiVersion).group, resource }), namespace, name };
    const key = `${cluster} ${target.resource} ${namespace} ${name}`;
    return { ...(await this.#deps.starts.run(key, () => this.#start(plan, target))), plan };
  }

  /** The plan is noted first: whoever repeats the request begins this very one, or finds that it has begun. */
  async #start(plan: RolloutPlan, target: RunTarget): Promise<StartAnswer> {
    const { driver, runs } = this.#deps;
    const { at, note, requestId } = this.#attempt.operation;
    // Somebody else may have started one while this one was planned.
    const active = runs.activeOn(target);
    if (active !== undefined && active.uid !== this.#runId)
      return refused(runInTheWay({ ...target, ...plan.target, resource: target.resource }, active, PATH));
    if (this.#attempt.noted === undefined) await this.#attempt.note({ plan });
    const author = { author: this.#principal.user, ...(note !== undefined && { note }), ...(requestId !== undefined && { requestId }) };
    try {
      const run = await driver.start(plan, { runId: this.#runId, createdAt: at, ...author });
      return { outcome: 'APPLIED', object: run, errors: [] };
    } catch (error) {
      return failedToRecord(error);
    }
  }
}

/** What a driver that could not make it durable says. Throws what is a fault of ours. */
export function failedToRecord(error: unknown): Answer<Run> {
  // It led when it was told: whether it wrote before it was deposed only the record tells.
  if (error instanceof NotLeadingError) return { outcome: 'UNKNOWN', errors: [notLeading(error.leader)] };
  const refusal = hubRefusal(error);
  if (refusal === undefined) throw error;
  if (isApiError(error, 'outcome-unknown', 'server-error')) return { outcome: 'UNKNOWN', errors: [lost(error.message)] };
  if (isHubError(error, 'superseded')) return { outcome: 'UNKNOWN', errors: [notLeading('')] };
  return { outcome: 'FAILED', errors: [refusal] };
}

function lost(why: string): CommandError {
  const message = `the hub gave no answer; it may or may not be on record: repeat the request with the same requestId, or look: ${why}`;
  return { type: 'BlockedError', code: 'OUTCOME_UNKNOWN', message, path: [], unblock: [] };
}

function otherPlan({ hash }: RolloutPlan): CommandError {
  const message = `the plan is another one than was expected: its hash is ${hash}; look at it and decide again`;
  return { type: 'ConflictError', code: 'PLAN_CHANGED', message, path: ['input', 'expectedPlanHash'], unblock: [] };
}

function refused(error: CommandError): StartAnswer {
  return { outcome: 'REFUSED', errors: [error] };
}

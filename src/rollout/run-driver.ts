import type { RolloutCommand } from './events.ts';
import type { Request } from './new-run.ts';
import type { RolloutPlan } from './plan.ts';
import type { Refusal } from './refusal.ts';
import type { Run } from './run.ts';

/** Who carries runs out. Only the leader does; everybody else throws `NotLeadingError`. */
export interface RunDriver {
  readonly leads: boolean;
  /** Who leads, as last seen; '' when nobody does. */
  readonly leader: string;
  /**
   * Makes the run durable and begins it. A run of that id is the answer when there is one already. Throws
   * `NotLeadingError`; `HubError` or `ApiError` when the hub does not take it: then whether it exists is unknown
   * until it is read again.
   */
  start(plan: RolloutPlan, request: Omit<Request, 'epoch'>): Promise<Run>;
  /**
   * Has the run decide on the command; resolves when the decision is durable, with the run as the decision left it.
   * The same `command.id` again gets the first decision. Undefined: there is no such run. Throws as `start`.
   */
  command(runId: string, command: RolloutCommand): Promise<CommandAnswer | undefined>;
}

export interface CommandAnswer {
  readonly run: Run;
  readonly refusal?: Refusal;
  readonly replayed: boolean;
}

/** Another gateway leads, or none does for the moment. */
export class NotLeadingError extends Error {
  readonly leader: string;

  constructor(leader: string) {
    super(leader === '' ? 'no gateway leads at the moment' : `the gateway ${leader} leads`);
    this.name = 'NotLeadingError';
    this.leader = leader;
  }
}

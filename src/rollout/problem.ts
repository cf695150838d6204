/** Why a run cannot be started so. Becomes a `UserError` of the payload. */
export interface Problem {
  readonly code: 'Validation' | 'Unsupported' | 'NotFound' | 'Conflict' | 'Blocked';
  readonly message: string;
  /** Members of the input, from `input` on: ["change", "images", "0", "container"]. */
  readonly path: readonly string[];
  /** Names of Mutation fields. */
  readonly unblock: readonly string[];
}

export function problem(code: Problem['code'], message: string, path: readonly string[] = [], unblock: readonly string[] = []): Problem {
  return { code, message, path, unblock };
}

/** Thrown inside the planner only, which collects it. */
export class PlanProblem extends Error {
  readonly problem: Problem;

  constructor(cause: Problem) {
    super(cause.message);
    this.problem = cause;
  }
}

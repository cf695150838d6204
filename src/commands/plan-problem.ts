import type { Problem } from '../rollout/problem.ts';
import type { CommandError } from './commands.ts';

const CODES = {
  Validation: 'INVALID',
  Unsupported: 'UNSUPPORTED',
  NotFound: 'NOT_FOUND',
  Conflict: 'CONFLICT',
  Blocked: 'BLOCKED',
} as const;

/** What the planner objects to, as the caller is told. */
export function refusalOfProblem({ code, message, path, unblock }: Problem): CommandError {
  return { type: `${code}Error`, code: CODES[code], message, path: ['input', ...path], unblock };
}

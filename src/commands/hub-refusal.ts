import { type HubError, isHubError } from '../hub/hub-error.ts';
import { type ApiError, isApiError } from '../kube/api-error.ts';
import { blocked } from './command-error.ts';
import type { CommandError } from './commands.ts';

/** Undefined for what is no trouble of the hub. */
export function hubRefusal(error: unknown): CommandError | undefined {
  if (isHubError(error, 'too-large')) {
    return { type: 'ValidationError', code: 'TOO_LARGE', message: `too much to be kept: ${error.message}`, path: ['input'], unblock: [] };
  }
  if (!isHubError(error) && !isApiError(error)) return undefined;
  return blocked('HUB_UNAVAILABLE', `nothing was done, because it could not be put on record: ${hubMessage(error)}`);
}

function hubMessage(error: HubError | ApiError): string {
  return error.message.slice(0, 300);
}

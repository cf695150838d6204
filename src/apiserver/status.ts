/** Refusals worded as the real server words them. Source: apimachinery, pkg/api/errors. */
import { ApiError, type ApiErrorCode } from '../kube/api-error.ts';
import type { JsonObject } from '../model/kube-object.ts';
import type { FieldError, ResourceDefinition } from './resources/resource-definition.ts';

export interface StatusCause {
  readonly field?: string;
  readonly reason?: string;
  readonly message: string;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  /** The resource for most reasons, the kind for Invalid: as the real server has it. */
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

export interface StatusParts {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: StatusDetails;
  /** `metadata.continue`: a fresh token beside an expired one. */
  readonly continue?: string;
}

/** A refusal by our own server: an `ApiError` that remembers the whole Status. */
export class StatusError extends ApiError {
  readonly parts: StatusParts;

  constructor(parts: StatusParts) {
    const { retryAfterSeconds, causes } = parts.details ?? {};
    super(errorCodeOf(parts.code), parts.message, {
      status: parts.code,
      reason: parts.reason,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterMs: retryAfterSeconds * 1000 }),
      ...(causes === undefined ? {} : { causes: causes.map(wholeCause) }),
    });
    this.name = 'StatusError';
    this.parts = parts;
  }
}

const wholeCause = (cause: StatusCause) => ({ field: cause.field ?? '', reason: cause.reason ?? '', message: cause.message });

const ERROR_CODES: Readonly<Record<number, ApiErrorCode>> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  405: 'unsupported',
  406: 'unsupported',
  409: 'conflict',
  410: 'gone',
  413: 'invalid',
  415: 'unsupported',
  422: 'invalid',
  429: 'throttled',
  501: 'unsupported',
  503: 'throttled',
};

function errorCodeOf(status: number): ApiErrorCode {
  return ERROR_CODES[status] ?? 'server-error';
}

/** The Status object that answers `error`. Anything but a StatusError is our own mistake: 500, its text not shown. */
export function statusOf(error: unknown): JsonObject {
  const parts = error instanceof StatusError ? error.parts : internalError('unexpected failure').parts;
  const { code, reason, message, details } = parts;
  const metadata = parts.continue === undefined ? {} : { continue: parts.continue };
  return { kind: 'Status', apiVersion: 'v1', metadata, status: 'Failure', message, reason, ...(details && { details }), code };
}

export function successStatus(details: StatusDetails): JsonObject {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}

type Named = Pick<ResourceDefinition, 'group' | 'resource'>;

/** "pods", "deployments.apps": how messages name a resource. */
function qualified({ group, resource }: Named): string {
  return group === '' ? resource : `${resource}.${group}`;
}

function about({ group, resource }: Named, name: string): StatusDetails {
  return { ...(name !== '' && { name }), ...(group !== '' && { group }), kind: resource };
}

export function notFound(resource: Named, name: string): StatusError {
  const message = `${qualified(resource)} "${name}" not found`;
  return new StatusError({ code: 404, reason: 'NotFound', message, details: about(resource, name) });
}

/** No such path or kind. */
export function noSuchResource(): StatusError {
  return new StatusError({ code: 404, reason: 'NotFound', message: 'the server could not find the requested resource', details: {} });
}

export function alreadyExists(resource: Named, name: string): StatusError {
  const message = `${qualified(resource)} "${name}" already exists`;
  return new StatusError({ code: 409, reason: 'AlreadyExists', message, details: about(resource, name) });
}

export function generatedNameTaken(resource: Named, name: string): StatusError {
  const message = `${qualified(resource)} "${name}" already exists, the server was not able to generate a unique name for the object`;
  return new StatusError({ code: 409, reason: 'AlreadyExists', message, details: { ...about(resource, name), retryAfterSeconds: 1 } });
}

export function conflict(resource: Named, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`;
  return new StatusError({ code: 409, reason: 'Conflict', message, details: about(resource, name) });
}

export const OBJECT_MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

export function forbidden(resource: Named, name: string, why: string, causes?: readonly StatusCause[]): StatusError {
  const subject = name === '' ? qualified(resource) : `${qualified(resource)} "${name}"`;
  const details = { ...about(resource, name), ...(causes && { causes }) };
  return new StatusError({ code: 403, reason: 'Forbidden', message: `${subject} is forbidden: ${why}`, details });
}

export function unauthorized(): StatusError {
  return new StatusError({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
}

export function badRequest(message: string): StatusError {
  return new StatusError({ code: 400, reason: 'BadRequest', message });
}

export function invalid(definition: Pick<ResourceDefinition, 'group' | 'kind'>, name: string, errors: readonly FieldError[]): StatusError {
  const { group, kind } = definition;
  const subject = `${group === '' ? kind : `${kind}.${group}`} "${name}" is invalid`;
  const message = errors.length === 0 ? subject : `${subject}: ${aggregate(errors)}`;
  const details = {
    name,
    ...(group !== '' && { group }),
    kind,
    causes: errors.map(({ field, reason, message }) => ({ reason, message, field })),
  };
  return new StatusError({ code: 422, reason: 'Invalid', message, details });
}

function aggregate(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map((error) => `${error.field}: ${error.message}`))];
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}

/** A JSON Patch that cannot be applied: a failed test, a missing path. */
export function patchNotApplicable(): StatusError {
  const message = 'the server rejected our request due to an error in our request';
  return new StatusError({ code: 422, reason: 'Invalid', message, details: {} });
}

export function expired(message: string, continueToken?: string): StatusError {
  return new StatusError({ code: 410, reason: 'Expired', message, ...(continueToken !== undefined && { continue: continueToken }) });
}

export function tooLargeResourceVersion(asked: number, current: number): StatusError {
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  const message = `Timeout: Too large resource version: ${asked}, current: ${current}`;
  return new StatusError({ code: 504, reason: 'Timeout', message, details: { causes, retryAfterSeconds: 1 } });
}

export function tooManyRequests(message: string, details: StatusDetails): StatusError {
  return new StatusError({ code: 429, reason: 'TooManyRequests', message, details });
}

export function methodNotAllowed(): StatusError {
  const message = 'the server does not allow this method on the requested resource';
  return new StatusError({ code: 405, reason: 'MethodNotAllowed', message, details: {} });
}

export function notAcceptable(accepted: string): StatusError {
  const message = `only the following media types are accepted: ${accepted}`;
  return new StatusError({ code: 406, reason: 'NotAcceptable', message });
}

export function unsupportedMediaType(message: string): StatusError {
  return new StatusError({ code: 415, reason: 'UnsupportedMediaType', message });
}

export function requestTooLarge(limitBytes: number): StatusError {
  const message = `Request entity too large: limit is ${limitBytes}`;
  return new StatusError({ code: 413, reason: 'RequestEntityTooLarge', message });
}

export function notImplemented(message: string): StatusError {
  return new StatusError({ code: 501, reason: 'NotImplemented', message });
}

export function internalError(message: string): StatusError {
  return new StatusError({ code: 500, reason: 'InternalError', message: `Internal error occurred: ${message}` });
}

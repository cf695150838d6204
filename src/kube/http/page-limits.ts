import { ApiError } from '../api-error.ts';

/** As for a line of a watch: etcd takes about 1.5 MiB an object by default. */
const MAX_OBJECT_BYTES = 16 << 20;

/** Throws `ApiError` "ObjectTooLarge". */
export function checkObjectSize(bytes: number): void {
  if (bytes > MAX_OBJECT_BYTES)
    throw new ApiError('server-error', `an object of the list exceeds ${MAX_OBJECT_BYTES} bytes`, { reason: 'ObjectTooLarge' });
}

export function tooLargeAnswer(maxBytes: number): ApiError {
  return new ApiError('server-error', `the answer exceeds ${maxBytes} bytes: ask for smaller pages`, { reason: 'AnswerTooLarge' });
}

/** Of JSON and protobuf as clusters tell them; what is made of a value takes several times that. */
const BYTES_PER_VALUE = 16;

/**
 * A page may be `{}` over and over, each of them an object: it may hold no more values than are usual in one of
 * `maxBytes`. Throws `ApiError` "AnswerTooLarge".
 */
export function checkPageValues(values: number, maxBytes: number): void {
  const most = Math.floor(maxBytes / BYTES_PER_VALUE);
  if (values > most)
    throw new ApiError('server-error', `the answer holds more than ${most} values: ask for smaller pages`, { reason: 'AnswerTooLarge' });
}

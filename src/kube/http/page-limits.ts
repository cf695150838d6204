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

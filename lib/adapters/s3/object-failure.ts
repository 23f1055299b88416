import { ObjectError } from '../../files/errors.ts';
import { s3Failure } from './failure.ts';

/** Keeps the error's name only: the service's texts hold buckets and keys. */
export function objectFailure(operation: string, error: unknown): ObjectError {
  return new ObjectError('FILES_UNAVAILABLE', `S3 ${operation} failed: ${s3Failure(error, new Set()).name}`);
}

import { KMSServiceException } from '@aws-sdk/client-kms';
import { errorName } from '../../base/error-code.ts';

/** Temporary errors despite their 4xx status. */
const PASSING_ERRORS: ReadonlySet<string> = new Set([
  'DependencyTimeoutException',
  'KMSInternalException',
  'KeyUnavailableException',
  'RequestTimeout',
  'RequestTimeoutException',
]);

/** Errors that ask for fewer requests. */
const THROTTLING_ERRORS: ReadonlySet<string> = new Set([
  'LimitExceededException',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);

/** A failed call to KMS. */
export interface KmsFailure {
  readonly name: string;
  /** A retry may succeed. */
  readonly passes: boolean;
  /** A retry may succeed, at a lower rate of requests. */
  readonly throttled: boolean;
}

/**
 * Classifies a failed call to KMS. No HTTP status means no answer: a time-out or no network. All other errors are
 * final: wrong context or key, altered bytes, no permission, disabled or absent key. Returns the error's name, but not
 * its text, which holds ARNs and may quote the request.
 */
export function failure(error: unknown): KmsFailure {
  const name = errorName(error);
  const status = error instanceof KMSServiceException ? error.$metadata.httpStatusCode : undefined;
  const throttled = status === 429 || THROTTLING_ERRORS.has(name);
  return { name, throttled, passes: throttled || status === undefined || status >= 500 || PASSING_ERRORS.has(name) };
}

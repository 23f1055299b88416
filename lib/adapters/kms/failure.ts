import { KMSServiceException } from '@aws-sdk/client-kms';
import { errorName } from '../../base/error-code.ts';

/** Errors that pass by themselves although the service answers them with a 4xx status. */
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

/** What a failed call to KMS was. */
export interface KmsFailure {
  readonly name: string;
  /** Trying again makes sense. */
  readonly passes: boolean;
  /** It passes, and fewer requests would help. */
  readonly throttled: boolean;
}

/**
 * What a failed call to KMS was, and whether trying again makes sense. No HTTP status means no answer: a time-out or no network.
 * Everything else KMS says is final: wrong context or key, altered bytes, no permission, disabled or absent key. The name is
 * passed on, the service's text (it holds ARNs and may quote the request) is not.
 */
export function failure(error: unknown): KmsFailure {
  const name = errorName(error);
  const status = error instanceof KMSServiceException ? error.$metadata.httpStatusCode : undefined;
  const throttled = status === 429 || THROTTLING_ERRORS.has(name);
  return { name, throttled, passes: throttled || status === undefined || status >= 500 || PASSING_ERRORS.has(name) };
}

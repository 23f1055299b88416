import { KMSServiceException } from '@aws-sdk/client-kms';

/** Errors that pass by themselves although the service answers them with a 4xx status. */
const PASSING_ERRORS: ReadonlySet<string> = new Set([
  'DependencyTimeoutException',
  'KMSInternalException',
  'KeyUnavailableException',
  'LimitExceededException',
  'RequestTimeout',
  'RequestTimeoutException',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);

/**
 * What a failed call to KMS was, and whether trying again makes sense. No HTTP status means no answer: a time-out or no network.
 * Everything else KMS says is final: wrong context or key, altered bytes, no permission, disabled or absent key. The name is
 * passed on, the service's text (it holds ARNs and may quote the request) is not.
 */
export function failure(error: unknown): { readonly name: string; readonly passes: boolean } {
  const name = typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : 'unknown error';
  const status = error instanceof KMSServiceException ? error.$metadata.httpStatusCode : undefined;
  return { name, passes: status === undefined || status === 429 || status >= 500 || PASSING_ERRORS.has(name) };
}

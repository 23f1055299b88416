import { errorName, httpStatusOf } from '../../base/error-code.ts';
import { PublicationError } from '../../publication/errors.ts';

/** The given revision is not the latest (412), or another update is under way (409). Nothing was done. */
const OUTDATED: ReadonlySet<string> = new Set(['PreconditionFailedException', 'ResourceConflictException']);
const PASSING: ReadonlySet<string> = new Set([
  'RequestTimeout',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);

/** Maps a failed call. No status means no answer. Keeps the error's name, but not its text, which holds ARNs. */
export function lambdaFault(operation: string, error: unknown): PublicationError {
  const fault = errorName(error);
  const status = httpStatusOf(error);
  const passes = status === undefined || status === 429 || status >= 500 || PASSING.has(fault);
  const final = passes ? 'PUBLICATION_UNAVAILABLE' : 'PUBLICATION_REFUSED';
  return new PublicationError(
    OUTDATED.has(fault) ? 'PUBLICATION_OUTDATED' : final,
    `Lambda ${operation} failed: ${fault}`,
  );
}

import { errorName, httpStatusOf } from '../../base/error-code.ts';

/** A failed call to S3. */
export interface S3Failure {
  /** Safe to show, unlike the service's text, which names buckets, keys and accounts. */
  readonly name: string;
  /** HTTP status; undefined without an answer: a time-out or no network. */
  readonly status: number | undefined;
  /** A retry may succeed. */
  readonly passes: boolean;
}

/** Classifies a failed call. `passing`: names of errors that are temporary despite their 4xx status. */
export function s3Failure(error: unknown, passing: ReadonlySet<string>): S3Failure {
  const name = errorName(error);
  const status = httpStatusOf(error);
  return { name, status, passes: status === undefined || status === 429 || status >= 500 || passing.has(name) };
}

import { errorName, httpStatusOf } from '../../base/error-code.ts';

/** What a failed call to S3 was. */
export interface S3Failure {
  /** Safe to show, unlike the service's text, which names buckets, keys and accounts. */
  readonly name: string;
  /** HTTP status; absent when there was no answer: a time-out or no network. */
  readonly status: number | undefined;
  /** Trying again makes sense. */
  readonly passes: boolean;
}

/** `passing`: names of errors that pass by themselves although the service answers them with a 4xx status. */
export function s3Failure(error: unknown, passing: ReadonlySet<string>): S3Failure {
  const name = errorName(error);
  const status = httpStatusOf(error);
  return { name, status, passes: status === undefined || status === 429 || status >= 500 || passing.has(name) };
}

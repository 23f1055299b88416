/** The system's code of a file error (`ENOENT`): safe to show, unlike what the file holds. */
export function errorCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown error';
}

/** The name of any error (`ThrottlingException`): safe to show, unlike the message, which may quote a request. */
export function errorName(error: unknown): string {
  const name = typeof error === 'object' && error !== null && 'name' in error ? error.name : undefined;
  return typeof name === 'string' ? name : 'unknown error';
}

/** The HTTP status of an error of an AWS SDK; undefined when there was no answer: a time-out, no network, no credentials. */
export function httpStatusOf(error: unknown): number | undefined {
  return (Object(error) as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

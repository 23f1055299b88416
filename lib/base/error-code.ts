/** Returns the system code of a file error (`ENOENT`), which is safe to show: it quotes nothing from the file. */
export function errorCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown error';
}

/** Returns the name of any error (`ThrottlingException`), which is safe to show. The message may quote a request. */
export function errorName(error: unknown): string {
  const name = typeof error === 'object' && error !== null && 'name' in error ? error.name : undefined;
  return typeof name === 'string' ? name : 'unknown error';
}

/**
 * Returns the HTTP status of an AWS SDK error, or undefined without a reply: a time-out, no network, no credentials.
 */
export function httpStatusOf(error: unknown): number | undefined {
  return (Object(error) as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

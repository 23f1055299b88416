/** Returns the system code of a file error (`ENOENT`), which is safe to show: it quotes nothing from the file. */
export function errorCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown error';
}

/** What the AWS SDK says where no Region is set; its error has no name of its own. */
const NO_REGION = 'Region is missing';

/**
 * Returns the name of any error (`ThrottlingException`), which is safe to show. The message may quote a request. A failed
 * connection has a code and no name of its own: returns the code (`ECONNREFUSED`, `UNABLE_TO_VERIFY_LEAF_SIGNATURE`).
 * Without a Region the SDK says so in its message alone: returns that.
 */
export function errorName(error: unknown): string {
  const { name, code, message } = Object(error) as Partial<Record<'name' | 'code' | 'message', unknown>>;
  if (name === 'Error' && message === NO_REGION) return message;
  const isConnection = (name === 'Error' || name === 'AggregateError') && typeof code === 'string';
  if (isConnection && /^[A-Z][A-Z0-9_]*$/.test(code)) return code;
  return typeof name === 'string' ? name : 'unknown error';
}

/**
 * Returns the HTTP status of an AWS SDK error, or undefined without a reply: a time-out, no network, no credentials.
 */
export function httpStatusOf(error: unknown): number | undefined {
  return (Object(error) as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

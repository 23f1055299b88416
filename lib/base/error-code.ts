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

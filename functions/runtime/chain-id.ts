import { randomBytes } from 'node:crypto';

/**
 * Makes the chain id of a new trail: the log stream of its execution environment, and 16 random hexadecimal digits. The
 * log stream alone is shared by the worker threads of an environment, and by the process that Lambda starts anew in it
 * after one that died; two trails of one chain would read as forked.
 */
export function newChainId(logStream: string): string {
  return `${logStream}/${randomBytes(8).toString('hex')}`;
}

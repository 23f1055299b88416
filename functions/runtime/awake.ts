// What an execution environment does before its first invocation: Lambda waits for it, and no caller does.
import { ProtectorError } from '../../lib/base/errors.ts';
import { type ApplicationLog, causesOf, consoleLog } from './application-log.ts';

/** Lambda ends an environment that has not started after ten seconds, and starts it again with the first caller waiting. */
const WITHIN_MS = 5_000;

interface AwakeOptions {
  readonly withinMs?: number;
  readonly log?: ApplicationLog;
}

/**
 * Starts all `works` at once and resolves when they have ended, after five seconds at the latest. Never rejects: a failure is logged, and the
 * first invocation tries again and says what is wrong. What takes longer goes on beside the first invocation, which waits for it.
 */
export async function awake(
  works: readonly (() => Promise<unknown>)[],
  { withinMs = WITHIN_MS, log = consoleLog }: AwakeOptions = {},
): Promise<void> {
  const ended = Promise.all(works.map((work) => work().catch((error: unknown) => log(unprepared(error)))));
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, withinMs);
  await Promise.race([ended, late.promise]);
  clearTimeout(timer);
}

function unprepared(error: unknown): Parameters<ApplicationLog>[0] {
  return {
    level: 'WARN',
    message: 'Not prepared before the first invocation, which tries again',
    code: error instanceof ProtectorError ? error.code : undefined,
    cause: causesOf(error),
  };
}

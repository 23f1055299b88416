// How commands end: their exit codes, and the errors that stand for them.
import { isNativeError } from 'node:util/types';
import { ProtectorError } from '../../../lib/base/errors.ts';
import { DocumentError } from '../../../lib/document/problem.ts';
import type { Io } from './io.ts';

export const EXIT = {
  ok: 0,
  /** The request was refused, or what was checked is bad. */
  bad: 1,
  /** The command line is wrong, or the command lacks something in its environment. */
  usage: 2,
  /** The command itself failed: `EX_SOFTWARE` of sysexits.h. */
  crash: 70,
  /** A signal ended the command before its work was done: 128 and the number of SIGINT, as shells have it. */
  stopped: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Shows where a crash happened. */
const DEBUG = 'PROTECTOR_DEBUG';

/** `CLI_BAD`: what was checked is bad, or the request was refused. `CLI_USAGE`: the command cannot do what was asked. */
export class CliError extends ProtectorError<'CLI_BAD' | 'CLI_USAGE'> {}

/** Says on standard error why a command failed, and returns the exit code for it. */
export async function failed(error: unknown, io: Io): Promise<ExitCode> {
  const { sayFailure } = await import('../output/text.ts');
  if (error instanceof ProtectorError) {
    sayFailure(io, withRemedy(error.message));
    return isBad(error) ? EXIT.bad : EXIT.usage;
  }
  const system = systemErrorOf(error);
  if (system !== undefined) {
    sayFailure(io, system);
    return EXIT.usage;
  }
  sayFailure(
    io,
    `internal error ${nameOf(error)}; please report it${io.env[DEBUG] ? '' : ` (${DEBUG}=1 shows where)`}`,
  );
  if (io.env[DEBUG]) await sayFrames(error, io);
  return EXIT.crash;
}

/** Codes of what was checked and is bad. */
const BAD: readonly string[] = ['CLI_BAD', 'SQL_FAILED', 'LOG_UNWITNESSED'];

function isBad(error: ProtectorError): boolean {
  return BAD.includes(error.code) || error instanceof DocumentError;
}

/** Ends of messages that say what the AWS SDK lacks in the environment, and how to give it. */
const REMEDIES: readonly (readonly [lack: RegExp, remedy: string])[] = [
  [/\bCredentialsProviderError$/, 'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'],
  [/\bExpiredToken(?:Exception)?$/, 'the credentials have expired, log in again'],
  [/\bRegion is missing$/, 'set AWS_REGION'],
];

function withRemedy(message: string): string {
  const [, remedy] = REMEDIES.find(([lack]) => lack.test(message)) ?? [];
  return remedy === undefined ? message : `${message}: ${remedy}`;
}

/** `mkdir /etc/x failed (EACCES)` for an error of the operating system, which is the environment's fault. */
function systemErrorOf(error: unknown): string | undefined {
  const { code, syscall, path, address } = Object(error) as Partial<Record<string, unknown>>;
  if (typeof code !== 'string' || typeof syscall !== 'string') return undefined;
  const subject = [path, address].find((each) => typeof each === 'string');
  return `${syscall}${subject === undefined ? '' : ` ${subject}`} failed (${code})`;
}

/** Name and code of an error. Its message may quote input, and is not shown. */
function nameOf(error: unknown): string {
  if (!isNativeError(error)) return `of type ${typeof error}`;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? `${error.name} ${code}` : error.name;
}

async function sayFrames(error: unknown, io: Io): Promise<void> {
  const { causesOf } = await import('../../runtime/application-log.ts');
  for (const { name, at } of causesOf(error)) io.stderr.write([name, ...at].map((line) => `  ${line}\n`).join(''));
}

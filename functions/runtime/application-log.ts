import { ProtectorError } from '../../lib/base/errors.ts';

/**
 * One line of the application log. It never holds a value, and of a foreign error only its name and where it was
 * thrown.
 */
export interface LogEntry {
  readonly level: 'INFO' | 'WARN' | 'ERROR';
  readonly message: string;
  readonly requestId?: string | undefined;
  readonly code?: string | undefined;
  readonly row?: number | undefined;
  readonly cause?: readonly Cause[] | undefined;
  /** The place of an audit record: `<chain>:<number>`. */
  readonly record?: string | undefined;
  /** Deliveries: the tenant's sink, how many parcels it took and did not take, and the status or code that says why. */
  readonly lane?: string | undefined;
  readonly delivered?: number | undefined;
  /** Delivered, but cut to a limit of the sink. */
  readonly cut?: number | undefined;
  readonly parked?: number | undefined;
  readonly deadLetters?: number | undefined;
  readonly reason?: string | undefined;
  /** Key of an object of the forwarder's. */
  readonly key?: string | undefined;
}

export interface Cause {
  readonly name: string;
  readonly code?: string | undefined;
  /** Present for this product's own errors, whose messages hold no input. */
  readonly message?: string | undefined;
  readonly at: readonly string[];
}

export type ApplicationLog = (entry: LogEntry) => void;

/** Writes one JSON object a line to standard output, where Lambda collects it. */
export const consoleLog: ApplicationLog = (entry) => {
  process.stdout.write(logLine(entry));
};

export function logLine(entry: LogEntry): string {
  return `${JSON.stringify({ timestamp: new Date().toISOString(), ...entry })}\n`;
}

/**
 * Returns the chain of causes of an error. Messages of foreign errors are left out, because they may quote their input.
 */
export function causesOf(error: unknown): Cause[] {
  const causes: Cause[] = [];
  for (let cause: unknown = error; cause instanceof Error && causes.length < 5; cause = cause.cause) {
    const ours = cause instanceof ProtectorError ? cause : undefined;
    causes.push({
      name: cause.name,
      code: ours?.code,
      message: ours?.message,
      at: withoutMessage(cause)
        .split('\n')
        .filter((line) => /^\s+at /.test(line))
        .slice(0, 8)
        .map((line) => line.trim()),
    });
  }
  return causes;
}

/**
 * Returns the error that a function fails with. Lambda writes its message to the log: one of a foreign error may quote
 * the input, and is left out. `causesOf` has said where it was thrown.
 */
export function rejectionOf(error: unknown): ProtectorError {
  if (error instanceof ProtectorError) return error;
  const name = error instanceof Error ? error.name : typeof error;
  return new ProtectorError('UNEXPECTED', `The function failed by a ${name}: its log says where`);
}

/** Returns the stack behind the message. Lines of a message may look like frames and hold what must not be logged. */
function withoutMessage({ stack = '', message }: Error): string {
  const at = stack.indexOf(message);
  return at === -1 ? '' : stack.slice(at + message.length);
}

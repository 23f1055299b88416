import { type ApplicationLog, logLine } from '../runtime/application-log.ts';

/** On a laptop the answer itself says why it was refused; only a fault needs more, beside the answer. */
export const faultLog: ApplicationLog = (entry) => {
  if (entry.code === 'ENGINE_FAILED' || entry.code === 'UNKNOWN_ERROR') process.stderr.write(logLine(entry));
};

import { type ApplicationLog, logLine } from '../log.ts';

/** On a laptop the answer itself says why it was refused; only a fault of the engine needs more, beside the answer. */
export const faultLog: ApplicationLog = (entry) => {
  if (entry.code === 'ENGINE_FAILED') process.stderr.write(logLine(entry));
};

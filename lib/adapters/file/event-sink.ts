import { errorCode } from '../../base/error-code.ts';
import { EventError } from '../../events/errors.ts';
import type { EventLine, EventSink } from '../../events/ports.ts';
import { lineFile } from './line-file.ts';

/** A sink that holds a file open. `close` may be called twice; `append` reopens the file. */
export interface FileEventSink extends EventSink {
  close(): Promise<void>;
}

/**
 * Appends the lines of security events to the file at `path` (see `lineFile`): one file for all tenants, in the order
 * of arrival.
 */
export function fileEventSink(path: string): FileEventSink {
  const file = lineFile(path);
  return {
    append: async (lines: readonly EventLine[]) => {
      try {
        await file.append(lines.map(({ line }) => line));
      } catch (error) {
        throw new EventError('EVENT_NOT_DURABLE', `Event file ${path} cannot be written (${errorCode(error)})`);
      }
    },
    close: () => file.close(),
  };
}

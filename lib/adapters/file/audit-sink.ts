import { AuditError } from '../../audit/errors.ts';
import type { AuditLine, AuditSink } from '../../audit/ports.ts';
import { errorCode } from '../../base/error-code.ts';
import { lineFile } from './line-file.ts';

/** A sink that holds a file open. `close` may be called twice; `append` reopens the file. */
export interface FileAuditSink extends AuditSink {
  close(): Promise<void>;
}

/** Appends audit lines to the file at `path` (see `lineFile`). The verifier reports a torn line as malformed. */
export function fileAuditSink(path: string): FileAuditSink {
  const file = lineFile(path);
  return {
    append: async (lines: readonly AuditLine[]) => {
      try {
        await file.append(lines.map(({ line }) => line));
      } catch (error) {
        throw new AuditError('AUDIT_SINK_UNAVAILABLE', `Audit file ${path} cannot be written (${errorCode(error)})`);
      }
    },
    close: () => file.close(),
  };
}

// Tells an object that cannot be read from one that is absent.
import { LogError } from './errors.ts';
import type { LogFinding } from './findings.ts';
import type { TileReader } from './ports.ts';

/**
 * Reads an object that the store refuses to give as absent, and collects a finding for it by its path. Rejects as
 * `reader` does when the store itself does not answer.
 */
export function namingUnreadable(reader: TileReader): {
  readonly reader: TileReader;
  readonly findings: ReadonlyMap<string, LogFinding>;
} {
  const findings = new Map<string, LogFinding>();
  const read = async (path: string): Promise<Uint8Array | undefined> => {
    try {
      return await reader.read(path);
    } catch (error) {
      if (!(error instanceof LogError) || error.code !== 'LOG_STORE_REFUSED') throw error;
      findings.set(path, { kind: 'unreadable', path, detail: error.message });
      return undefined;
    }
  };
  return { reader: { read, list: (prefix) => reader.list(prefix) }, findings };
}

// A file of this machine as a tenant's sink.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { idInBody, type Receiver } from './receiver.ts';

export async function startFile(): Promise<Receiver> {
  const directory = await mkdtemp(join(tmpdir(), 'events-'));
  const path = join(directory, 'events.jsonl');
  const lines = (): readonly string[] => {
    try {
      return readFileSync(path, 'utf8').split('\n').slice(0, -1);
    } catch {
      return []; // nothing was written yet
    }
  };
  return {
    settings: { kind: 'file', path },
    environment: {},
    faults: [],
    deduplicates: false,
    calls: 0,
    accepted: () => lines().map((body) => ({ id: idInBody(body), body, timeMs: 0 })),
    fail: () => {},
    heal: () => {},
    unusedFaults: () => [],
    operations: [],
    onHang: () => {},
    refuse: () => {},
    close: () => rm(directory, { recursive: true }),
  };
}

import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { witnessHandler } from '../../functions/runtime/witness/witness.ts';
import { fileTileStore } from '../../lib/adapters/file/tile-store.ts';
import { s3Client } from '../../lib/adapters/s3/client.ts';
import { s3TileStore } from '../../lib/adapters/s3/tile-store.ts';
import { witnessFront } from '../../lib/local/witness-front.ts';
import type { NoteKey } from '../../lib/transparency/note.ts';
import type { TileStore } from '../../lib/transparency/ports.ts';
import { isWitnessEvidence } from '../../lib/transparency/witness.ts';
import { startFakeBucket } from '../support/fake-bucket.ts';
import { fixedWitness } from '../support/witness.ts';
import { witnessContract, type WitnessUnderTest } from './witness.contract.ts';

/** Serves a witness over a store on a free port. */
async function serveOver(
  store: TileStore,
  logs: readonly NoteKey[],
  dispose: () => Promise<void>,
): Promise<WitnessUnderTest> {
  const { witness } = fixedWitness(40, { store, logs, nowMs: Date.now });
  const front = witnessFront(
    witnessHandler(
      () => Promise.resolve(witness),
      () => {},
      () => {},
    ),
    () => {},
  );
  const server = createAdaptorServer({ fetch: front.fetch }) as Server;
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/prefix/`,
    key: witness.key,
    async stop() {
      server.closeAllConnections();
      server.close();
      await dispose();
    },
  };
}

witnessContract('ours, over a directory', async (logs) => {
  const directory = await mkdtemp(join(tmpdir(), 'witness-'));
  return serveOver(fileTileStore(directory), logs, () => rm(directory, { recursive: true }));
});

witnessContract('ours, over S3', async (logs) => {
  const bucket = await startFakeBucket();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = s3Client({ endpoint: bucket.endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
  const retention = { mode: 'COMPLIANCE', days: 1 } as const;
  const options = { client, bucket: 'bucket', prefix: 'cosigned/', isEvidence: isWitnessEvidence, retention };
  return serveOver(s3TileStore(options), logs, () => bucket.close());
});

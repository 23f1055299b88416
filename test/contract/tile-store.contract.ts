import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Sealer } from '../../lib/evidence/sealer.ts';
import { LogError } from '../../lib/transparency/errors.ts';
import type { TileStore } from '../../lib/transparency/ports.ts';
import { verifyLog } from '../../lib/transparency/verify-log.ts';
import { chainLines } from '../support/chain-lines.ts';
import { fixedKeys, fixedLog } from '../support/log.ts';

/** One empty place for a log, fresh for each suite. */
export interface StoreUnderTest {
  readonly store: TileStore;
  /** Another store over the same place, as another process would have it. */
  readonly second: TileStore;
  /** A store whose place is not there. */
  readonly broken: TileStore;
  dispose(): Promise<void>;
}

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** The promises of `TileStore`, for every adapter. With `skipped`, they are printed as skipped for that reason. */
export function tileStoreContract(name: string, make: () => Promise<StoreUnderTest>, skipped?: string): void {
  const suite = skipped === undefined ? describe : describe.skip;
  suite(`a tile store over ${name}${skipped === undefined ? '' : `: ${skipped}`}`, () => {
    let under: StoreUnderTest;
    let fresh: StoreUnderTest;
    beforeAll(async () => {
      [under, fresh] = [await make(), await make()];
    });
    afterAll(async () => {
      await under.dispose();
      await fresh.dispose();
    });
    const read = async (path: string): Promise<string | undefined> => {
      const found = await under.second.read(path);
      return found && Buffer.from(found).toString();
    };
    const listed = async (prefix: string): Promise<string[]> => {
      const paths: string[] = [];
      for await (const path of under.second.list(prefix)) paths.push(path);
      return paths.toSorted();
    };

    test('reads and lists nothing while it is empty', async () => {
      expect(await read('tile/0/000')).toBeUndefined();
      expect(await listed('checkpoints/')).toEqual([]);
    });

    test('reads each object byte for byte, also one of no bytes and one of 8 KB', async () => {
      const all = Uint8Array.from({ length: 8192 }, (_, i) => (i * 7) % 256);
      expect(await under.store.create('tile/0/000', all)).toBe('created');
      expect(await under.store.create('tile/0/001.p/3', new Uint8Array(0))).toBe('created');
      expect(Buffer.from((await under.second.read('tile/0/000'))!).equals(all)).toBe(true);
      expect(await read('tile/0/001.p/3')).toBe('');
    });

    test('does not create over an existing object, which stays as it is', async () => {
      expect(await under.store.create('tile/1/000', bytes('first'))).toBe('created');
      expect(await under.store.create('tile/1/000', bytes('second'))).toBe('exists');
      expect(await under.second.create('tile/1/000', bytes('first'))).toBe('exists');
      expect(await read('tile/1/000')).toBe('first');
    });

    test('lets one of many concurrent writers create an object', async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          (i % 2 === 0 ? under.store : under.second).create('race', bytes(`by ${i}`)),
        ),
      );
      expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
      expect(await read('race')).toBe(`by ${outcomes.indexOf('created')}`);
    });

    test('replaces objects, present and absent ones', async () => {
      await under.store.replace('checkpoint', bytes('one'));
      await under.store.replace('checkpoint', bytes('two'));
      expect(await read('checkpoint')).toBe('two');
    });

    test('removes objects, present and absent ones, which can be created again', async () => {
      await under.store.create('pending/000', bytes('a'));
      await under.store.remove('pending/000');
      await under.store.remove('pending/000');
      expect(await read('pending/000')).toBeUndefined();
      expect(await under.store.create('pending/000', bytes('b'))).toBe('created');
    });

    test('lists all objects below a prefix over several pages', async () => {
      const paths = Array.from({ length: 130 }, (_, i) => `checkpoints/x00${i % 3}/${String(i).padStart(3, '0')}`);
      await Promise.all(paths.map((path) => under.store.create(path, bytes(path))));
      expect(await listed('checkpoints/')).toEqual(paths.toSorted());
      expect(await listed('checkpoints/x001/')).toEqual(paths.filter((path) => path.includes('x001')).toSorted());
    });

    test('rejects with LogError when its place is missing, without quoting the content', async () => {
      for (const act of [
        () => under.broken.create('tile/0/000', bytes('PROBE')),
        () => under.broken.replace('checkpoint', bytes('PROBE')),
      ]) {
        const failure: unknown = await act().catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(LogError);
        expect(failure).toMatchObject({ code: expect.stringMatching(/^LOG_STORE_(?:UNAVAILABLE|REFUSED)$/) });
        expect(failure instanceof Error && `${failure.message} ${String(failure.cause)}`).not.toContain('PROBE');
      }
    });

    test('holds one log that verifies, with every record once, after two sealers wrote at the same time', async () => {
      const chains = await Promise.all(['a', 'b', 'c'].map((chain) => chainLines(chain, 150)));
      const sealers = [fresh.store, fresh.second].map((store) => new Sealer(fixedLog(store), store));
      const reports = await Promise.all(chains.flatMap((lines) => sealers.map((sealer) => sealer.seal(lines))));
      expect(reports.reduce((sum, { sealed, repeated }) => sum + sealed + repeated, 0)).toBe(900);
      const leaves: string[] = [];
      const report = await verifyLog({
        reader: fresh.second,
        keys: fixedKeys().checkpointKeys,
        onEntry: ({ bytes: leaf }) => leaves.push(Buffer.from(leaf).toString()),
      });
      expect(report.findings).toEqual([]);
      expect(leaves.toSorted()).toEqual(chains.flat().toSorted());
    }, 60_000);
  });
}

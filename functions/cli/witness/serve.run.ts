import { fileTileStore } from '../../../lib/adapters/file/tile-store.ts';
import { witnessFront } from '../../../lib/local/witness-front.ts';
import { type NoteKey, parseVerifierKey } from '../../../lib/transparency/note.ts';
import { Witness } from '../../../lib/transparency/witness.ts';
import { type ApplicationLog, causesOf, logLine } from '../../runtime/application-log.ts';
import { witnessHandler } from '../../runtime/witness/witness.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { type Address, serveUntilStopped } from '../local/listen.ts';
import { done, print, say } from '../output/text.ts';
import { readKeyList } from '../trail/key-list.ts';
import { readWitness, witnessFiles } from './files.ts';

/** Where the keys of the logs are. */
interface Logs {
  readonly log: readonly string[] | undefined;
  readonly keys: readonly string[] | undefined;
}

/** Runs a witness until it is told to stop. */
export async function serveWitnessOf(dir: string, logs: Logs, address: Address, io: Io): Promise<ExitCode> {
  const files = witnessFiles(dir);
  const { key, signer } = await readWitness(files);
  const witness = new Witness({
    name: key.name,
    signer,
    logs: await keysOf(logs),
    store: fileTileStore(files.state),
    nowMs: io.nowMs,
  });
  const log: ApplicationLog = (entry) => io.stderr.write(logLine(entry));
  const front = witnessFront(
    // Nothing collects metrics here: the log says what they count.
    witnessHandler(
      () => Promise.resolve(witness),
      log,
      () => {},
    ),
    (error) => log({ level: 'ERROR', message: 'Request failed', cause: causesOf(error) }),
  );
  await serveUntilStopped(front, address, io, (url) => {
    say(io, `For the policy of the log: witness w1 ${key.verifierKey} ${url}`);
    print(io, done(io, url));
  });
  return EXIT.ok;
}

async function keysOf({ log = [], keys = [] }: Logs): Promise<readonly NoteKey[]> {
  const lists = await Promise.all(keys.map(readKeyList));
  const all = [...log.map(parseVerifierKey), ...lists.flatMap((list) => list.checkpointKeys.map(({ key }) => key))];
  if (all.length === 0) throw new CliError('CLI_USAGE', 'A witness needs the keys of a log: --log or --keys');
  return all;
}

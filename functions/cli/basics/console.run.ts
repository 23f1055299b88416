import { existsSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { readLine } from '../../../lib/audit/read-line.ts';
import { scopeOf } from '../../../lib/base/secret.ts';
import { isGzip } from '../../../lib/base/gzip.ts';
import type { SubjectFacts, TenantFacts } from '../../../lib/console/messages.ts';
import { RELEASE } from '../../../lib/contract/release.ts';
import { causesOf, logLine } from '../../runtime/application-log.ts';
import { CopyFeed, type Feed, FileFeed } from '../console/feed.ts';
import { Guard } from '../console/guard.ts';
import { Live } from '../console/live.ts';
import { LogGroupFeed } from '../console/log-group-feed.ts';
import { pageFiles } from '../console/page-bundle.ts';
import { policyPages } from '../console/policy-pages.ts';
import { proofOf } from '../console/proof.ts';
import { consoleServer } from '../console/server.ts';
import { tenantFacts } from '../console/tenant-page.ts';
import { TrailBook } from '../console/trail-book.ts';
import { Trials } from '../console/try.ts';
import { verifyApart } from '../console/verifier.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { isInS3 } from '../files/place.ts';
import { serveUntilStopped } from '../local/listen.ts';
import type { RecordSource } from '../options.ts';
import { done, print, say } from '../output/text.ts';
import { readKeyList, readRecordKeys } from '../trail/key-list.ts';
import { linesOfSource } from '../trail/records.ts';
import { type Subject, subjectOf, type VerifyRequest } from '../trail/verify.ts';
import { readWitnessPolicy } from '../trail/witness-policy.ts';
import { requireInitialised, type Workspace, workspace } from '../workspace/workspace.ts';

interface ConsoleOptions extends RecordSource {
  readonly port: number;
  readonly log: string | undefined;
  readonly keys: string | undefined;
  readonly policy: string | undefined;
  readonly store: string | undefined;
  readonly function: string | undefined;
  readonly region: string | undefined;
}

/** Serves the page until it is told to stop. */
export async function openConsole(options: ConsoleOptions, io: Io): Promise<ExitCode> {
  const ws = workspace(options.dir);
  const isOwn = [options.file, options.s3, options.logGroup].every((place) => place === undefined);
  if (isOwn) requireInitialised(ws);
  await checkGiven(options);
  const own = isOwn ? ws : undefined;
  const { nowMs } = io;
  const feed: Feed = isOwn ? new FileFeed(ws.auditTrail) : await feedOf(options);
  const subject = evidenceOf(options, ws);
  const book: TrailBook = new TrailBook({
    feed,
    verify: (signal) =>
      verifyApart({ dir: options.dir, request: requestOf(options, nowMs()), lines: feed.lines?.() }, signal),
    from: options.from,
    to: options.to,
    nowMs,
    onChange: () => live.changed(),
  });
  const live = new Live(() => JSON.stringify(book.progress));
  const trials = own && new Trials(own, io);
  const guard = new Guard();
  const server = consoleServer({
    guard,
    files: await pageFiles(),
    subject: factsOf(options, own, feed, subject),
    book,
    live,
    prove: ({ row, text }) => proofOf(subject?.log, subject?.keys, { text, line: row.line, ...placeOf(text) }),
    policy: own && policyPages(own, nowMs),
    trials,
    tenants: tenantsOf(options, own),
    nowMs,
    onFault: (error) => io.stderr.write(logLine({ level: 'ERROR', message: 'Request failed', cause: causesOf(error) })),
  });
  const reading = book.run();
  const stopped = async (): Promise<void> => {
    await io.stopped();
    live.close();
  };
  try {
    await serveUntilStopped(server, { host: '127.0.0.1', port: options.port }, { ...io, stopped }, (origin, port) => {
      guard.listensOn(port);
      print(io, done(io, guard.address(origin)));
      say(io, 'Open it in a browser of this machine. Ctrl-C stops the console.');
    });
    return EXIT.ok;
  } finally {
    book.stop();
    await Promise.all([reading, trials?.close()]);
  }
}

/** Rejects with `CliError` or `LogError` for what cannot be read: the page would only say it later. */
async function checkGiven({ file, s3, logGroup, keyFile, keys, policy }: ConsoleOptions): Promise<void> {
  if ([file, s3, logGroup].filter((place) => place !== undefined).length > 1) {
    throw new CliError('CLI_USAGE', 'Only one of --file, --s3 and --log-group can be shown');
  }
  if (file !== undefined && !isInS3(file) && !existsSync(file)) {
    throw new CliError('CLI_USAGE', `${file} cannot be read (ENOENT)`);
  }
  if (keyFile !== undefined) {
    using _ = scopeOf((await readRecordKeys(keyFile)).values());
  }
  if (keys !== undefined) await readKeyList(keys);
  await readWitnessPolicy(policy);
}

/** What the verifier is asked for. */
function requestOf(options: ConsoleOptions, nowMs: number): VerifyRequest {
  const { file, s3, logGroup, keyFile, log, keys, policy } = options;
  return { file: file ?? s3, logGroup, keyFile, log, keys, policy, nowMs };
}

/** Returns where log and keys are; undefined where the options do not say enough to verify anything. */
function evidenceOf(options: ConsoleOptions, ws: Workspace): Subject | undefined {
  try {
    return subjectOf(requestOf(options, 0), ws);
  } catch (error) {
    if (error instanceof CliError) return undefined;
    throw error;
  }
}

/** A plain file and a log group may grow; everything else is read once. */
async function feedOf(options: ConsoleOptions): Promise<Feed> {
  const { file, logGroup } = options;
  if (logGroup !== undefined) return logGroupFeed(logGroup);
  return file !== undefined && (await isPlainFile(file)) ? new FileFeed(file) : new CopyFeed(linesOfSource(options));
}

/** Asks with the credentials of whoever looks. */
async function logGroupFeed(logGroup: string): Promise<Feed> {
  const [{ cloudWatchLogsClient }, { readLogMessages }] = await Promise.all([
    import('../../../lib/adapters/cloudwatch-logs/client.ts'),
    import('../../../lib/adapters/cloudwatch-logs/read-log-group.ts'),
  ]);
  const client = cloudWatchLogsClient();
  return new LogGroupFeed({ logGroup, read: (fromMs) => readLogMessages({ client, logGroup, fromMs }) });
}

async function isPlainFile(path: string): Promise<boolean> {
  if (path.includes('://') || (await stat(path).catch(() => undefined))?.isFile() !== true) return false;
  await using file = await open(path, 'r');
  const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
  return !isGzip(buffer);
}

function factsOf(
  { dir, file, s3, logGroup }: ConsoleOptions,
  own: Workspace | undefined,
  { isLive, lookEveryMs }: Feed,
  subject: Subject | undefined,
): SubjectFacts {
  return {
    release: RELEASE,
    records: file ?? s3 ?? logGroup ?? own?.auditTrail ?? dir,
    log: subject?.log,
    workspace: own?.dir,
    isLive,
    everyS: lookEveryMs < 1000 ? undefined : lookEveryMs / 1000,
  };
}

function tenantsOf(
  { dir, store, function: name, region }: ConsoleOptions,
  own: Workspace | undefined,
): (() => Promise<TenantFacts>) | undefined {
  if ([store, name, own].every((place) => place === undefined)) return undefined;
  const forwarder = { dir, store, function: name, region };
  // The tenants of a workspace say nothing about the lanes of another forwarder.
  return () => tenantFacts(store === undefined && name === undefined ? own : undefined, forwarder);
}

/** Returns the place of a signed record in its chain; no place is found for a record without one. */
function placeOf(text: string): { readonly chainId: string; readonly sequence: number } {
  const read = readLine(text);
  if (read.kind !== 'signed') return { chainId: '', sequence: 0 };
  const { chain_id: chainId, sequence } = read.record.signature;
  return { chainId, sequence };
}

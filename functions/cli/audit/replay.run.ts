import { errorName } from '../../../lib/base/error-code.ts';
import { DEFAULT_SETTLED_AFTER_S } from '../../../lib/contract/log-verifier.ts';
import {
  type CopiedLine,
  copiedLines,
  findUnsealed,
  type UnsealedRecord,
} from '../../../lib/evidence/find-unsealed.ts';
import { unsealed } from '../../../lib/evidence/unsealed.ts';
import { readEntries } from '../../../lib/transparency/entries.ts';
import { readNewest } from '../../../lib/transparency/past-size.ts';
import type { TileReader } from '../../../lib/transparency/ports.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { objectsAt } from '../files/place.ts';
import { print, quantity, say, sayFailure, styled } from '../output/text.ts';
import { RecordLines, type Unread } from '../trail/record-lines.ts';
import { sayUnread } from '../trail/records.ts';
import { openSealer } from '../trail/seal.ts';
import { requireWorkspace, type Workspace } from '../workspace/workspace.ts';

interface ReplayRequest {
  readonly file: string | undefined;
  readonly logGroup: string | undefined;
  readonly from: Date | undefined;
  readonly to: Date | undefined;
  readonly log: string | undefined;
  readonly stream: string | undefined;
  readonly dryRun: boolean;
}

/** Missing records of one chain. */
interface MissingChain {
  readonly chainId: string;
  records: number;
  from: number;
  to: number;
}

interface ReplayReport {
  /** Number of lines read. */
  lines: number;
  /** Number of lines that are no signed records. */
  rejected: number;
  /** Number of records that the log lacked. */
  missing: number;
  /** Number of them that the log, or the stream, has taken. */
  replayed: number;
  /** Ids of records that contradict one that was sealed before; a deployment's sealer reports them itself. */
  readonly forked: string[];
  /** Files of the copy that could not be read to their end. */
  unread: readonly Unread[];
  /** The chains of missing records, at most `MAX_CHAINS`. */
  readonly chains: readonly MissingChain[];
}

/** Brings missing records to the log. Resolves to the ids of those that contradict sealed ones. */
type Bring = (records: readonly UnsealedRecord[]) => Promise<readonly string[]>;

/** Most chains that a report names. */
const MAX_CHAINS = 100;
const SHOWN_CHAINS = 20;

/** Finds the records that a log lacks and brings them into it, part by part. */
export async function replayRecords(ws: Workspace, request: ReplayRequest, json: boolean, io: Io): Promise<ExitCode> {
  check(request);
  if (request.log === undefined) requireWorkspace(ws);
  const log = await objectsAt(request.log ?? ws.merkleLog);
  const bring = request.dryRun ? undefined : await target(ws, request, io);
  const report = await replayMissing(ws, request, log, bring, io);
  if (json) print(io, JSON.stringify(report));
  else show(io, request, report);
  sayUnread(io, report.unread);
  if (report.forked.length > 0) {
    sayFailure(io, 'Some records contradict others: both were sealed');
    return EXIT.bad;
  }
  if (report.missing > report.replayed) return EXIT.bad;
  return report.unread.length > 0 ? EXIT.usage : EXIT.ok;
}

/** Throws `CliError` for options that do not go together. */
function check({ logGroup, from, to, log, stream, dryRun }: ReplayRequest): void {
  if (logGroup !== undefined && (log === undefined || from === undefined)) {
    throw new CliError('CLI_USAGE', '--log-group needs --log, the log of the deployment, and --from');
  }
  if (logGroup === undefined && (from ?? to) !== undefined) {
    throw new CliError('CLI_USAGE', '--from and --to are for --log-group');
  }
  if (log === undefined && stream !== undefined) throw new CliError('CLI_USAGE', '--stream needs --log');
  if (log !== undefined && stream === undefined && !dryRun) {
    throw new CliError('CLI_USAGE', '--log needs --stream, from which its sealer reads, or --dry-run');
  }
}

/** Yields the lines that the log may lack. Counts in `total` all that it reads. */
async function* linesToCompare(
  ws: Workspace,
  { logGroup, file, from, to }: ReplayRequest,
  log: TileReader,
  total: { lines: number; unread: readonly Unread[] },
  nowMs: number,
): AsyncGenerator<CopiedLine> {
  if (logGroup !== undefined) {
    const toMs = to?.getTime() ?? nowMs - DEFAULT_SETTLED_AFTER_S * 1000;
    yield* counted(logGroupLines(logGroup, from!.getTime(), toMs), total);
    return;
  }
  const size = (await readNewest(log))?.size ?? 0;
  const copy = new RecordLines(file ?? ws.auditTrail);
  const lines = counted(copy, total);
  // A file is mostly in the order of its log; what is left may be anywhere in it.
  for await (const line of unsealed(lines, readEntries(log, 0, size))) yield { line, writtenMs: 0 };
  total.unread = copy.unread;
}

async function* counted<Line>(lines: AsyncIterable<Line>, total: { lines: number }): AsyncGenerator<Line> {
  for await (const line of lines) {
    total.lines += 1;
    yield line;
  }
}

async function* logGroupLines(logGroup: string, fromMs: number, toMs: number): AsyncGenerator<CopiedLine> {
  const [{ cloudWatchLogsReader }, { readLogMessages }] = await Promise.all([
    import('../../../lib/adapters/cloudwatch-logs/client.ts'),
    import('../../../lib/adapters/cloudwatch-logs/read-log-group.ts'),
  ]);
  try {
    yield* copiedLines(readLogMessages({ client: cloudWatchLogsReader(), logGroup, fromMs, toMs }));
  } catch (error) {
    throw new CliError('CLI_USAGE', `${logGroup} cannot be read (${errorName(error)})`);
  }
}

function target(ws: Workspace, { stream }: ReplayRequest, io: Io): Promise<Bring> {
  return stream === undefined ? intoWorkspace(ws, io) : intoStream(stream);
}

async function intoWorkspace(ws: Workspace, io: Io): Promise<Bring> {
  const { sealer } = await openSealer(ws, io.nowMs);
  return async (records) => (await sealer.seal(records.map(({ line }) => line))).forked;
}

/** Puts the records of each chain under its key, as a writer does, so that they stay in order. */
async function intoStream(streamName: string): Promise<Bring> {
  const [{ kinesisClient }, { kinesisAuditSink }] = await Promise.all([
    import('../../../lib/adapters/kinesis/client.ts'),
    import('../../../lib/adapters/kinesis/audit-sink.ts'),
  ]);
  const client = kinesisClient();
  return async (records) => {
    for (const [chainId, ofChain] of Map.groupBy(records, (record) => record.chainId)) {
      // A shard takes 1 MB a second, and a part has 16: ten attempts go on for most of a minute.
      const sink = kinesisAuditSink({ client, streamName, chainId, attempts: 10, backoffMs: 100 });
      // oxlint-disable-next-line no-await-in-loop -- the shard is the bottleneck
      await sink.append(ofChain.map(({ line, writtenMs }) => ({ line, timeMs: writtenMs })));
    }
    return [];
  };
}

/** Compares, and brings what is missing where `bring` is given. Says after each full part how far it is. */
async function replayMissing(
  ws: Workspace,
  request: ReplayRequest,
  log: TileReader,
  bring: Bring | undefined,
  io: Io,
): Promise<ReplayReport> {
  const chains = new Map<string, MissingChain>();
  const total = {
    lines: 0,
    rejected: 0,
    missing: 0,
    replayed: 0,
    forked: [] as string[],
    unread: [] as readonly Unread[],
  };
  const lines = linesToCompare(ws, request, log, total, io.nowMs());
  for await (const { isLast, rejected, unsealed: missing } of findUnsealed(lines, log)) {
    total.rejected += rejected;
    total.missing += missing.length;
    for (const record of missing) note(chains, record);
    if (bring !== undefined && missing.length > 0) {
      total.forked.push(...(await bring(missing)));
      total.replayed += missing.length;
    }
    if (!isLast) say(io, `${quantity(total.lines, 'line')} read, ${quantity(total.missing, 'record')} missing`);
  }
  return { ...total, chains: [...chains.values()] };
}

function note(chains: Map<string, MissingChain>, { chainId, sequence }: UnsealedRecord): void {
  const chain = chains.get(chainId);
  if (chain === undefined) {
    if (chains.size < MAX_CHAINS) chains.set(chainId, { chainId, records: 1, from: sequence, to: sequence });
    return;
  }
  chain.records += 1;
  chain.from = Math.min(chain.from, sequence);
  chain.to = Math.max(chain.to, sequence);
}

function show(io: Io, { dryRun, stream }: ReplayRequest, report: ReplayReport): void {
  const { missing, rejected, chains, forked } = report;
  const isFine = missing === 0 || !dryRun;
  const done =
    stream === undefined ? 'sealed now' : `put into ${stream}, from which the sealer seals them within a minute`;
  const end = missing === 0 ? '' : `: ${dryRun ? 'nothing was changed' : done}`;
  const mark = styled(io.stdout, isFine ? 'green' : 'red', isFine ? '✓' : '✗');
  print(
    io,
    `${mark} ${missing === 0 ? 'No record is' : `${quantity(missing, 'record')} ${missing === 1 ? 'is' : 'are'}`} missing from the log${end}`,
  );
  for (const { chainId, records, from, to } of chains.slice(0, SHOWN_CHAINS)) {
    print(io, `  ${quantity(records, 'record')} of chain ${chainId}, numbers ${from} to ${to}`);
  }
  if (chains.length > SHOWN_CHAINS) print(io, '  … and more chains (see --json)');
  if (rejected > 0) print(io, `  Left out, no signed record: ${quantity(rejected, 'line')}`);
  for (const id of forked) {
    print(
      io,
      `${styled(io.stdout, 'red', '✗ forked')}  ${id} contradicts a record that was sealed before; both are kept`,
    );
  }
}

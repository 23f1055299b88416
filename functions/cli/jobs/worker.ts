// A worker of a job: opens the policy for itself, and protects piece after piece. It writes no record: it counts, and the main thread
// records once the whole file is there.
// oxlint-disable unicorn/require-post-message-target-origin -- worker threads, not windows
import { parentPort, workerData } from 'node:worker_threads';
import { fileBudgetStore } from '../../../lib/adapters/file/budget-store.ts';
import { insecureLocalKeyService } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import { ProtectorError } from '../../../lib/base/errors.ts';
import { FilesError } from '../../../lib/files/errors.ts';
import { FlawedRowError, InPieceError } from '../../../lib/files/in-piece.ts';
import { fileOrigin } from '../../../lib/files/origin.ts';
import { packed } from '../../../lib/files/packing.ts';
import { BatchProtector, RowRefusedError } from '../../../lib/files/protect-batch.ts';
import { formatOfLayout } from '../../../lib/files/text-layout.ts';
import { TextPieces } from '../../../lib/files/text-piece.ts';
import type { ParquetFile } from '../../../lib/local/files/parquet-piece.ts';
import { LeasedBudgets } from '../../../lib/protect/budgets.ts';
import { callersOf } from '../../../lib/protect/caller.ts';
import type { CompiledPolicy } from '../../../lib/protect/compile.ts';
import { Protector } from '../../../lib/protect/protector.ts';
import { RefusedError } from '../../../lib/protect/refusal.ts';
import { explainRefusal } from '../../../lib/protect/refusal-text.ts';
import { SYSTEM_PACE } from '../../runtime/protect/budgets.ts';
import { policyUserFrom } from '../../runtime/protect/policy-user.ts';
import { loadPolicy } from '../../runtime/reload/policy.ts';
import { checkInForce } from '../sealing/policy-floor.ts';
import { workspace } from '../workspace/workspace.ts';
import type { Failure, FileName, FromWorker, PieceResult, Task, ToWorker, WorkerSetup } from './protocol.ts';

const setup = workerData as WorkerSetup;

/** One file under work. Pieces of several files may come mixed. */
interface OpenFile {
  readonly protector: BatchProtector;
  text?: TextPieces;
  parquet?: ParquetFile;
}

class JobWorker {
  readonly #policy: CompiledPolicy;
  readonly #protector: Protector;
  readonly #budgets: LeasedBudgets;
  readonly #files = new Map<number, OpenFile>();

  private constructor(policy: CompiledPolicy, protector: Protector, budgets: LeasedBudgets) {
    this.#policy = policy;
    this.#protector = protector;
    this.#budgets = budgets;
  }

  static async open(): Promise<JobWorker> {
    const ws = workspace(setup.workspaceDir);
    const keys = insecureLocalKeyService(ws.localKey);
    const policy = await loadPolicy(ws.sealedPolicy, keys, undefined, (bundle) => checkInForce(ws, bundle));
    if (policy.version !== setup.policyVersion) {
      throw new FilesError('FILES_STATE', 'The policy was sealed again while the job began: run it once more');
    }
    const budgets = new LeasedBudgets({ store: fileBudgetStore(ws.budgets), ...SYSTEM_PACE });
    const identify = callersOf(await policyUserFrom(setup.settings));
    const nothing = { record: (): void => {} };
    const protector = new Protector(() => Promise.resolve(policy), nothing, Date.now, identify, budgets);
    return new JobWorker(policy, protector, budgets);
  }

  async close(): Promise<void> {
    for (const { parquet } of this.#files.values()) {
      // oxlint-disable-next-line no-await-in-loop -- a handful of files
      await parquet?.[Symbol.asyncDispose]();
    }
    await this.#budgets.close();
    this.#policy.destroy();
  }

  async run(task: Task): Promise<PieceResult> {
    const file = this.#file(task.file);
    const result = task.is === 'text' ? await this.#text(file, task) : await this.#group(file, task);
    return { ...result, entries: file.protector.takeEntries() };
  }

  /** Forgets what a failed piece has counted. */
  forget(index: number): void {
    this.#files.get(index)?.protector.takeEntries();
  }

  #file(name: FileName): OpenFile {
    let file = this.#files.get(name.index);
    if (file === undefined) {
      const { columns, mayReject, user } = setup;
      const protector = new BatchProtector({
        protector: this.#protector,
        policy: this.#policy,
        columns,
        origin: fileOrigin(this.#protector.identify, user, name, columns),
        mayReject,
      });
      file = { protector };
      this.#files.set(name.index, file);
    }
    return file;
  }

  async #text(file: OpenFile, task: Extract<Task, { is: 'text' }>): Promise<Omit<PieceResult, 'entries'>> {
    const { columns, mayReject } = setup;
    file.text ??= new TextPieces(formatOfLayout(task.layout), file.protector, columns.length, mayReject);
    const { bytes, ...rest } = await file.text.run(task.bytes, task.to);
    return { ...rest, bytes: packed(bytes, task.packing) };
  }

  async #group(file: OpenFile, task: Extract<Task, { is: 'group' }>): Promise<Omit<PieceResult, 'entries'>> {
    file.parquet ??= await openParquet(file, task);
    return file.parquet.run(task.group);
  }
}

async function openParquet(file: OpenFile, task: Extract<Task, { is: 'group' }>): Promise<ParquetFile> {
  // Loaded with the first group: half of the time in which a worker starts goes into DuckDB, which texts do without.
  const { ParquetFile: Parquet } = await import('../../../lib/local/files/parquet-piece.ts');
  return Parquet.open({
    path: task.path,
    columns: setup.columns.map(({ name }) => name),
    protector: file.protector,
    temporary: task.temporary,
  });
}

function failureOf(error: unknown, firstRow = 0): Failure {
  if (error instanceof InPieceError) return failureOf(error.cause, error.firstRow);
  if (error instanceof FlawedRowError) return { is: 'row', reject: error.reject, entry: undefined };
  if (error instanceof RowRefusedError) {
    const row = error.reject.row + firstRow;
    return { is: 'row', reject: { ...error.reject, row }, entry: { ...error.entry, row } };
  }
  if (error instanceof RefusedError) return { is: 'refused', message: explainRefusal(error) };
  if (error instanceof ProtectorError) return { is: 'error', code: error.code, message: error.message };
  // The message of any other error may quote a value.
  return { is: 'fault', name: error instanceof Error ? error.name : typeof error };
}

const port = parentPort!;

function answer(message: FromWorker): void {
  const bytes = message.is === 'done' ? message.result.bytes : undefined;
  port.postMessage(message, bytes === undefined || bytes.buffer.byteLength === 0 ? [] : [bytes.buffer]);
}

try {
  const worker = await JobWorker.open();
  /** The piece under work. Never rejects. */
  let current = Promise.resolve();
  port.on('message', (message: ToWorker) => {
    if (message.is === 'close') {
      // DuckDB must not be closed under a query.
      void current.then(() => worker.close()).finally(() => port.close());
      return;
    }
    current = worker.run(message.task).then(
      (result) => answer({ is: 'done', result }),
      (error: unknown) => {
        worker.forget(message.task.file.index);
        answer({ is: 'failed', failure: failureOf(error) });
      },
    );
  });
  answer({ is: 'ready' });
} catch (error) {
  answer({ is: 'failed', failure: failureOf(error) });
  port.close();
}

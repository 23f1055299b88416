// Measures cold starts of the Redshift function: its bundle in a new process, as Lambda loads it, services stood in for on 127.0.0.1. One start
// follows the other, and the versions take turns.

import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { buildBundles } from '../support/bundle.ts';
import { startFakeAws } from '../support/fake-aws.ts';
import { deployTo } from '../support/lambda.ts';
import { redshiftEvent } from '../support/policy.ts';
import { type Figure, judged, type Section } from './figures.ts';
import { median } from './measure.ts';
import { ssns } from './redshift.ts';

const TAKE_CACHE = fileURLToPath(new URL('../../functions/runtime/bundle/take-code-cache.ts', import.meta.url));
const ROWS = 500;

/** Milliseconds from the start of the process: until it is ready for an invocation, of the first invocation, and both. */
interface Start {
  readonly init: number;
  readonly first: number;
  readonly whole: number;
  /** Of the processor, in all threads: what other load on the machine changes least. */
  readonly processor: number;
}

/** A build, and what Lambda says of the environment. */
interface Kind {
  readonly name: string;
  readonly folder: string;
  readonly variables?: Readonly<Record<string, string>>;
}

const BEFORE = 'before';
/** No caller waits for its start. */
const KEPT_READY = 'now, provisioned';

/** Measures this version, and the version whose build lies in the folder `before`. */
export async function coldStartSection(starts: number, before?: string): Promise<Section> {
  const built = await buildBundles();
  const layer = mkdtempSync(join(tmpdir(), 'bench-cold-'));
  const fake = await startFakeAws();
  try {
    const settings = await deployTo(fake, layer);
    const cached = join(layer, 'redshift');
    cpSync(join(built, 'redshift'), cached, { recursive: true });
    execFileSync(process.execPath, [TAKE_CACHE, cached]);
    const now = join(built, 'redshift');
    const kinds: readonly Kind[] = [
      ...(before === undefined ? [] : [{ name: BEFORE, folder: join(before, 'redshift') }]),
      { name: 'now', folder: now },
      { name: 'now, code cache', folder: cached },
      { name: KEPT_READY, folder: now, variables: { AWS_LAMBDA_INITIALIZATION_TYPE: 'provisioned-concurrency' } },
    ];
    const measured = new Map<string, Start[]>(kinds.map(({ name }) => [name, []]));
    for (let turn = 0; turn < starts; turn++) {
      for (const { name, folder, variables } of kinds) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
        measured.get(name)!.push(await startOnce(folder, { ...settings, ...variables }));
      }
    }
    return {
      title: `Cold start of the Redshift function, first batch of ${ROWS} rows, services on 127.0.0.1`,
      figures: [...measured].flatMap(([name, runs]) => figuresOf(name, runs, measured.get(BEFORE))),
    };
  } finally {
    await fake.close();
    for (const folder of [built, layer]) rmSync(folder, { recursive: true });
  }
}

/** Loads the function, awaits what the runtime awaits, invokes it once, and prints when each was done. */
const PROGRAM = `
  const { handler } = await import(process.argv[1]);
  const init = performance.now();
  const reply = await handler(JSON.parse(process.argv[2]), { awsRequestId: 'bench' });
  const whole = performance.now();
  if (!reply.success) throw new Error(reply.error_msg);
  const { user, system } = process.cpuUsage();
  console.log(JSON.stringify({ init, first: whole - init, whole, processor: (user + system) / 1000 }));
  process.exit(0);`;

async function startOnce(folder: string, settings: Readonly<Record<string, string>>): Promise<Start> {
  const event = JSON.stringify(redshiftEvent('pty_protect_dessn', ssns(ROWS)));
  const index = pathToFileURL(join(folder, 'index.mjs')).href;
  // Asked only in the mode `buffered`; without it a function prepares nothing.
  const env = { ...settings, AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9' };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', PROGRAM, index, event], {
    env,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Start;
}

function figuresOf(name: string, runs: readonly Start[], before: readonly Start[] | undefined): Figure[] {
  const figures = (['whole', 'init', 'first', 'processor'] as const).map((part): Figure => {
    const times = runs.map((run) => run[part]);
    return { name: `${name}: ${WORDS[part]}`, unit: 'ms', median: median(times), best: Math.min(...times) };
  });
  if (before === undefined || before === runs || name === KEPT_READY) return figures;
  const ratios = (['whole', 'processor'] as const).map((part): Figure => {
    const best = Math.min(...runs.map((run) => run[part])) / Math.min(...before.map((run) => run[part]));
    const each = runs.map((run, turn) => run[part] / before[turn]![part]);
    return judged(
      { name: `${name}: ${WORDS[part]}, against before`, unit: '×', median: median(each), best },
      { most: 0.75 },
    );
  });
  return [...figures, ...ratios];
}

const WORDS = {
  whole: 'start of the process to the first answer',
  init: 'of which before the first invocation',
  first: 'of which the first invocation',
  processor: 'time of the processor',
} as const;

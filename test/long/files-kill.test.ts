// A job that is killed with SIGKILL at any step that changes the disk, and run again with --resume: outputs, rejects and trail are those of
// a job that nobody disturbed. FILES_KILLS says at how many random steps; each costs two processes.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AuditRecord } from '../../lib/audit/record.ts';
import { childEnvironment, COMMAND, prepare } from '../support/command.ts';

const KILLS = Number(process.env.FILES_KILLS ?? '50');
const PRELOAD = fileURLToPath(new URL('../support/kill-at.mjs', import.meta.url));
const JOB = [
  'protect',
  '../in/x.csv',
  '../in/t.parquet',
  '--delimiter',
  ',',
  '--column',
  'ssn=deSSN',
  '--out',
  'out',
  '--rejects',
  'bad.csv',
  '--jobs',
  '2',
];

let root: string;
let steps = 0;
let expected: Outcome;

interface Outcome {
  readonly csv: string;
  readonly parquet: string;
  readonly rejects: string;
  readonly trail: readonly string[];
  readonly left: readonly string[];
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'files-kill-'));
  mkdirSync(join(root, 'in'));
  await prepare(['init', '--dir', 'made'], { cwd: root });
  // Few values and many bytes: three pieces.
  const note = 'x'.repeat(8000);
  const rows = Array.from({ length: 2200 }, (_, i) => `${i},${i % 500 === 7 ? '12' : 100_000_000 + i},${note}\n`);
  writeFileSync(join(root, 'in/x.csv'), `id,ssn,note\n${rows.join('')}`);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(
    `copy (select i as id, printf('%09d', 200000000 + i) as ssn from range(9000) t(i)) to '${join(root, 'in/t.parquet')}' (format parquet, row_group_size 2048)`,
  );
  connection.closeSync();
  instance.closeSync();
  const { folder, code } = await run('calm', JOB, { KILL_COUNT: join(root, 'steps') });
  if (code !== 1) throw new Error(`The calm run ended with ${code}`);
  steps = Number(readFileSync(join(root, 'steps'), 'utf8'));
  expected = outcomeOf(folder);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Runs the job in a folder of its own, over a copy of the workspace. */
async function run(
  name: string,
  args: readonly string[],
  settings: Record<string, string>,
): Promise<{ folder: string; code: number | null; stderr: string }> {
  const folder = join(root, name);
  if (!existsSync(folder)) {
    mkdirSync(folder);
    cpSync(join(root, 'made'), join(folder, 'made'), { recursive: true });
  }
  const child = spawn(process.execPath, ['--import', PRELOAD, COMMAND, ...args, '--dir', 'made'], {
    cwd: folder,
    env: childEnvironment(settings),
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdout.resume();
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ folder, code, stderr }));
  });
}

function outcomeOf(folder: string): Outcome {
  const base64 = (name: string): string => readFileSync(join(folder, name)).toString('base64');
  const lines = readFileSync(join(folder, 'made/audit/audit.jsonl'), 'utf8').trimEnd().split('\n');
  const trail = lines
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditRecord)
    .map(({ cnt, correlationid, protection }) =>
      JSON.stringify([correlationid, cnt, protection.audit_code, protection.dataelement]),
    )
    .toSorted();
  return {
    csv: base64('out/x.csv'),
    parquet: base64('out/t.parquet'),
    rejects: readFileSync(join(folder, 'bad.csv'), 'utf8'),
    trail,
    left: readdirSync(join(folder, 'out')).toSorted(),
  };
}

test('a calm run leaves two outputs, the rejects, and a record a column and outcome', () => {
  expect(steps).toBeGreaterThan(40);
  expect(expected.left).toEqual(['t.parquet', 'x.csv']);
  expect(expected.rejects.split('\n')).toHaveLength(5 + 2);
  expect(expected.trail).toEqual(
    [
      ['file:t.parquet:ssn', 9000, 6, 'deSSN'],
      ['file:x.csv:ssn', 2195, 6, 'deSSN'],
      ['file:x.csv:ssn', 5, 22, 'deSSN'],
    ]
      .map((fact) => JSON.stringify(fact))
      .toSorted(),
  );
});

/** Steps of a run, the same ones each time: spread over the whole job, and off the beat of its loop. */
const killedAt = Array.from({ length: KILLS }, (_, i) => (i * 0.618_033_988_75 + 0.37) % 1);

test.each(killedAt.map((share, i) => [i, share] as const))(
  'killed at random step %i, it ends the same',
  async (i, share) => {
    expect(await endOf(`killed-${i}`, String(1 + Math.floor(share * steps)))).toEqual(expected);
  },
);

/** Steps at which a row could be protected or counted twice, or not at all. */
test.each([
  'write 0.growing behind 1',
  'datasync 0.growing behind 2',
  'write journal.jsonl before 6',
  'datasync journal.jsonl behind 6',
  'write audit.jsonl behind 1',
  'datasync audit.jsonl behind 1',
  'datasync audit.jsonl behind 2',
  'rename 0.growing before 1',
  'rename 0.growing behind 1',
  'rename 1.growing behind 1',
])('killed at %s, it ends the same', async (step) => {
  expect(await endOf(step.replaceAll(' ', '-'), step)).toEqual(expected);
});

/** Runs the job, kills it at a step and resumes it. Resolves to what is there in the end. */
async function endOf(name: string, step: string): Promise<Outcome> {
  const killed = await run(name, JOB, { KILL_AT: step });
  const hadEnded = existsSync(join(killed.folder, 'bad.csv')) && readdirSync(join(killed.folder, 'out')).length === 2;
  if (killed.code === null) {
    const { code, stderr } = await run(name, [...JOB, '--resume'], {});
    if (code !== (hadEnded ? 0 : 1)) throw new Error(`Killed at ${step}, it is not resumed: ${stderr}`);
  } else if (/[a-z]/.test(step)) {
    // The order of some steps depends on the workers, so the last number of the calm run may never come; a name always does.
    throw new Error(`The job never came to ${step}: ${killed.stderr}`);
  }
  await prepare(['audit', 'verify', '--dir', 'made'], { cwd: killed.folder });
  const outcome = outcomeOf(killed.folder);
  rmSync(killed.folder, { recursive: true, force: true });
  return outcome;
}

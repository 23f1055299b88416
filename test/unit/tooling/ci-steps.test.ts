// The steps of .ci/run: beside each other, each with an output of its own, and none whose failure is lost.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const STEPS = fileURLToPath(new URL('../../../.ci/steps.sh', import.meta.url));

function run(script: string): { readonly status: number | null; readonly output: string } {
  const text = `set -euo pipefail\nsource "$STEPS"\ntrap stop_steps EXIT\n${script}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', text], {
    env: { ...process.env, STEPS, LANES: '2' },
    input: 'typed by a person',
    encoding: 'utf8',
  });
  return { status, output: (stdout + stderr).replace(/\(\d+ s/g, '(0 s') };
}

test('prints the output of each step whole, however the steps overlap', () => {
  const talk = 'talk() { echo "$1 begins"; sleep 0.3; echo "$1 ends"; }';
  const { status, output } = run(`${talk}\nstart one talk one\nstart two talk two\nfinish`);
  expect(status).toBe(0);
  expect(output).toBe('\n── one (0 s)\none begins\none ends\n\n── two (0 s)\ntwo begins\ntwo ends\n');
});

test('runs no more steps at a time than there are lanes', () => {
  const here = 'here() { touch "$d/$1"; sleep 0.3; echo "running: $(ls "$d" | grep -c .)"; rm "$d/$1"; }';
  const { status, output } = run(
    `d=$(mktemp -d)\n${here}\nfor n in 1 2 3 4 5; do start $n here $n; done\nfinish\nrmdir "$d"`,
  );
  expect(status).toBe(0);
  const running = [...output.matchAll(/^running: (\d)$/gm)].map(([, number]) => Number(number));
  expect(running).toHaveLength(5);
  expect(Math.max(...running)).toBe(2);
});

test('fails when one step fails, after the others, and shows what it printed', () => {
  const { status, output } = run(
    'bad() { echo why; return 3; }\nstart bad bad\nstart good echo fine\nfinish\necho never',
  );
  expect(status).toBe(1);
  expect(output).toContain('── bad (0 s): FAILED with 3\nwhy\n');
  expect(output).toContain('── good (0 s)\nfine\n');
  expect(output).toMatch(/\nFAILED: bad\n$/);
});

test('ends a step at its first command that fails', () => {
  const { status, output } = run('two() { false; echo never; }\nstart two two\nfinish');
  expect(status).toBe(1);
  expect(output).not.toContain('never');
});

test('stops at once when a step that runs alone fails', () => {
  const { status, output } = run('step alone false\necho never');
  expect(status).toBe(1);
  expect(output).toBe('\n── alone\n\nFAILED: alone (0 s, status 1)\n');
});

test('gives no step the standard input', () => {
  const { status, output } = run('start one cat\nstep two cat\nfinish');
  expect(status).toBe(0);
  expect(output).not.toContain('typed');
});

// The real process: its streams, environment, clock and signals.
import { styleText } from 'node:util';
import { runCommandLine } from './command-line.ts';
import { EXIT } from './core/exit.ts';
import type { Io, Output } from './core/io.ts';

function outputOf(stream: NodeJS.WriteStream): Output {
  return {
    write: (chunk, done) => stream.write(chunk, done),
    isTerminal: stream.isTTY,
    // NO_COLOR, FORCE_COLOR and the terminal decide, as Node reads them.
    hasColour: styleText('bold', 'x', { stream }) !== 'x',
    columns: stream.isTTY ? stream.columns : givenColumns(),
  };
}

/** Returns what COLUMNS says (POSIX.1-2024, 8.3), for a reader that is no terminal and has lines of a certain length. */
function givenColumns(): number | undefined {
  const columns = Number(process.env.COLUMNS);
  return Number.isInteger(columns) && columns > 0 ? columns : undefined;
}

/** Asks on standard error, so that standard output holds the result alone. */
async function ask(question: string): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(?:es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

/** Resolves at the first SIGINT or SIGTERM. The second one ends the process at once. */
function stopped(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      resolve();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });
}

const io: Io = {
  stdin: process.stdin,
  stdout: outputOf(process.stdout),
  stderr: outputOf(process.stderr),
  env: process.env,
  nowMs: Date.now,
  // The system resolves paths against the working directory, and messages show them as they were given.
  at: (path) => path,
  stopped,
  ask: process.stdin.isTTY && process.stderr.isTTY ? ask : undefined,
};

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.usage);
});

process.exitCode = await runCommandLine(process.argv.slice(2), io);

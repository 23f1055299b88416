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
    columns: stream.isTTY ? stream.columns : undefined,
  };
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
};

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.usage);
});

process.exitCode = await runCommandLine(process.argv.slice(2), io);

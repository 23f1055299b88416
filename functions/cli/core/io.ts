/** What a command may touch of the process that runs it. Tests give buffers, an environment and a clock of their own. */
export interface Io {
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly nowMs: () => number;
  /** Resolves a path that the user gave against the working directory. */
  readonly at: (path: string) => string;
  /** Resolves when the process is told to stop (SIGINT, SIGTERM). Until it is called, a signal ends the process at once. */
  readonly stopped: () => Promise<void>;
  /** Asks the person at the terminal a question that is answered by yes or no; undefined where no person is there. */
  readonly ask?: ((question: string) => Promise<boolean>) | undefined;
}

/** A stream for text. */
export interface Output {
  write(chunk: string | Uint8Array, done?: (error?: Error | null) => void): unknown;
  readonly isTerminal: boolean;
  /** Whether the reader wants escape sequences for colours. */
  readonly hasColour: boolean;
  /** Characters in a line of the terminal; undefined for anything else. */
  readonly columns: number | undefined;
}

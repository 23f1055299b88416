// A receiver that others wrote, as a process of its own that can be killed and started again on the same files and port.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/free-port.ts';
import { pace } from '../../../functions/runtime/forward/pace.ts';
import { tenantSinks } from '../../../functions/runtime/forward/tenant-sinks.ts';
import type { DeliverySink } from '../../../lib/delivery/ports.ts';
import type { EventFormat } from '../../../lib/tenants/event-format.ts';
import type { SinkSettings } from '../../../lib/tenants/model.ts';
import { sinkOf } from '../../support/small-tenants.ts';

/** What a receiver is started with and asked by. */
export interface Program {
  readonly command: readonly [program: string, ...arguments_: string[]];
  /** Settings of a tenant's sink that delivers to it. */
  readonly settings: SinkSettings;
  /** Says whether it takes events. */
  readonly isUp: () => Promise<boolean>;
  /** Returns the ids of the events that it keeps, in the order in which it took them. */
  readonly ids: () => Promise<readonly string[]>;
}

const TURNS = 4_000;
const TURN_MS = 25;

/** Waits for another process. Returns whether `enough` has come true. */
export async function settled(enough: () => boolean | Promise<boolean>): Promise<boolean> {
  for (let turn = 0; turn < TURNS; turn++) {
    // oxlint-disable-next-line no-await-in-loop -- it waits for another process
    if (await enough()) return true;
    // oxlint-disable-next-line no-await-in-loop -- it waits for another process
    await pace.sleep(TURN_MS);
  }
  return false;
}

/** Returns the sink that a forwarder opens for the settings, on a laptop: the receivers are on this machine. */
export function openSinkOf(settings: SinkSettings, format: EventFormat = 'native'): DeliverySink {
  return tenantSinks({ laptop: true })('t', sinkOf('s', { format, settings }));
}

export class ReceiverProcess<Kind extends Program = Program> {
  readonly program: Kind;
  readonly settings: SinkSettings;
  readonly ids: Program['ids'];
  readonly #directory: string;
  #child: ChildProcess | undefined;

  /** Starts a program. `programOf` gets a folder for its files, which goes with it, and a free port. */
  static async start<Kind extends Program>(
    programOf: (directory: string, port: number) => Kind,
  ): Promise<ReceiverProcess<Kind>> {
    const directory = mkdtempSync(join(tmpdir(), 'receiver-'));
    const receiver = new ReceiverProcess(programOf(directory, await freePort()), directory);
    await receiver.start();
    return receiver;
  }

  private constructor(program: Kind, directory: string) {
    this.program = program;
    this.#directory = directory;
    this.settings = program.settings;
    this.ids = program.ids;
  }

  /** Starts the process, again after `kill`. Resolves once it takes events. */
  async start(): Promise<void> {
    const [program, ...args] = this.program.command;
    this.#child = spawn(program, args, { stdio: 'ignore' });
    if (!(await settled(this.program.isUp))) throw new Error(`${program} does not start`);
  }

  /** Kills the process: it gets no chance to write or to close anything. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => void child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#directory, { recursive: true });
  }
}

// Puts one mutant at a time into a workspace and says what noticed it: a test, the time limit, the checks
// that need no test (types, lint), or nothing.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Equivalent, equivalentOf } from './equivalents.ts';
import { JestSession } from './jest-session.ts';
import type { NearestSuites } from './nearest-suites.ts';
import { type Mutant, mutated } from './operators.ts';
import { Workspace } from './workspace.ts';

export type Fate = 'killed' | 'timed out' | 'checks' | 'survived' | 'equivalent';

export interface Outcome {
  readonly mutant: Mutant;
  readonly fate: Fate;
  /** The suite that killed it. */
  readonly suite?: string;
  /** How many suites ran without noticing it. */
  readonly passed?: number;
}

export interface Campaign {
  readonly root: string;
  readonly files: readonly string[];
  readonly suites: NearestSuites;
  readonly equivalents: readonly Equivalent[];
  /** At most so many suites for a mutant. */
  readonly suitesEach: number;
  readonly limitMs: number;
  readonly workers: number;
  /** Takes each outcome as it comes. */
  readonly report: (outcome: Outcome) => void;
}

/** Tries every mutant, each worker in a workspace of its own. Returns the suites that fail without any mutant. */
export async function runCampaign(
  mutants: readonly Mutant[],
  campaign: Campaign,
): Promise<ReadonlyMap<string, string>> {
  const queue = mutants[Symbol.iterator]();
  const broken = new Map<string, string>();
  const work = async (): Promise<void> => {
    using workspace = Workspace.copyOf(campaign.root, campaign.files);
    const worker = new Worker(campaign, workspace, broken);
    try {
      // The iterator is shared: each worker takes the next mutant that no other has taken.
      for (const mutant of queue) campaign.report(await worker.fateOf(mutant));
    } finally {
      await worker.end();
    }
  };
  await Promise.all(Array.from({ length: campaign.workers }, work));
  return broken;
}

class Worker {
  readonly #campaign: Campaign;
  readonly #workspace: Workspace;
  readonly #session: JestSession;
  /** Suites that pass without a mutant. */
  readonly #sound = new Set<string>();
  /** Suite → why it fails without a mutant; of all workers. */
  readonly #broken: Map<string, string>;

  constructor(campaign: Campaign, workspace: Workspace, broken: Map<string, string>) {
    this.#campaign = campaign;
    this.#workspace = workspace;
    this.#session = new JestSession(workspace.root);
    this.#broken = broken;
  }

  end(): Promise<void> {
    return this.#session.end();
  }

  async fateOf(mutant: Mutant): Promise<Outcome> {
    const { file } = mutant;
    const source = this.#workspace.read(file);
    if (equivalentOf(this.#campaign.equivalents, source, mutant) !== undefined) return { mutant, fate: 'equivalent' };
    const changed = mutated(source, mutant);
    let passed = 0;
    for (const suite of this.#campaign.suites.of(file, this.#campaign.suitesEach)) {
      const seen = this.#broken.has(suite) ? {} : await this.#with(file, changed, source, () => this.#run(suite));
      if (seen.failed === undefined && seen.timedOut !== true) {
        passed++;
      } else if (await this.#isSound(suite)) {
        return { mutant, fate: seen.timedOut === true ? 'timed out' : 'killed', suite };
      }
    }
    const passes = await this.#with(file, changed, source, () => passesChecks(this.#workspace.root, file));
    return { mutant, fate: passes ? 'survived' : 'checks', passed };
  }

  #run(suite: string) {
    return this.#session.run([suite], this.#campaign.limitMs);
  }

  /** Whether the suite passes without a mutant: one that fails anyway has noticed nothing. */
  async #isSound(suite: string): Promise<boolean> {
    if (this.#sound.has(suite)) return true;
    const { failed, message, timedOut } = await this.#run(suite);
    if (failed === undefined && timedOut !== true) this.#sound.add(suite);
    else this.#broken.set(suite, message ?? 'longer than the time limit');
    return this.#sound.has(suite);
  }

  async #with<T>(file: string, changed: string, source: string, work: () => Promise<T>): Promise<T> {
    this.#workspace.write(file, changed);
    try {
      return await work();
    } finally {
      this.#workspace.write(file, source);
    }
  }
}

/** Of the linter's rules, the one that is about what a program does, and not about how it is written. */
const LINT = ['--type-aware', '-A', 'all', '-D', 'typescript/no-floating-promises'];

/** Whether the type checker takes the mutant, and the linter finds no promise that nobody waits for. */
async function passesChecks(root: string, file: string): Promise<boolean> {
  const run = promisify(execFile);
  const module = (path: string): string => join(root, 'node_modules', path);
  try {
    await run(process.execPath, [module('typescript/bin/tsc'), '--noEmit'], { cwd: root });
    await run(process.execPath, [module('oxlint/bin/oxlint'), ...LINT, file], { cwd: root });
    return true;
  } catch {
    return false;
  }
}

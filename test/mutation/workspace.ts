// A copy of the repository in a temporary folder: mutants are written there, and never into the tree of the caller.
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Files of the repository as they are on disk: those git tracks, and new ones it does not ignore. */
export function repositoryFiles(root: string): string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const names = execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 }).split('\0');
  return [...new Set(names)].filter((name) => name !== '' && existsSync(join(root, name)));
}

export class Workspace implements Disposable {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
    // Also when the run is interrupted.
    process.once('exit', this.#remove);
  }

  /** Copies `files` of `from`, and links its node_modules. */
  static copyOf(from: string, files: readonly string[]): Workspace {
    const root = mkdtempSync(join(tmpdir(), 'protector-mutants-'));
    for (const file of files) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      copyFileSync(join(from, file), join(root, file));
    }
    symlinkSync(join(from, 'node_modules'), join(root, 'node_modules'));
    return new Workspace(root);
  }

  read(file: string): string {
    return readFileSync(join(this.root, file), 'utf8');
  }

  write(file: string, source: string): void {
    writeFileSync(join(this.root, file), source);
  }

  [Symbol.dispose](): void {
    process.off('exit', this.#remove);
    this.#remove();
  }

  readonly #remove = (): void => rmSync(this.root, { recursive: true, force: true });
}

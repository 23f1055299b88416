// The other implementations of FF1 that `npm run bench -- --peers` compares with: how each is built, outside of the
// repository, and started. None is a dependency of this project.

import { execFile } from 'node:child_process';
import { cp, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface PeerTool {
  readonly name: string;
  /** What a machine needs to build and run it. */
  readonly needs: string;
  /** Values of a run: enough to take some milliseconds. */
  readonly values: number;
  /** Builds the peer in a folder of its own, and returns the command that starts it. Rejects without its toolchain. */
  readonly build: (folder: string) => Promise<readonly string[]>;
}

const SOURCES = fileURLToPath(new URL('.', import.meta.url));

const run = async (cwd: string, command: string, ...args: readonly string[]): Promise<void> => {
  await promisify(execFile)(command, args, { cwd });
};

const python = (module: string, pinned: string, values: number): PeerTool => ({
  name: `Python ${pinned.replace('==', ' ')}`,
  needs: 'python3 (3.10 or newer) with venv and pip',
  values,
  build: async (folder) => {
    await run(folder, 'python3', '-m', 'venv', 'venv');
    await run(folder, 'venv/bin/pip', 'install', '--quiet', pinned);
    return [join(folder, 'venv/bin/python'), join(SOURCES, 'python/peer.py'), module];
  },
});

export const PEER_TOOLS: readonly PeerTool[] = [
  {
    name: 'Go capitalone/fpe 1.2.1',
    needs: 'Go (1.21 or newer)',
    values: 10_000,
    build: async (folder) => {
      await cp(join(SOURCES, 'go'), folder, { recursive: true });
      await run(folder, 'go', 'build', '-mod=readonly', '-o', 'peer', '.');
      return [join(folder, 'peer')];
    },
  },
  {
    name: 'Rust fpe 0.7.0',
    needs: 'Rust with cargo',
    values: 10_000,
    build: async (folder) => {
      await cp(join(SOURCES, 'rust'), folder, { recursive: true });
      await run(folder, 'cargo', 'build', '--quiet', '--release', '--locked');
      return [join(folder, 'target/release/peer')];
    },
  },
  {
    name: 'Java BouncyCastle 1.87',
    needs: 'java (17 or newer) with mvn',
    values: 10_000,
    build: async (folder) => {
      const pom = join(SOURCES, 'java/pom.xml');
      await run(
        folder,
        'mvn',
        '--batch-mode',
        '--quiet',
        '-f',
        pom,
        'dependency:copy-dependencies',
        `-DoutputDirectory=${folder}`,
      );
      const jars = [join(folder, 'bcprov-jdk18on-1.87.jar')].join(delimiter);
      return ['java', '-cp', jars, join(SOURCES, 'java/Peer.java')];
    },
  },
  python('fastfpe', 'fastfpe==0.2.1', 10_000),
  python('ffx', 'libffx==2.0.1', 200),
];

/** Builds a peer in a folder that is kept for the next run. */
export async function buildPeer(tool: PeerTool): Promise<readonly string[]> {
  const folder = join(tmpdir(), `protector-peer-${tool.name.replaceAll(/[^A-Za-z0-9.]+/g, '-').toLowerCase()}`);
  await mkdir(folder, { recursive: true });
  return tool.build(folder);
}

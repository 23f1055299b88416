// npm run kernels [-- --check]: compiles FF1's kernels from AssemblyScript to WebAssembly and writes them into the source that
// the engine loads. The same compiler makes the same bytes of the same source; `--check` compares them with those that are
// committed, writes nothing, and exits 1 where they differ.

import { readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCE = 'lib/crypto/ff1-kernels.as.ts';
const TARGET = 'lib/crypto/ff1-kernels-wasm.ts';

/** Imported without its types: they declare globals of AssemblyScript for every file of the project. */
const COMPILER: string = 'assemblyscript/asc';

interface Compiler {
  readonly main: (
    options: readonly string[],
    files: {
      readonly readFile: (name: string, base: string) => string | null;
      readonly writeFile: (name: string, contents: Uint8Array | string) => void;
      readonly listFiles: () => readonly string[];
    },
  ) => Promise<{ readonly error: Error | null; readonly stderr: { toString(): string } }>;
}

/** No runtime, no import, and thirteen pages of memory (832 KB) that never grow. */
const OPTIONS =
  '-O3 --shrinkLevel 1 --runtime stub --enable simd --initialMemory 13 --maximumMemory 13 --noAssert --use abort='.split(
    ' ',
  );

/** Compiles the kernels. Rejects with the compiler's messages. */
async function compile(): Promise<Uint8Array> {
  const out = new Map<string, Uint8Array>();
  const { main } = (await import(COMPILER)) as Compiler;
  const { error, stderr } = await main([SOURCE, ...OPTIONS, '--outFile', 'kernels.wasm'], {
    readFile: (name, base) => read(name === SOURCE ? ROOT : base, name),
    writeFile: (name, contents) => void out.set(name, Buffer.from(contents)),
    listFiles: () => [],
  });
  if (error !== null) throw new Error(`${SOURCE} does not compile:\n${stderr.toString()}`, { cause: error });
  return out.get('kernels.wasm')!;
}

function read(base: string, name: string): string | null {
  try {
    return readFileSync(`${base}/${name}`, 'utf8');
  } catch {
    return null; // The compiler tries several names.
  }
}

function sourceOf(code: Uint8Array): string {
  const sha256 = createHash('sha256').update(code).digest('hex');
  return `// Made by \`npm run kernels\` from ff1-kernels.as.ts: ${code.length} bytes,
// SHA-256 ${sha256}. Not compressed: unpacking them takes longer than compiling them.

export const KERNELS_WASM =
  '${Buffer.from(code).toString('base64')}';
`;
}

const { values: options } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const code = await compile();
if (!options.check) {
  writeFileSync(`${ROOT}/${TARGET}`, sourceOf(code));
  process.stdout.write(`${TARGET}: ${code.length} bytes\n`);
} else if (readFileSync(`${ROOT}/${TARGET}`, 'utf8') !== sourceOf(code)) {
  process.stderr.write(`${TARGET} is not what ${SOURCE} compiles to: run \`npm run kernels\` and commit both\n`);
  process.exitCode = 1;
}

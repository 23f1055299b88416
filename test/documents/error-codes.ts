// Every code of an error that this product throws on purpose, read off the sources.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './pages.ts';

/** Code → the file that declares it. */
export type ErrorCodes = ReadonlyMap<string, string>;

/** Reads the codes of every class of errors, and of errors that are thrown without a class of their own. */
export function errorCodes(): ErrorCodes {
  const found = new Map<string, string>();
  for (const [file, text] of sources()) {
    for (const code of [...classCodes(file, text), ...plainCodes(text)]) found.set(code, file);
  }
  return found;
}

function sources(): [string, string][] {
  return ['lib', 'functions', 'infra'].flatMap((top) =>
    readdirSync(join(ROOT, top), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name): [string, string] => [join(top, name), readFileSync(join(ROOT, top, name), 'utf8')]),
  );
}

const CODE = /'([A-Z][A-Z0-9_]+)'/g;

/** Codes that are the type argument of a class: a union, or the name of a type in the same file. */
function classCodes(file: string, text: string): string[] {
  const bases = [...text.matchAll(/class \w+ extends (?:ProtectorError|DocumentError)<([^>{]*)>/g)];
  return bases.flatMap(([, argument]) => {
    const quoted = codesIn(argument!);
    if (quoted.length > 0) return quoted;
    const name = argument!.trim();
    if (name === 'Code') return []; // the base of documents passes on the code of its subclass
    const named = namedCodes(text, name);
    if (named.length === 0) throw new Error(`${file}: the codes of ${name} are not in its file`);
    return named;
  });
}

/** The codes of `type <name> = …`: quoted ones, and the members of tables of which it is the `keyof`. */
function namedCodes(text: string, name: string): string[] {
  const type = new RegExp(`type ${name} =([^;]*);`).exec(text)?.[1] ?? '';
  const tables = [...type.matchAll(/keyof typeof (\w+)/g)].flatMap(([, table]) => {
    const body = new RegExp(`const ${table} = \\{([^]*?)\\n\\}`).exec(text)?.[1] ?? '';
    return [...body.matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)].map(([, code]) => code!);
  });
  return [...codesIn(type), ...tables];
}

/** Codes of `new ProtectorError('CODE', …)`. */
function plainCodes(text: string): string[] {
  return [...text.matchAll(/new ProtectorError\(\s*'([A-Z][A-Z0-9_]+)'/g)].map(([, code]) => code!);
}

function codesIn(text: string): string[] {
  return [...text.matchAll(CODE)].map(([, code]) => code!);
}

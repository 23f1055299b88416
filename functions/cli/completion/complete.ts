// What a shell offers behind the words of a command line: read off the declarations, and off the policy of the workspace.
import {
  type Argument,
  type Command,
  type Completes,
  flagOf,
  type Group,
  isGroup,
  type Option,
} from '../core/command.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import type { Program } from '../core/program.ts';
import { path, pathOrStdin, place } from '../core/readers.ts';
import { policyNames } from './policy-names.ts';

/** A word that fits, and what it stands for. */
type Candidate = readonly [word: string, summary: string];

/** The shell completes files or directories itself. */
type Offer = readonly Candidate[] | 'files' | 'directories';

const HELP: Candidate = ['--help', 'how it is used'];

/**
 * Prints a line for each word that may stand in place of the last one: the word, a tab and a summary; or one line `:files` or
 * `:directories`. Prints nothing where nothing fits, and never fails: a shell shows no reason.
 */
export async function complete(program: Program, words: readonly string[], io: Io): Promise<ExitCode> {
  const current = words.at(-1) ?? '';
  const offer = await offerFor(program, words.slice(0, -1), current, io).catch((): Offer => []);
  if (typeof offer === 'string') io.stdout.write(`:${offer}\n`);
  else {
    const fitting = offer.filter(([word]) => word.startsWith(current));
    io.stdout.write(fitting.map(([word, summary]) => `${word}\t${oneLine(summary)}\n`).join(''));
  }
  return EXIT.ok;
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\s]+/gu, ' ');
}

/** The words before the one that is completed, as they are understood. */
interface Typed {
  readonly nodes: readonly (Command | Group)[];
  readonly command: Command | undefined;
  /** How many arguments of the command are there. */
  readonly given: number;
  readonly flags: ReadonlySet<string>;
  /** The option whose value comes next. */
  readonly open: Option | undefined;
  /** The workspace that was named. */
  readonly dir: string | undefined;
}

async function offerFor(program: Program, before: readonly string[], current: string, io: Io): Promise<Offer> {
  const typed = await understand(program, before, io);
  if (typed === undefined) return [];
  const { command, open, flags } = typed;
  if (open !== undefined && !(current.startsWith('-') && isVariadic(open))) return valuesOf(open, typed, program, io);
  if (current.startsWith('-')) {
    const options = Object.entries({ ...program.options, ...command?.options });
    const left = options.filter(([name]) => !flags.has(flagOf(name)));
    return [...left.map(([name, { summary }]): Candidate => [flagOf(name), summary]), HELP];
  }
  if (command === undefined) return typed.nodes.map(({ name, summary }) => [name, summary]);
  const declared = Object.values(command.arguments);
  const argument = declared[typed.given] ?? (declared.at(-1)?.several === true ? declared.at(-1) : undefined);
  return argument === undefined ? [] : valuesOf(argument, typed, program, io);
}

/** Reads words as the parser does; `undefined` where they name no command. */
async function understand(program: Program, words: readonly string[], io: Io): Promise<Typed | undefined> {
  let { nodes } = program;
  let command: Command | undefined;
  let given = 0;
  let open: [name: string, option: Option] | undefined;
  let dir: string | undefined;
  const flags = new Set<string>();
  for (const word of words) {
    const options = Object.entries({ ...program.options, ...command?.options });
    if (open !== undefined && !word.startsWith('-')) {
      if (open[0] === 'dir') dir = io.at(word);
      if (!isVariadic(open[1])) open = undefined;
    } else if (word.startsWith('-') && word !== '-') {
      const [flag = '', value] = word.split('=', 2);
      const found = options.find(([name, { short }]) => flagOf(name) === flag || short === flag);
      if (found?.[0] === 'dir' && value !== undefined) dir = io.at(value);
      open = found?.[1].value === undefined || value !== undefined ? undefined : found;
      if (found !== undefined) flags.add(flagOf(found[0]));
    } else if (command === undefined) {
      const node = nodes.find(({ name }) => name === word);
      if (node === undefined) return undefined;
      // oxlint-disable-next-line no-await-in-loop -- a noun is known when the one before it is
      if (isGroup(node)) nodes = await node.load();
      else command = node;
    } else given += 1;
  }
  return { nodes, command, given, flags, open: open?.[1], dir };
}

function isVariadic({ value }: Option): boolean {
  return value?.endsWith('...>') === true;
}

async function valuesOf(parameter: Argument | Option, typed: Typed, program: Program, io: Io): Promise<Offer> {
  const { choices, completes, read } = parameter;
  if (choices !== undefined) return choices.map((choice) => [choice, '']);
  if (completes === 'file') return 'files';
  if (completes === 'directory') return 'directories';
  if (completes !== undefined) return names(completes, typed, program, io);
  return [path, place, pathOrStdin].some((each) => each === read) ? 'files' : [];
}

async function names(
  kind: Exclude<Completes, 'file' | 'directory'>,
  typed: Typed,
  program: Program,
  io: Io,
): Promise<Offer> {
  if (kind === 'type') {
    const { describeTypes } = await import('../../../lib/policy/element-types.ts');
    return describeTypes().map(({ element, alphabet }) => [element.type!, alphabet]);
  }
  const { env, default: usual } = program.options.dir!;
  const dir = typed.dir ?? io.at(io.env[env!] ?? String(usual));
  return (await policyNames(dir, kind)).map((name) => [name, kind]);
}

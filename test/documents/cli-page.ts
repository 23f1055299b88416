// docs/cli.md, made from the declarations of the commands.
import { COMMANDS } from '../../functions/cli/commands.ts';
import { type Argument, type Command, type Group, isGroup, type Option } from '../../functions/cli/core/command.ts';

interface NamedCommand {
  /** `protector audit keys list` */
  readonly name: string;
  readonly command: Command;
}

/** Returns the page: every command in the order of `protector --help`. */
export async function commandsPage(): Promise<string> {
  const sections: string[] = [];
  for (const node of COMMANDS) {
    const commands = await commandsOf(node, 'protector');
    const parts = await Promise.all(commands.map(sectionOf));
    const head = isGroup(node) ? [`## protector ${node.name}`, wrapped(sentence(node.summary))] : [];
    sections.push(...head, ...parts.map((part) => (isGroup(node) ? part.replace('## ', '### ') : part)));
  }
  return `${INTRODUCTION}\n${sections.join('\n\n')}\n`;
}

/** Returns every command below a node, with its full name. */
export async function commandsOf(node: Command | Group, before: string): Promise<NamedCommand[]> {
  const name = `${before} ${node.name}`;
  if (!isGroup(node)) return [{ name, command: node }];
  const below = await Promise.all((await node.load()).map((one) => commandsOf(one, name)));
  return below.flat();
}

const INTRODUCTION = `# Commands

This page lists every command with its arguments and options. \`npm run docs\` makes it from the declarations of the commands, and a test says
when it is stale. Every command prints the same under \`--help\`:

\`\`\`sh
npx protector policy check --help
\`\`\`

Results go to standard output; progress, hints and errors to standard error. Exit codes: 0 for success, 1 for a refusal or a bad finding, 2
for wrong usage or environment, 70 for a fault of the program. \`PROTECTOR_DEBUG=1\` then shows where.
`;

async function sectionOf({ name, command }: NamedCommand): Promise<string> {
  const args = Object.entries(command.arguments);
  const options = Object.entries(command.options);
  const usage = [
    name,
    ...args.map(([arg, one]) => argumentText(arg, one)),
    ...(options.length > 0 ? ['[options]'] : []),
  ];
  const help = (typeof command.help === 'string' ? command.help : await command.help()).trim();
  const rows = [
    ...args.map(([arg, one]) => [`\`${argumentText(arg, one)}\``, meaningOf(one), defaultOf(one)]),
    ...options.map(([option, one]) => [`\`${optionText(option, one)}\``, optionMeaning(one), defaultOf(one)]),
  ];
  return [
    `## ${name}`,
    wrapped(sentence(command.summary)),
    `\`\`\`text\n${usage.join(' ')}\n\`\`\``,
    ...(rows.length === 0 ? [] : [tableOf(['Argument or option', 'Meaning', 'Default'], rows)]),
    ...(help === '' ? [] : [`\`\`\`text\n${help}\n\`\`\``]),
  ].join('\n\n');
}

function argumentText(name: string, { several, optional, default: fallback }: Argument): string {
  const shown = several === true ? `${name}...` : name;
  return optional === true || fallback !== undefined ? `[${shown}]` : `<${shown}>`;
}

function optionText(name: string, { short, value }: Option): string {
  const long = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return [short === undefined ? long : `${short}, ${long}`, value ?? ''].join(' ').trimEnd();
}

function optionMeaning(option: Option): string {
  const { required, env, conflicts } = option;
  return [
    meaningOf(option),
    ...(required === true ? ['Required.'] : []),
    ...(env === undefined ? [] : [`Or by the variable \`${env}\`.`]),
    ...(conflicts === undefined ? [] : [`Not with \`--${conflicts}\`.`]),
  ].join(' ');
}

function meaningOf({ summary, choices }: Argument | Option): string {
  const listed = choices === undefined ? '' : ` (${choices.map((choice) => `\`${choice}\``).join(', ')})`;
  return sentence(`${summary}${listed}`);
}

function defaultOf({ default: fallback }: Argument | Option): string {
  return fallback === undefined ? '' : `\`${fallback}\``;
}

/** A summary begins with a small letter and has no full stop. */
function sentence(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`.replace(/\.\.$/, '.');
}

/** Breaks a paragraph into lines of at most 140 characters. */
function wrapped(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > 140) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join('\n');
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(row)].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

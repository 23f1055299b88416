// A policy for sampled tables: an element for each kind that was found, shared by the columns that hold it, and three roles to start
// from. Comments of the YAML say the reason for each choice; no text of a draft holds a value.
import { Document, isMap, type YAMLMap } from 'yaml';
import { parsePolicy } from '../policy/parse.ts';
import type { PolicyDocument } from '../policy/schema.ts';
import type { SampledTable } from './column.ts';
import { type Kind, KIND_TABLE, type KindTraits } from './kinds/table.ts';
import { detectKinds } from './neighbours.ts';
import { type ElementOptions, type Proposal, type ProposedElement, proposeFor } from './propose.ts';

/** A column with its place, its finding, and the name of its element in the draft. */
export interface DraftColumn extends Proposal {
  readonly table: string;
  readonly elementName?: string;
}

export interface Draft {
  readonly columns: readonly DraftColumn[];
  /** Absent where no column needs an element: a policy has one at least. */
  readonly policy?: DraftPolicy;
}

export interface DraftPolicy {
  readonly document: PolicyDocument;
  readonly yaml: string;
  /** Policy tests in YAML: what the roles of the draft promise. */
  readonly tests: string;
}

export interface DraftOptions {
  /** Of the policy, and of its data store. */
  readonly name: string;
  /** Makes the id of an element, a UUID. */
  readonly newId: () => string;
}

/** Reserved words of the draft: each role has one member, to be replaced by users of the warehouse. */
const ETL = 'etl';
const ANALYST = 'analyst';
const AUDITOR = 'auditor';

/** Finds the kinds of all columns and drafts the policy. Throws `PolicyError` for a name that no policy may have. */
export function draftPolicy(tables: readonly SampledTable[], options: DraftOptions): Draft {
  const proposals = tables.flatMap(({ name, columns }) => {
    const findings = detectKinds(columns);
    return columns.map((column, i) => ({ table: name, ...proposeFor(column, findings[i]!) }));
  });
  const elements = new DraftElements(options.newId);
  const columns = proposals.map((proposal): DraftColumn => {
    const { element, finding } = proposal;
    if (element === undefined) return proposal;
    return { ...proposal, elementName: elements.nameFor(element, finding.kind, finding.number?.label) };
  });
  if (elements.all.length === 0) return { columns };
  const content = { name: options.name, dataStore: options.name, ...rolesFor(elements.all) };
  const document = parsePolicy(content);
  return { columns, policy: { document, yaml: yamlOf(content, columns), tests: testsOf(elements.all) } };
}

interface DraftElement {
  readonly id: string;
  readonly name: string;
  readonly kind: Kind;
  readonly options: ElementOptions;
}

/** The elements of a draft: columns of one kind with equal options share one, so that their tokens join. */
class DraftElements {
  readonly all: DraftElement[] = [];
  readonly #newId: () => string;

  constructor(newId: () => string) {
    this.#newId = newId;
  }

  nameFor({ options }: ProposedElement, kind: Kind, label: string | undefined): string {
    const traits: KindTraits = KIND_TABLE[kind];
    const base = label === undefined ? traits.element! : `de${label}`;
    const same = this.all.find(
      (each) => each.name.replace(/_\d+$/, '') === base && JSON.stringify(each.options) === JSON.stringify(options),
    );
    if (same !== undefined) return same.name;
    const number = this.all.filter(({ name }) => name.replace(/_\d+$/, '') === base).length + 1;
    const name = number === 1 ? base : `${base}_${number}`;
    this.all.push({ id: this.#newId(), name, kind, options });
    return name;
  }
}

const LAST_FOUR = { name: 'last4', fromLeft: 0, fromRight: 4, mode: 'clear', character: '*' } as const;

function isMasked({ kind }: DraftElement): boolean {
  return kind === 'card';
}

function rolesFor(elements: readonly DraftElement[]) {
  const grants = (of: (element: DraftElement) => object): object[] =>
    elements.map((element) => ({ element: element.name, ...of(element) }));
  return {
    ...(elements.some(isMasked) && { masks: [LAST_FOUR] }),
    elements: elements.map(({ id, name, kind, options }) => ({ id, name, description: describe(kind), ...options })),
    roles: [
      {
        name: ETL,
        description: 'Loads data: may protect, and sees nothing',
        members: [ETL],
        grants: grants(() => ({ permissions: ['protect'], noAccess: 'exception' })),
      },
      {
        name: ANALYST,
        description: 'Works with tokens: sees NULL, and the last four digits of cards',
        members: [ANALYST],
        grants: grants((element) =>
          isMasked(element)
            ? { permissions: ['unprotect'], noAccess: 'null', mask: LAST_FOUR.name }
            : { permissions: [], noAccess: 'null' },
        ),
      },
      {
        name: AUDITOR,
        description: 'Sees every element in clear, and each look is recorded',
        members: [AUDITOR],
        grants: grants(() => ({ permissions: ['unprotect'], noAccess: 'exception' })),
      },
    ],
  };
}

function describe(kind: Kind): string {
  const { title } = KIND_TABLE[kind];
  return sentence(title);
}

function yamlOf(content: object, columns: readonly DraftColumn[]): string {
  const document = new Document({ $schema: './schemas/policy.schema.json', ...content });
  const left = columns.filter(({ elementName }) => elementName === undefined);
  document.commentBefore = [
    ' Drafted from a sample by "protector discover". Read the reasons, replace the users, and run "protector policy check".',
    ...(left.length === 0 ? [] : [' Left in clear:', ...left.map((column) => `   ${leftLine(column)}`)]),
  ].join('\n');
  for (const [part, comment] of Object.entries(COMMENTS)) commentOn(document, [part], comment);
  (document.getIn(['elements']) as YAMLMap).items.forEach((node, i) => {
    const name = document.getIn(['elements', i, 'name']);
    const own = columns.filter(({ elementName }) => elementName === name);
    if (isMap(node))
      node.commentBefore = own
        .flatMap(commentLines)
        .map((line) => ` ${line}`)
        .join('\n');
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

const COMMENTS = {
  dataStore: 'Policies of one data store share a keyring, and so have equal tokens: name the systems, not this policy.',
  roles: 'Replace the members by users of the warehouse. A user without a role gets nothing.',
} as const;

function commentOn(document: Document, path: readonly string[], comment: string): void {
  const pair = (document.contents as YAMLMap).items.find(({ key }) => String(key) === path[0]);
  if (pair !== undefined) (pair.key as { commentBefore?: string }).commentBefore = ` ${comment}`;
}

function leftLine({ table, column, finding }: DraftColumn): string {
  const { title, leftAlone }: KindTraits = KIND_TABLE[finding.kind];
  return safe(`${table}.${column.name}: ${title}; ${leftAlone}`);
}

function commentLines(column: DraftColumn): string[] {
  const { finding, element, table } = column;
  return [
    `${table}.${column.column.name}: ${finding.sure}; ${finding.why.join('; ')}`,
    ...element!.why.map(sentence),
    ...outcomeLines(element!),
  ].map(safe);
}

/** Returns what the engine makes of the sample, in sentences without a full stop. */
export function outcomeLines({ trial }: ProposedElement): string[] {
  const { rows, refused, clear, weak, clearParts, width } = trial;
  const of = `of ${count(rows)} rows`;
  return [
    refused.length === 0
      ? `The engine takes all ${count(rows)} rows with a value`
      : `The engine refuses ${refused.map((each) => `${count(each.rows)} ${of}: ${each.reason}`).join('; ')}`,
    ...(clear === 0 ? [] : [`${count(clear)} ${of} stay clear`]),
    ...(weak === 0 ? [] : [`${count(weak)} ${of} get tokens of a small domain, which can be guessed by trying all`]),
    ...(clearParts.length === 0 ? [] : [`Stays clear: ${clearParts.join(', ')}`]),
    `Width: values have up to ${count(width.value.bytes)} bytes, tokens ${count(width.token.bytes)}; for n bytes ${width.bytes}`,
  ];
}

function sentence(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}`;
}

/** Names of tables and columns come from files: characters that end or hide a line of comment become blanks. */
function safe(text: string): string {
  return text.replaceAll(/[\p{C}\u2028\u2029]/gu, ' ');
}

function testsOf(elements: readonly DraftElement[]): string {
  const tests = elements.flatMap((element) => [
    `${ETL} protects ${element.name}: allowed`,
    `${ETL} unprotects ${element.name}: refused`,
    `${ANALYST} unprotects ${element.name}: ${isMasked(element) ? 'masked' : 'null'}`,
    `${AUDITOR} unprotects ${element.name}: clear`,
  ]);
  const statements = [
    ...elements.map(({ name }) => `nobody but role ${AUDITOR} sees ${name} in clear`),
    `only role ${ETL} protects any element`,
    'every element has somebody who may unprotect it',
  ];
  const document = new Document({ tests, statements });
  document.commentBefore = [
    ' yaml-language-server: $schema=./schemas/policy-tests.schema.json',
    ' What the drafted roles promise. "protector policy test" runs it.',
  ].join('\n');
  return document.toString({ lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' });
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}

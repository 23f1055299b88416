// Lists every place of a source file where one small mistake can be made, with the text of the mistake.
import { parse } from '@babel/parser';

export interface Mutant {
  /** Path from the root of the repository. */
  readonly file: string;
  readonly operator: string;
  /** Offsets in UTF-16 units of the text that is replaced. */
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** From 1. */
  readonly line: number;
}

/** A node of Babel's syntax tree, of which only the members that an operator asks for are read. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [member: string]: unknown;
}

interface Edit {
  readonly operator: string;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/** Where a node stands: the member of `parent` that holds it. */
interface Place {
  readonly parent: Node | undefined;
  readonly member: string;
}

type Operator = (node: Node, source: string, place: Place) => readonly Edit[];

/** All mutants of a TypeScript file in the order of its text. Types, imports and directives are left alone. */
export function mutantsOf(file: string, source: string): Mutant[] {
  const { program } = parse(source, { sourceType: 'module', plugins: ['typescript', 'explicitResourceManagement'] });
  const edits: Edit[] = [];
  visit(program as unknown as Node, { parent: undefined, member: '' }, (node, place) => {
    edits.push(...(OPERATORS[node.type]?.flatMap((operator) => operator(node, source, place)) ?? []));
  });
  const sorted = edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
  return sorted.map((edit) => ({ file, ...edit, line: lineOf(source, edit.start) }));
}

/** The source with one mutant in it. */
export function mutated(source: string, { start, end, replacement }: Mutant): string {
  return source.slice(0, start) + replacement + source.slice(end);
}

/** Expressions that wrap a value in a type; every other node whose name begins with TS is a type alone. */
const TYPED_VALUES: ReadonlySet<string> = new Set(['TSAsExpression', 'TSNonNullExpression', 'TSSatisfiesExpression']);
const NOT_CODE: ReadonlySet<string> = new Set(['ImportDeclaration', 'ExportAllDeclaration', 'Directive']);

function visit(node: Node, place: Place, each: (node: Node, place: Place) => void): void {
  if (NOT_CODE.has(node.type) || (node.type.startsWith('TS') && !TYPED_VALUES.has(node.type))) return;
  each(node, place);
  for (const [member, value] of Object.entries(node)) {
    const isName = (member === 'key' || member === 'property') && node['computed'] !== true;
    if (isName || member === 'loc' || member.endsWith('Comments')) continue;
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) visit(child, { parent: node, member }, each);
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Node>).type === 'string';
}

function lineOf(source: string, offset: number): number {
  let line = 1;
  for (let at = source.indexOf('\n'); at >= 0 && at < offset; at = source.indexOf('\n', at + 1)) line++;
  return line;
}

const nodeAt = (node: Node, member: string): Node => node[member] as Node;
const textOf = ({ start, end }: Node, source: string): string => source.slice(start, end);
const edit = (operator: string, { start, end }: Pick<Node, 'start' | 'end'>, replacement: string): Edit => ({
  operator,
  start,
  end,
  replacement,
});

const BINARY: Readonly<Record<string, readonly [operator: string, replacement: string]>> = {
  '<': ['boundary', '<='],
  '<=': ['boundary', '<'],
  '>': ['boundary', '>='],
  '>=': ['boundary', '>'],
  '===': ['condition', '!=='],
  '!==': ['condition', '==='],
  '+': ['arithmetic', '-'],
  '-': ['arithmetic', '+'],
  '*': ['arithmetic', '/'],
  '/': ['arithmetic', '*'],
  '%': ['arithmetic', '*'],
  '**': ['arithmetic', '*'],
  '<<': ['arithmetic', '>>'],
  '>>': ['arithmetic', '<<'],
  '>>>': ['arithmetic', '<<'],
  '&': ['arithmetic', '|'],
  '|': ['arithmetic', '&'],
  '^': ['arithmetic', '|'],
  '+=': ['arithmetic', '-='],
  '-=': ['arithmetic', '+='],
  '*=': ['arithmetic', '/='],
  '^=': ['arithmetic', '|='],
  '|=': ['arithmetic', '&='],
};

/** Replaces the sign between two operands. A sum with a literal text in it is a text, and stays. */
function otherSign(node: Node, source: string): Edit[] {
  const [left, right] = [nodeAt(node, 'left'), nodeAt(node, 'right')];
  const sign = String(node['operator']);
  const other = BINARY[sign];
  const isText = [left, right].some(({ type }) => type === 'StringLiteral' || type === 'TemplateLiteral');
  if (other === undefined || (sign.startsWith('+') && isText)) return [];
  const start = source.indexOf(sign, left.end);
  return [edit(other[0], { start, end: start + sign.length }, other[1])];
}

/** `a ?? b` and its like become `a` alone and `b` alone; `&&` and `||` become each other. */
function otherLogic(node: Node, source: string): Edit[] {
  const [left, right] = [nodeAt(node, 'left'), nodeAt(node, 'right')];
  const sign = String(node['operator']);
  if (sign === '??') {
    return [left, right].map((side) => edit('default', node, `(${textOf(side, source)})`));
  }
  const start = source.indexOf(sign, left.end);
  return [edit('condition', { start, end: start + 2 }, sign === '&&' ? '||' : '&&')];
}

/** A condition that always holds, and one that never does. A loop never runs; it is not made endless. */
function fixedCondition(node: Node): Edit[] {
  const test = node['test'];
  if (!isNode(test)) return [];
  const values = node.type === 'IfStatement' || node.type === 'ConditionalExpression' ? ['true', 'false'] : ['false'];
  return values.filter((value) => test['value'] !== (value === 'true')).map((value) => edit('condition', test, value));
}

function otherUnary(node: Node, source: string): Edit[] {
  const sign = node['operator'];
  if (sign !== '!' && sign !== '-' && sign !== '~') return [];
  return [edit(sign === '!' ? 'condition' : 'arithmetic', node, `(${textOf(nodeAt(node, 'argument'), source)})`)];
}

/** `++` and `--` become each other, but for the step of a loop, which would not end. */
function otherStep(node: Node, _source: string, { parent, member }: Place): Edit[] {
  if (parent?.type === 'ForStatement' && member === 'update') return [];
  const isUp = node['operator'] === '++';
  const start = node['prefix'] === true ? node.start : node.end - 2;
  return [edit('arithmetic', { start, end: start + 2 }, isUp ? '--' : '++')];
}

function nextNumber(node: Node, source: string): Edit[] {
  const text = textOf(node, source);
  return [edit('literal', node, text.endsWith('n') ? `(${text} + 1n)` : `(${text} + 1)`)];
}

/** Names of modules and tagged templates stay. */
function emptyText(node: Node, source: string, { parent, member }: Place): Edit[] {
  const isImport = member === 'source' || (member === 'arguments' && nodeAt(parent!, 'callee').type === 'Import');
  if (isImport || textOf(node, source).length === 2 || parent?.type === 'TaggedTemplateExpression') return [];
  return [edit('literal', node, "''")];
}

/** A pattern without its anchors. */
function unanchored(node: Node): Edit[] {
  const pattern = String(node['pattern']);
  const flags = String(node['flags']);
  const without = [pattern.replace(/^\^/, ''), pattern.replace(/\$$/, '')].filter(
    (one) => one !== pattern && one !== '',
  );
  return without.map((one) => edit('literal', node, `/${one}/${flags}`));
}

/** Methods whose call is left out, so that the value they are called on stands as it is. */
const LEFT_OUT: ReadonlySet<string> = new Set(
  'filter toSorted sort slice subarray trim toReversed reverse concat normalize toLowerCase toUpperCase flat'.split(
    ' ',
  ),
);
const EXCHANGED: Readonly<Record<string, string>> = {
  every: 'some',
  some: 'every',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
  min: 'max',
  max: 'min',
  floor: 'ceil',
  ceil: 'floor',
};

function otherCall(node: Node, source: string): Edit[] {
  const callee = nodeAt(node, 'callee');
  if (callee.type !== 'MemberExpression' || callee['computed'] === true) return [];
  const name = nodeAt(callee, 'property');
  const method = textOf(name, source);
  if (LEFT_OUT.has(method)) return [edit('call', node, textOf(nodeAt(callee, 'object'), source))];
  const other = EXCHANGED[method];
  return other === undefined ? [] : [edit('call', name, other)];
}

/** A statement that is a call or an assignment is left out. */
const removed: Operator = (node) => [edit('removal', node, ';')];

const notAwaited: Operator = (node, source) => [edit('removal', node, `(${textOf(nodeAt(node, 'argument'), source)})`)];

/** What `using` would destroy stays. */
function notDestroyed(node: Node, source: string): Edit[] {
  const kind = String(node['kind']);
  if (!kind.endsWith('using') || !textOf(node, source).startsWith(kind)) return [];
  return [edit('removal', { start: node.start, end: node.start + kind.length }, 'const')];
}

function emptyFinally(node: Node): Edit[] {
  const finalizer = node['finalizer'];
  return isNode(finalizer) ? [edit('removal', finalizer, '{}')] : [];
}

const emptyList: Operator = (node, _source, { parent }) =>
  (node['elements'] as readonly unknown[]).length === 0 || parent?.type === 'TSAsExpression'
    ? []
    : [edit('literal', node, '[]')];

const emptySpread: Operator = (node, _source, { parent }) =>
  parent?.type === 'ObjectExpression' ? [edit('removal', nodeAt(node, 'argument'), '{}')] : [];

const OPERATORS: Readonly<Record<string, readonly Operator[]>> = {
  BinaryExpression: [otherSign],
  AssignmentExpression: [otherSign],
  LogicalExpression: [otherLogic],
  IfStatement: [fixedCondition],
  ConditionalExpression: [fixedCondition],
  WhileStatement: [fixedCondition],
  ForStatement: [fixedCondition],
  UnaryExpression: [otherUnary],
  UpdateExpression: [otherStep],
  BooleanLiteral: [(node) => [edit('literal', node, String(node['value'] !== true))]],
  NumericLiteral: [nextNumber],
  BigIntLiteral: [nextNumber],
  StringLiteral: [emptyText],
  TemplateLiteral: [emptyText],
  RegExpLiteral: [unanchored],
  CallExpression: [otherCall],
  ExpressionStatement: [removed],
  ContinueStatement: [removed],
  AwaitExpression: [notAwaited],
  VariableDeclaration: [notDestroyed],
  TryStatement: [emptyFinally],
  ArrayExpression: [emptyList],
  SpreadElement: [emptySpread],
};

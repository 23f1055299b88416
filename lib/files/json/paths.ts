// Paths into JSON documents: the names, indexes and `[*]` of RFC 9535 (JSONPath), and nothing that searches or filters.
import { FilesError } from '../errors.ts';

/** A place in a document: where its members lead, and the column that its value belongs to. */
export interface PathNode {
  /** -1 where no path ends. */
  column: number;
  readonly members: Map<string, PathNode>;
  readonly items: Map<number, PathNode>;
  every: PathNode | undefined;
}

const SEGMENT = /\.([^\s.[\]'"*$]+)|\[(\d{1,9})\]|\[(\*)\]|\['((?:[^'\\]|\\['\\])*)'\]|\["((?:[^"\\]|\\["\\])*)"\]/y;

/** Joins paths into one tree; the column of a path is its index. Throws `FilesError` `FILES_LAYOUT` for what is no path. */
export function pathTree(paths: readonly string[]): PathNode {
  const root = newNode();
  for (const [column, path] of paths.entries()) {
    let node = root;
    for (const step of stepsOf(path)) node = childOf(node, step);
    if (node === root || node.column !== -1)
      throw notAPath(path, node === root ? 'it names no member' : 'it is given twice');
    node.column = column;
  }
  checkDisjoint(root, paths);
  return root;
}

type Step = string | number | undefined;

function stepsOf(path: string): Step[] {
  if (!path.startsWith('$')) return [path];
  const steps: Step[] = [];
  SEGMENT.lastIndex = 1;
  while (SEGMENT.lastIndex < path.length) {
    const found = SEGMENT.exec(path);
    if (found === null) throw notAPath(path, "it takes .name, ['name'], [0] and [*]");
    const [, name, index, every, single, double] = found;
    if (every !== undefined) steps.push(undefined);
    else if (index !== undefined) steps.push(Number(index));
    else steps.push(name ?? (single ?? double!).replaceAll(/\\(.)/g, '$1'));
  }
  return steps;
}

function childOf(node: PathNode, step: Step): PathNode {
  if (step === undefined) return (node.every ??= newNode());
  const children: Map<string | number, PathNode> = typeof step === 'string' ? node.members : node.items;
  let child = children.get(step);
  if (child === undefined) {
    child = newNode();
    children.set(step, child);
  }
  return child;
}

function newNode(): PathNode {
  return { column: -1, members: new Map(), items: new Map(), every: undefined };
}

/** A value must not be in two columns: inside another path's value, or under an index and `[*]` at once. */
function checkDisjoint(node: PathNode, paths: readonly string[]): void {
  const children = [
    ...node.members.values(),
    ...node.items.values(),
    ...(node.every === undefined ? [] : [node.every]),
  ];
  if (node.column !== -1 && children.length > 0)
    throw notAPath(paths[node.column]!, 'another path leads into its value');
  if (node.every !== undefined && node.items.size > 0) {
    throw new FilesError('FILES_LAYOUT', 'Paths must not name an item by its index and by [*] at once');
  }
  for (const child of children) checkDisjoint(child, paths);
}

function notAPath(path: string, reason: string): FilesError {
  return new FilesError('FILES_LAYOUT', `${path} cannot be used as a path: ${reason}`);
}

// Names in the policy file of a workspace, read quickly: nothing is checked, and a file that cannot be read has none.
import { readFile } from 'node:fs/promises';
import { readSource, sourceFormat } from '../../../lib/document/source.ts';
import { jsonOrYaml } from '../documents/document.ts';
import { workspace } from '../workspace/workspace.ts';

type Named = 'element' | 'role' | 'group' | 'mask';

const LISTS: Readonly<Record<Named, string>> = { element: 'elements', role: 'roles', group: 'groups', mask: 'masks' };

/** Returns the names of one kind, in the order of the file. */
export async function policyNames(dir: string, kind: Named | 'user'): Promise<string[]> {
  const file = jsonOrYaml(workspace(dir).policy);
  const { document } = readSource(await readFile(file, 'utf8'), sourceFormat(file));
  const list = (name: string): unknown[] => {
    const found = (Object(document) as Record<string, unknown>)[name];
    return Array.isArray(found) ? found : [];
  };
  if (kind !== 'user') return list(LISTS[kind]).flatMap((each) => textOf(memberOf(each, 'name')));
  const members = [...list('roles'), ...list('groups')].flatMap((each) => memberOf(each, 'members') ?? []);
  const users = [...list('users'), ...(members as unknown[])].flatMap((each) => textOf(memberOf(each, 'user') ?? each));
  return [...new Set(users)];
}

function memberOf(value: unknown, name: string): unknown {
  return (Object(value) as Record<string, unknown>)[name];
}

function textOf(value: unknown): string[] {
  return typeof value === 'string' ? [value] : [];
}

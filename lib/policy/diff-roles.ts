// What changes for roles and groups: their members, their permissions, and how they see values.

import { type Change, diffMembers, diffTerm, matched } from './diff-lists.ts';
import { maskSetting } from './mask.ts';
import type { MaskDefinition } from './elements/parts.ts';
import type { Grant, PolicyDocument, RoleDefinition } from './schema.ts';
import { termText } from './term.ts';

type Effect = Change['effect'];

/** Lists the changes of groups. */
export function diffGroups(before: PolicyDocument, after: PolicyDocument): Change[] {
  const { added, removed, kept } = matched(before.groups, after.groups, ({ name }) => name);
  const none = { members: [] };
  return [
    ...removed.map((group) => [group, none] as const),
    ...added.map((group) => [none, group] as const),
    ...kept,
  ].flatMap(([old, group]) => {
    const name = 'name' in group ? group.name : (old as { name: string }).name;
    return diffMembers('group', `group ${name}`, old.members, group.members);
  });
}

/** Lists the changes of roles and their grants. */
export function diffRoles(before: PolicyDocument, after: PolicyDocument): Change[] {
  const { added, removed, kept } = matched(before.roles, after.roles, ({ name }) => name);
  const names = new Map(after.elements.map(({ id, name }) => [id, name]));
  const renamed = new Map(before.elements.map(({ id, name }) => [name, names.get(id) ?? name]));
  const masks: Masks = [masksOf(before), masksOf(after)];
  const compare = (old: RoleDefinition, role: RoleDefinition): Change[] => [
    ...diffDefault(old, role),
    ...diffInheritance(old, role),
    ...diffBreakGlass(old, role),
    ...diffBudget(old, role),
    ...diffMembers('role', `role ${role.name}`, old.members, role.members),
    ...diffGrants(old, role, renamed, masks),
  ];
  return [
    ...removed.flatMap((role): Change[] => [
      { about: 'role', effect: 'narrows', text: `role ${role.name} is removed` },
      ...compare(role, emptyRole(role.name)),
    ]),
    ...added.flatMap((role): Change[] => [
      { about: 'role', effect: 'neutral', text: `role ${role.name} is new` },
      ...compare(emptyRole(role.name), role),
    ]),
    ...kept.flatMap(([old, role]) => compare(old, role)),
  ];
}

function emptyRole(name: string): RoleDefinition {
  return { name, default: false, members: [], grants: [] };
}

function diffDefault(before: RoleDefinition, after: RoleDefinition): Change[] {
  if (before.default === after.default) return [];
  return after.default
    ? [{ about: 'role', effect: 'widens', text: `role ${after.name} applies to every user whom no other role lists` }]
    : [{ about: 'role', effect: 'narrows', text: `role ${after.name} applies to its members only` }];
}

function diffInheritance(before: RoleDefinition, after: RoleDefinition): Change[] {
  const [was, is] = [before, after].map(({ inheritsDefault }) => inheritsDefault !== false);
  if (was === is) return [];
  return is
    ? [
        {
          about: 'role',
          effect: 'widens',
          text: `role ${after.name} inherits from the default role what it does not name`,
        },
      ]
    : [{ about: 'role', effect: 'narrows', text: `role ${after.name} inherits nothing from the default role` }];
}

function diffBreakGlass(before: RoleDefinition, after: RoleDefinition): Change[] {
  const [was, is] = [before, after].map(({ breakGlass }) => breakGlass === true);
  if (was === is) return [];
  const text = is
    ? `role ${after.name} is for emergencies: each use has a record of its own and an alarm`
    : `role ${after.name} is for emergencies no longer: its uses raise no alarm`;
  return [{ about: 'role', effect: 'neutral', text }];
}

function diffBudget(before: RoleDefinition, after: RoleDefinition): Change[] {
  const [was, is] = [before.maxUnprotectPerDay ?? Infinity, after.maxUnprotectPerDay ?? Infinity];
  if (was === is) return [];
  const [old, now] = [was, is].map((limit) =>
    limit === Infinity ? 'any number of values' : `${limit.toLocaleString('en-US')} values`,
  );
  const text = `each member of role ${after.name} may see ${now} a day, instead of ${old}`;
  return [{ about: 'role', effect: is > was ? 'widens' : 'narrows', text }];
}

type Masks = readonly [ReadonlyMap<string, MaskDefinition>, ReadonlyMap<string, MaskDefinition>];

function masksOf(policy: PolicyDocument): ReadonlyMap<string, MaskDefinition> {
  return new Map(policy.masks.map((mask) => [mask.name, mask]));
}

function diffGrants(
  before: RoleDefinition,
  after: RoleDefinition,
  renamed: ReadonlyMap<string, string>,
  masks: Masks,
): Change[] {
  const old = new Map(before.grants.map((grant) => [renamed.get(grant.element) ?? grant.element, grant]));
  const now = new Map(after.grants.map((grant) => [grant.element, grant]));
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((element) =>
    diffGrant(after.name, element, old.get(element), now.get(element), masks),
  );
}

const PERMISSIONS = ['protect', 'unprotect', 'reprotect'] as const;
const NO_ACCESS = { null: 'null', protected: 'the protected value', exception: 'an exception' } as const;

function diffGrant(
  role: string,
  element: string,
  before: Grant | undefined,
  after: Grant | undefined,
  masks: Masks,
): Change[] {
  const changes: Change[] = [];
  const say = (effect: Effect, text: string): number => changes.push({ about: 'grant', effect, text });
  for (const permission of PERMISSIONS) {
    const [could, can] = [before, after].map((grant) => grant?.permissions.includes(permission) === true);
    if (can === could) continue;
    const mask = permission === 'unprotect' && can ? shownMask(after, masks[1]) : '';
    if (can) say('widens', `${role} may now ${permission} ${element}${mask}${termText(after!)}`);
    else say('narrows', `${role} may no longer ${permission} ${element}`);
  }
  const term = before === undefined || after === undefined ? undefined : diffTerm(before, after);
  if (term !== undefined) say(term.effect, `the grant of ${element} to ${role} counts ${term.text}`);
  const [could, can] = [before, after].map((grant) => grant?.permissions.includes('unprotect') === true);
  if (could && can && before?.mask !== after?.mask) {
    if (after?.mask === undefined) say('widens', `${role} now sees ${element} in clear`);
    else
      say(
        before?.mask === undefined ? 'narrows' : 'widens',
        `${role} now sees ${element}${shownMask(after, masks[1])}`,
      );
  }
  if (!can && after !== undefined && (could || before?.noAccess !== after.noAccess)) {
    const answer = `${role} gets ${NO_ACCESS[after.noAccess]} where it may not unprotect ${element}`;
    const instead = before === undefined || could ? '' : `, instead of ${NO_ACCESS[before.noAccess]}`;
    say(after.noAccess === 'protected' ? 'widens' : 'neutral', answer + instead);
  }
  for (const permission of PERMISSIONS) {
    for (const which of ['successful', 'failed'] as const) {
      const [was, is] = [before, after].map((grant) => grant?.audit?.[permission]?.[which] !== false);
      if (was === is) continue;
      say(
        'neutral',
        `${which} ${permission} of ${element} by ${role} is ${is ? 'recorded one by one again' : 'only counted in summaries now'}`,
      );
    }
  }
  return changes;
}

function shownMask(grant: Grant | undefined, masks: ReadonlyMap<string, MaskDefinition>): string {
  const mask = grant?.mask === undefined ? undefined : masks.get(grant.mask);
  return mask === undefined ? '' : ` under mask ${grant?.mask} (${maskSetting(mask)})`;
}

import { explain } from '../policy/explain.ts';
import type { Access } from './access.ts';
import type { PolicyTest } from './model.ts';

type Asked = Pick<PolicyTest, 'operation' | 'element'> & { readonly to?: string | undefined };

/** Explains why a user gets what the user gets: the deciding sentence, and what each role says. */
export function whyOf({ policy, nowMs }: Access, user: string, { operation, element, to }: Asked): string {
  const { operations, roles } = explain(policy, user, element, nowMs, to ?? element);
  const because = operations.find((each) => each.operation === operation)?.because ?? '';
  const said = roles.map(({ role, because: applies, says }) => `role ${role} (${applies}) ${says}`);
  return [because, ...said].join('; ');
}

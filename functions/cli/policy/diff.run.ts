import { diffPolicies } from '../../../lib/policy/diff.ts';
import type { Change } from '../../../lib/policy/diff-lists.ts';
import type { PolicyDocument } from '../../../lib/policy/schema.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io, Output } from '../core/io.ts';
import { jsonOrYaml } from '../documents/document.ts';
import { readPolicyFile } from '../documents/policy.ts';
import { done, print, styled } from '../output/text.ts';
import { openSealedPolicy } from '../sealing/sealed-policy.ts';
import { requireInitialised, type Workspace } from '../workspace/workspace.ts';

/** What is compared. Without files it is what sealing would change. */
export interface Compared {
  readonly ws: Workspace;
  readonly old: string | undefined;
  readonly changed: string | undefined;
}

const LEGEND = '+ more access   - less access   ! tokens become unreadable';

/** Prints in words what changes from one policy to the other. */
export async function printPolicyDiff({ ws, old, changed }: Compared, json: boolean, io: Io): Promise<ExitCode> {
  const before = old === undefined ? await sealedPolicy(ws) : await readPolicyFile(old);
  const changes = diffPolicies(before, await readPolicyFile(changed ?? jsonOrYaml(ws.policy)));
  if (json) {
    print(io, JSON.stringify(changes));
    return EXIT.ok;
  }
  for (const { effect, text } of changes) print(io, `${mark(io.stdout, effect)} ${text}`);
  print(io, changes.length === 0 ? done(io, 'no change') : styled(io.stdout, 'dim', LEGEND));
  return EXIT.ok;
}

function mark(output: Output, effect: Change['effect']): string {
  switch (effect) {
    case 'widens':
      return styled(output, 'cyan', '+');
    case 'narrows':
      return '-';
    case 'unreadable':
      return styled(output, 'red', '!');
    case 'neutral':
    default:
      return '·';
  }
}

async function sealedPolicy(ws: Workspace): Promise<PolicyDocument> {
  requireInitialised(ws);
  return (await openSealedPolicy(ws)).content.policy;
}

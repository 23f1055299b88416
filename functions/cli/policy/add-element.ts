import { command } from '../core/command.ts';
import { jsonOutput, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const addElement = command({
  name: 'add-element',
  summary: 'add a data element to the policy file, with an id of its own; comments and order stay',
  arguments: { name: { summary: 'of the element, such as dePassport' } },
  options: {
    type: { value: '<type>', summary: 'as "protector methods" lists them', completes: 'type' },
    like: {
      value: '<element>',
      summary: 'take the settings of this element, in place of --type',
      completes: 'element',
    },
    set: {
      value: '<member=value...>',
      summary: 'other settings: fromRight=4, shortData=weak-token, alphabet="greek letters"',
    },
    description: { value: '<text>', summary: 'what the element holds' },
    ...workspaceDir,
    ...jsonOutput,
  },
  help: `
Examples:
  protector policy add-element dePassport --type upper-case-alpha-numeric
  protector policy add-element deIBAN --type upper-case-alpha-numeric --set fromLeft=2 foldClearParts=true
  protector policy add-element deSSN2 --like deSSN

Nobody may use it before "protector policy grant", and nothing changes before "protector policy seal".`,
  run: async ({ name, dir, ...wanted }, io) => {
    const { addElementTo } = await import('./add-element.run.ts');
    return addElementTo(workspace(dir), { name, ...wanted }, io);
  },
});

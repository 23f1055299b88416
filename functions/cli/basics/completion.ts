import { command } from '../core/command.ts';
import { SHELLS } from '../completion/shells.ts';

export const completion = command({
  name: 'completion',
  summary: 'print the script by which a shell completes commands, options, and the names of your policy',
  arguments: { shell: { choices: SHELLS, summary: 'the shell' } },
  help: `
For good:
  bash   echo 'eval "$(protector completion bash)"' >> ~/.bashrc
  zsh    echo 'eval "$(protector completion zsh)"' >> ~/.zshrc          (after compinit)
  fish   protector completion fish > ~/.config/fish/completions/protector.fish

It completes a command that is called protector: npm link, or npm install --global, makes it one.`,
  run: async ({ shell }, io) => {
    const { printScript } = await import('./completion.run.ts');
    return printScript(shell, io);
  },
});

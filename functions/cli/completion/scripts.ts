// Scripts that make a shell ask the program for what fits: `protector __complete <word>…`, the last word being the one that is typed.
import type { Shell } from './shells.ts';

/** Files are completed by readline itself, where the program offers nothing. */
const BASH = `# bash completion of protector: eval "$(protector completion bash)"
_protector() {
  local word
  COMPREPLY=()
  while IFS=$'\\t' read -r word _; do
    case $word in
      :*) ;;
      *) COMPREPLY+=("$(printf %q "$word")") ;;
    esac
  done < <("\${COMP_WORDS[0]}" __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null)
}
complete -o bashdefault -o default -F _protector protector
`;

const ZSH = `#compdef protector
# zsh completion of protector: eval "$(protector completion zsh)", after compinit
_protector() {
  local line
  local -a offered
  for line in "\${(@f)$("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2> /dev/null)}"; do
    case $line in
      :files) _files; return ;;
      :directories) _files -/; return ;;
      '') ;;
      *) offered+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done
  _describe -V protector offered
}
if [ "\${funcstack[1]}" = _protector ]; then _protector "$@"; else compdef _protector protector; fi
`;

const FISH = `# fish completion of protector: protector completion fish | source
function __protector_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  for line in ($words[1] __complete $words[2..-1] "$current" 2> /dev/null)
    switch $line
      case :files
        __fish_complete_path "$current"
      case :directories
        __fish_complete_directories "$current"
      case '*'
        echo $line
    end
  end
end
complete -c protector -f -a '(__protector_complete)'
`;

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };

#compdef netctl
# Completion of netctl for zsh: `netctl completion zsh`, as a file _netctl in a folder of $fpath, or sourced after compinit.
# netctl itself says what there is; nothing that was typed and no name is ever evaluated.

_netctl() {
  local program=${(Q)words[1]} line kind
  local -a typed answer values shown
  # --flag=value is the same as two words. (Q) takes quotes away, and expands nothing.
  for line in "${(@)words[2,CURRENT]}"; do
    line=${(Q)line}
    if [[ $line == --[a-z-]##=* ]]; then typed+=("${line%%=*}" "${line#*=}"); else typed+=("$line"); fi
  done
  compset -P '--[a-z-]##='

  answer=("${(@f)$("$program" __complete "${(@)typed}" 2>/dev/null)}")
  kind=$answer[1]
  case $kind in
    # Not _files, which shows all others where there is none of these.
    specs) _path_files -g '*.(yaml|yml)(-.)'; _path_files -/ ;;
    files) _files ;;
    folders) _files -/ ;;
    words)
      for line in "${(@)answer[2,-1]}"; do
        values+=("${line%%$'\t'*}")
        shown+=("${line/$'\t'/  }")
      done
      compadd -l -d shown -a values
      ;;
  esac
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  setopt localoptions extendedglob
  _netctl "$@"
else
  compdef _netctl netctl
fi

# Completion of netctl for bash: `netctl completion bash`. netctl itself says what there is; nothing that was typed and no
# name is ever evaluated.

_netctl() {
  COMPREPLY=()
  local program=$1 current='' word kind value shown glued=no
  local -a typed=() answer=()
  # bash cuts words at "=" and ":": --flag=value is the same as two words, and an address with colons is one.
  for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if ((${#typed[@]} == 0)); then
      typed+=("$word")
    elif [[ $word == = && ${typed[-1]} == --* ]]; then
      glued=no
    elif [[ $glued == yes || $word =~ ^:+$ ]]; then
      typed[-1]+=$word
      [[ $word =~ ^:+$ ]] && glued=yes || glued=no
    else
      typed+=("$word")
    fi
  done
  if ((COMP_CWORD > 1)) && [[ ${COMP_WORDS[COMP_CWORD]} == = ]]; then typed+=(''); fi
  ((${#typed[@]} > 0)) || typed=('')
  current=${typed[-1]}

  mapfile -t answer < <("$program" __complete "${typed[@]}" 2>/dev/null)
  kind=${answer[0]-}
  case $kind in
    specs)
      compopt -o filenames
      mapfile -t COMPREPLY < <(
        compgen -d -- "$current"
        compgen -f -X '!*.yaml' -- "$current"
        compgen -f -X '!*.yml' -- "$current"
      )
      ;;
    files)
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      ;;
    folders)
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -d -- "$current")
      ;;
    words)
      for value in "${answer[@]:1}"; do
        value=${value%%$'\t'*}
        case $current in
          # Inside quotes nothing is quoted again, so only what means nothing there is offered.
          \"*) [[ $value != *[\"\$\`\\!]* ]] && shown=$value || continue ;;
          \'*) [[ $value != *\'* ]] && shown=$value || continue ;;
          *) printf -v shown %q "$value" ;;
        esac
        [[ $shown == "${current#[\"\']}"* ]] && COMPREPLY+=("$shown")
      done
      ;;
  esac

  # What bash has cut off stands there already.
  if [[ $current == *:* && $COMP_WORDBREAKS == *:* ]]; then
    COMPREPLY=("${COMPREPLY[@]#"${current%"${current##*:}"}"}")
  fi
}

complete -F _netctl netctl

# Packages of other Debian suites, beside the machine's own apt: lists, sources and cache in a folder of their own. Sourced
# by scripts/engines, scripts/lib/fetch-suite, scripts/compose and scripts/consul.

suite_lists=${XDG_CACHE_HOME:-$HOME/.cache}/netctl/suites

own_suite() {
  # shellcheck source=/dev/null
  (. /etc/os-release && printf '%s\n' "${VERSION_CODENAME:-}")
}

# The mirror that this machine's own apt takes Debian from: by the label in its lists; where there are no lists, or the
# mirror has another label, by the name of the suite.
own_mirror() {
  local mirrors
  mirrors=$(apt-get indextargets --format '$(REPO_URI)|$(LABEL)|$(COMPONENT)' 'Created-By: Packages' |
    sed -n 's/^\(.*\)|Debian|main$/\1/p')
  if [[ -z $mirrors ]]; then
    mirrors=$(apt-get indextargets --no-release-info --format '$(REPO_URI)|$(RELEASE)|$(COMPONENT)' \
      'Created-By: Packages' | sed -n "s/^\(.*\)|$(own_suite)|main\$/\1/p")
  fi
  sed '/^cdrom:/d' <<<"$mirrors" | sort -u | head -n 1
}

# use_suite SUITE: fetches its package lists, and sets `suite_options` to what makes apt look there and nowhere else.
use_suite() {
  local suite=$1 folder=$suite_lists/$1 mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg options=''
  mirror=$(own_mirror)
  if [[ -z $mirror ]]; then
    echo "this machine's apt knows no Debian mirror" >&2
    return 1
  fi
  rm -rf "$folder"
  mkdir -p "$folder"/{sources,lists/partial,cache/archives/partial}
  [[ ! -e $keyring ]] || options="[signed-by=$keyring] "
  printf 'deb %s%s %s main\n' "$options" "$mirror" "$suite" >"$folder/sources/$suite.list"
  suite_options=(
    -o "Dir::Etc::sourceparts=$folder/sources" -o Dir::Etc::sourcelist=/dev/null
    -o "Dir::State::Lists=$folder/lists" -o "Dir::Cache=$folder/cache"
  )
  # Without this apt answers 0 when a mirror does not answer.
  apt-get -o APT::Update::Error-Mode=any -o APT::Sandbox::User=root -o Acquire::Languages=none "${suite_options[@]}" \
    update --quiet=2 </dev/null
}

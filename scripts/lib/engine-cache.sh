# The cache of unpacked engines: <cache>/netctl/engines/<version of docker.io>/ with the programs in bin/, and links to
# them: `default` for the one of this machine's own Debian suite, and the name of each suite that was fetched. Sourced by
# scripts/setup and scripts/engines.

engine_cache=${XDG_CACHE_HOME:-$HOME/.cache}/netctl/engines
# The package openssh-server, unpacked.
sshd_cache=${XDG_CACHE_HOME:-$HOME/.cache}/netctl/sshd
# What makes links when a machine boots, unpacked: udev, ifupdown, NetworkManager.
boot_cache=${XDG_CACHE_HOME:-$HOME/.cache}/netctl/boot

# The package sudo, unpacked.
sudo_cache=${XDG_CACHE_HOME:-$HOME/.cache}/netctl/sudo

engine_is_cached() {
  [[ -x $engine_cache/$1/bin/dockerd ]]
}

# One set-up at a time; the others wait, and then find nothing to do.
lock_engine_cache() {
  mkdir -p "$engine_cache"
  exec 9>"$engine_cache/.lock"
  flock 9
  # What a killed run left.
  rm -rf "$engine_cache"/.fetch-*
}

# Once in a run is enough.
refresh_package_lists() {
  [[ -z ${package_lists_are_fresh:-} ]] || return 0
  if ((EUID == 0)); then apt-get update --quiet=2 </dev/null >/dev/null; fi
  package_lists_are_fresh=yes
}

# fetch_engine LINK PACKAGE… -- [APT OPTION…]: downloads the packages, unpacks them and links LINK to the result. It
# unpacks into a folder of its own and renames: whoever looks sees the whole engine or none.
fetch_engine() {
  local link=$1 packages=() work version deb
  shift
  while (($# > 0)) && [[ $1 != -- ]]; do packages+=("$1"); shift; done
  shift
  mkdir -p "$engine_cache"
  work=$(mktemp -d "$engine_cache/.fetch-XXXXXX")
  # shellcheck disable=SC2064 # the folder of this call
  trap "rm -rf ${work@Q}" EXIT
  # From Debian 13 on the command line client is a package of its own. (Not by a pipe to grep -q, which ends before apt-cache
  # does, so that pipefail takes it for a failure now and then.)
  if [[ -n $(apt-cache "$@" show docker-cli 2>/dev/null) ]]; then packages+=(docker-cli); fi
  # apt would drop to a user that may not write here, and warn of it.
  (cd "$work" && apt-get -o APT::Sandbox::User=root "$@" download --quiet=2 "${packages[@]}" </dev/null)
  mkdir -p "$work/unpacked" "$work/engine/bin"
  for deb in "$work"/*.deb; do
    dpkg-deb --extract "$deb" "$work/unpacked"
    [[ $(dpkg-deb --field "$deb" Package) != docker.io ]] || version=$(dpkg-deb --field "$deb" Version)
  done
  # One folder for the PATH, whatever the package put in bin or sbin.
  find "$work/unpacked" -type f -perm -u+x \( -path '*/bin/*' -o -path '*/sbin/*' \) -exec mv -t "$work/engine/bin" {} +
  share_from_default "$work/engine/bin"
  # dockerd asks for its init by this name, and runs it in images without a C library.
  ln -sfn tini-static "$work/engine/bin/docker-init"
  "$work/engine/bin/dockerd" --version >/dev/null
  chmod 755 "$work/engine"
  # It may be there already, and in use, with only the link missing.
  [[ -d $engine_cache/$version ]] || mv -T "$work/engine" "$engine_cache/$version"
  ln -sfnT "$version" "$work/link"
  mv -T "$work/link" "$engine_cache/$link"
  rm -rf "$work"
  trap - EXIT
}

# Unpacks openssh-server; whoever looks sees the whole of it or none.
fetch_sshd() {
  local work
  work=$(mktemp -d "$engine_cache/.fetch-XXXXXX")
  (cd "$work" && apt-get -o APT::Sandbox::User=root download --quiet=2 openssh-server </dev/null)
  dpkg-deb --extract "$work"/openssh-server_*.deb "$work/unpacked"
  chmod 755 "$work/unpacked"
  "$work/unpacked/usr/sbin/sshd" -V 2>&1 | grep -q OpenSSH
  rm -rf "$sshd_cache"
  mv -T "$work/unpacked" "$sshd_cache"
  rm -rf "$work"
}

# Unpacks sudo, with the bit that makes it root's; whoever looks sees all of it or none.
fetch_sudo() {
  local work
  work=$(mktemp -d "$engine_cache/.fetch-XXXXXX")
  (cd "$work" && apt-get -o APT::Sandbox::User=root download --quiet=2 sudo </dev/null)
  dpkg-deb --extract "$work"/sudo_*.deb "$work/unpacked"
  chmod 755 "$work/unpacked"
  [[ -u $work/unpacked/usr/bin/sudo ]]
  rm -rf "$sudo_cache"
  mv -T "$work/unpacked" "$sudo_cache"
  rm -rf "$work"
}

# Unpacks what makes links at boot; whoever looks sees all of it or none.
fetch_boot_tools() {
  local work deb
  work=$(mktemp -d "$engine_cache/.fetch-XXXXXX")
  (cd "$work" && apt-get -o APT::Sandbox::User=root download --quiet=2 udev ifupdown network-manager libnm0 </dev/null)
  for deb in "$work"/*.deb; do dpkg-deb --extract "$deb" "$work/unpacked"; done
  chmod 755 "$work/unpacked"
  rm -rf "$boot_cache"
  mv -T "$work/unpacked" "$boot_cache"
  rm -rf "$work"
}

# A newer suite's runc and tini need a newer C library than this machine's, so every engine runs with those of `default`.
share_from_default() {
  local program
  for program in runc tini-static; do
    [[ -e $1/$program ]] || ln -s "../../default/bin/$program" "$1/$program"
  done
}

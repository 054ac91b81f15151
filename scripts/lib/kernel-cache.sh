# User Mode Linux in the cache: <cache>/netctl/kernel/<version of user-mode-linux>/, and the link `current` to it. Sourced by
# scripts/kernel and scripts/lib/fetch-kernel.

kernel_cache=${XDG_CACHE_HOME:-$HOME/.cache}/netctl/kernel
kernel_uml=$kernel_cache/current

kernel_is_cached() {
  [[ -x $kernel_uml/linux ]] && { [[ -e $kernel_uml/xstate.so ]] || ! needs_preload; }
}

# Why: see uml/xstate.c.
needs_preload() {
  grep -qw amx_tile /proc/cpuinfo
}

# Installs the npm packages and builds, each only when something changed. Sourced by scripts/demo and scripts/test.

# The packages that are there are taken while the lock file is the one they were installed from.
install_packages() {
  local stamp=node_modules/.installed-from
  if [[ ! -f $stamp ]] || ! cmp --silent package-lock.json "$stamp"; then
    echo "setup: npm ci"
    npm ci --no-fund --no-audit --loglevel=error
    cp package-lock.json "$stamp"
  fi
}

export PATH=$PWD/node_modules/.bin:$PATH

build() {
  tsc -b
  node packages/core/bundle.mjs
  node packages/cli/bundle.mjs
}

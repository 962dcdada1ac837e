#!/bin/sh
# Builds {{name}}.wasm. JCO may name a jco; without it, npm installs one, which stays in this folder.
set -eu
cd "$(dirname "$0")"

fail() {
    echo "build.sh: $*" >&2
    exit 1
}

if [ -z "${JCO-}" ]; then
    command -v npm >/dev/null || fail "there is no npm (Node 20 or later)"
    [ -x node_modules/.bin/jco ] || {
        echo "installing jco into node_modules (once)"
        npm install --no-audit --no-fund
    }
    JCO=node_modules/.bin/jco
fi

# Without WASI: what only computes needs no files, no clock and no network.
"$JCO" componentize {{world}}.js --wit wit --world-name {{world}} --disable all --out {{name}}.wasm

#!/bin/sh
# Builds {{name}}.wasm. COMPONENTIZE_PY may name a componentize-py; without it, pip installs one, which stays in this folder.
set -eu
cd "$(dirname "$0")"

fail() {
    echo "build.sh: $*" >&2
    exit 1
}

if [ -z "${COMPONENTIZE_PY-}" ]; then
    command -v python3 >/dev/null || fail "there is no python3 (3.10 or later)"
    [ -d .venv ] || python3 -m venv .venv
    [ -x .venv/bin/componentize-py ] || {
        echo "installing componentize-py into .venv (once)"
        .venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
    }
    COMPONENTIZE_PY=.venv/bin/componentize-py
fi

# Without WASI: what only computes needs no files, no clock and no network.
"$COMPONENTIZE_PY" -d wit -w {{world}} componentize --stub-wasi {{world}} -o {{name}}.wasm

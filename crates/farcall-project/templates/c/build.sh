#!/bin/sh
# Builds {{name}}.wasm. WASI_CC may name a C compiler for WASI: that of a WASI SDK, a clang with wasi-libc, 'zig cc'.
# Without it, what is on the path is tried, and at last Zig from the Python package index, which stays in this folder.
set -eu
cd "$(dirname "$0")"

fail() {
    echo "build.sh: $*" >&2
    exit 1
}

# Many a clang has no library and no linker for WASI.
links() {
    printf '#include <stdlib.h>\nint main(void) { return system != 0; }\n' >build/probe.c
    $1 --target=wasm32-wasi build/probe.c -o build/probe.wasm 2>/dev/null
}

command -v farcall >/dev/null || fail "there is no farcall on the path"
mkdir -p build
if [ -z "${WASI_CC-}" ]; then
    if command -v zig >/dev/null; then
        WASI_CC="zig cc"
    elif command -v clang >/dev/null && links clang; then
        WASI_CC=clang
    else
        command -v python3 >/dev/null || fail "no clang for WASI, no zig, and no python3 to install Zig with; set WASI_CC"
        [ -d .venv ] || python3 -m venv .venv
        .venv/bin/python -c 'import ziglang' 2>/dev/null || {
            echo "installing Zig, whose clang has WASI, into .venv (100 MB, once)"
            .venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
        }
        WASI_CC=".venv/bin/python -m ziglang cc"
    fi
fi

farcall bindings --lang c wit --world {{world}} -o gen
$WASI_CC --target=wasm32-wasi -mexec-model=reactor -std=gnu17 -Wall -Os -s -I gen \
    src/{{world}}.c gen/{{world}}.c gen/{{world}}_component_type.o -o build/core.wasm
farcall componentize build/core.wasm -o {{name}}.wasm

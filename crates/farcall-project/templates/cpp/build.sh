#!/bin/sh
# Builds {{name}}.wasm. WASI_CXX may name a C++ compiler for WASI: that of a WASI SDK, a clang with libc++ for WASI, 'zig c++'.
# Without it, what is on the path is tried, and at last Zig from the Python package index, which stays in this folder.
set -eu
cd "$(dirname "$0")"

fail() {
    echo "build.sh: $*" >&2
    exit 1
}

# Many a clang has no library and no linker for WASI.
links() {
    printf '#include <expected>\nint main(void) { return std::expected<int, int>(0).value(); }\n' >build/probe.cpp
    $1 --target=wasm32-wasi -std=c++23 -fno-exceptions build/probe.cpp -o build/probe.wasm 2>/dev/null
}

command -v farcall >/dev/null || fail "there is no farcall on the path"
mkdir -p build
if [ -z "${WASI_CXX-}" ]; then
    if command -v zig >/dev/null; then
        WASI_CXX="zig c++"
    elif command -v clang++ >/dev/null && links clang++; then
        WASI_CXX=clang++
    else
        command -v python3 >/dev/null || fail "no clang for WASI, no zig, and no python3 to install Zig with; set WASI_CXX"
        [ -d .venv ] || python3 -m venv .venv
        .venv/bin/python -c 'import ziglang' 2>/dev/null || {
            echo "installing Zig, whose clang has WASI, into .venv (100 MB, once)"
            .venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
        }
        WASI_CXX=".venv/bin/python -m ziglang c++"
    fi
fi

farcall bindings --lang cpp wit --world {{world}} -o gen
$WASI_CXX --target=wasm32-wasi -mexec-model=reactor -std=c++23 -fno-exceptions -Wall -Os -s -I gen \
    src/{{world}}.cpp gen/{{world}}.cpp gen/{{world}}_component_type.o -o build/core.wasm
farcall componentize build/core.wasm -o {{name}}.wasm

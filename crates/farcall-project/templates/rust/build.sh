#!/bin/sh
# Builds {{name}}.wasm. Needs cargo; rustup adds the target of WASI 0.2, whose linker writes components.
set -eu
cd "$(dirname "$0")"

fail() {
    echo "build.sh: $*" >&2
    exit 1
}

command -v cargo >/dev/null || fail "there is no cargo; https://rustup.rs installs it"

# Flags of the target name a standard library of its own.
if [ -z "${CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS-}" ] && [ ! -d "$(rustc --print target-libdir --target wasm32-wasip2)" ]; then
    rustup target add wasm32-wasip2 || fail "no target wasm32-wasip2; 'rustup target add wasm32-wasip2' gives it"
fi

cargo build --release --target wasm32-wasip2
cp "${CARGO_TARGET_DIR:-target}/wasm32-wasip2/release/{{snake}}.wasm" {{name}}.wasm

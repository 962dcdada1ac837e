#!/bin/sh
# Builds out/greeter.wasm and out/caller.wasm. Needs Rust, and once: rustup target add wasm32-wasip2
set -eu
cd "$(dirname "$0")"

cargo build --quiet --release --locked --target wasm32-wasip2

mkdir -p out
built=${CARGO_TARGET_DIR:-target}/wasm32-wasip2/release
cp "$built/greeter.wasm" "$built/caller.wasm" out/

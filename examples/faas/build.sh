#!/bin/sh
# Builds out/functions/*.wasm and out/visits.wasm.
# Needs farcall; Rust, and once: rustup target add wasm32-wasip2; Node 20 or later with npm (JCO=... is a jco that is there
# already); a C compiler for WASI, CC="clang-19", else Python, with which Zig's is installed here.
set -eu
cd "$(dirname "$0")"
mkdir -p out/functions gen

# Rust: slug and visits.
cargo build --quiet --release --locked --target wasm32-wasip2
cp "${CARGO_TARGET_DIR:-target}/wasm32-wasip2/release/slug.wasm" out/functions/
cp "${CARGO_TARGET_DIR:-target}/wasm32-wasip2/release/visits.wasm" out/

# JavaScript: calendar, with a small engine.
if [ -z "${JCO:-}" ]; then
  npm install --silent --prefix calendar
  JCO=$PWD/calendar/node_modules/.bin/jco
fi
(cd calendar && "$JCO" componentize calendar.js --wit calendar.wit --world-name calendar --out ../out/functions/calendar.wasm \
  --backend qjs --backend-qjs-stub-wasi --backend-qjs-disable-async)

# C: checksum.
if [ -z "${CC:-}" ]; then
  [ -d .venv ] || python3 -m venv .venv
  .venv/bin/pip install --quiet ziglang==0.17.1
  CC=".venv/bin/python -m ziglang cc"
fi
"${FARCALL:-farcall}" bindings --lang c checksum/checksum.wit -o gen
$CC --target=wasm32-wasi -mexec-model=reactor -Os -s -Igen \
  checksum/checksum.c gen/checksum.c gen/checksum_component_type.o -o gen/checksum.wasm
"${FARCALL:-farcall}" componentize gen/checksum.wasm -o out/functions/checksum.wasm

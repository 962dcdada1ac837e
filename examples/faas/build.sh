#!/bin/sh
# Builds out/functions/*.wasm and out/visits.wasm.
# Needs farcall on the path; Rust, and once: rustup target add wasm32-wasip2; Node 20 or later with npm, unless JCO names a jco;
# Python, with which Zig's C compiler is installed here, unless WASI_CC names one for WASI.
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
if [ -z "${WASI_CC:-}" ]; then
  [ -d .venv ] || python3 -m venv .venv
  .venv/bin/pip install --quiet ziglang==0.17.1
  WASI_CC=".venv/bin/python -m ziglang cc"
fi
farcall bindings --lang c checksum/checksum.wit -o gen
$WASI_CC --target=wasm32-wasi -mexec-model=reactor -Os -s -Igen \
  checksum/checksum.c gen/checksum.c gen/checksum_component_type.o -o gen/checksum.wasm
farcall componentize gen/checksum.wasm -o out/functions/checksum.wasm

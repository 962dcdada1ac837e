#!/bin/sh
# Builds out/resizer.wasm and out/front.wasm.
# Needs Rust, and once: rustup target add wasm32-wasip2; Node 20 or later with npm, unless JCO names a jco.
set -eu
cd "$(dirname "$0")"
mkdir -p out

cargo build --quiet --release --locked --target wasm32-wasip2 --manifest-path resizer/Cargo.toml
cp "${CARGO_TARGET_DIR:-resizer/target}/wasm32-wasip2/release/resizer.wasm" out/

if [ -z "${JCO:-}" ]; then
  npm install --silent --prefix front
  JCO=front/node_modules/.bin/jco
fi
"$JCO" componentize front/front.js --wit wit --world-name front --disable all --out out/front.wasm

#!/bin/sh
# Builds out/counter.wasm and out/pipeline.wasm.
# Needs farcall on the path, and Python 3.10 or later, with which the rest is installed here: componentize-py, unless
# COMPONENTIZE_PY names one, and Zig's compilers, unless WASI_CC and WASI_CXX name some for WASI.
set -eu
cd "$(dirname "$0")"
mkdir -p out gen

if [ -z "${COMPONENTIZE_PY:-}" ] || [ -z "${WASI_CC:-}" ] || [ -z "${WASI_CXX:-}" ]; then
  [ -d .venv ] || python3 -m venv .venv
  .venv/bin/pip install --quiet componentize-py==0.25.1 ziglang==0.17.1
fi

# C++: the counter. The bindings are C.
farcall bindings --lang c --world counting wit -o gen
${WASI_CC:-.venv/bin/python -m ziglang cc} --target=wasm32-wasi -Os -Igen -c gen/counting.c -o gen/counting.o
${WASI_CXX:-.venv/bin/python -m ziglang c++} --target=wasm32-wasi -mexec-model=reactor -std=c++23 -fno-exceptions -O2 -s -Igen \
  counter/counter.cpp gen/counting.o gen/counting_component_type.o -o gen/counter.wasm
farcall componentize gen/counter.wasm -o out/counter.wasm

# Python: the pipeline.
"${COMPONENTIZE_PY:-.venv/bin/componentize-py}" -d wit -w pipeline componentize -p pipeline app -o out/pipeline.wasm

#!/bin/sh
# Builds out/counter.wasm and out/pipeline.wasm.
# Needs farcall, and Python 3.10 or later, with which the rest is installed here: componentize-py, unless COMPONENTIZE_PY=... is one
# that is there already, and Zig's C++ compiler, unless CXX=... is one for WASI, like "clang++-19".
set -eu
cd "$(dirname "$0")"
mkdir -p out gen

if [ -z "${COMPONENTIZE_PY:-}" ] || [ -z "${CXX:-}" ]; then
  [ -d .venv ] || python3 -m venv .venv
  .venv/bin/pip install --quiet componentize-py==0.25.1 ziglang==0.17.1
fi

# C++: the counter.
"${FARCALL:-farcall}" bindings --lang cpp --world counting wit -o gen
${CXX:-.venv/bin/python -m ziglang c++} --target=wasm32-wasi -mexec-model=reactor -std=c++23 -fno-exceptions -O2 -s -Igen \
  counter/counter.cpp gen/counting.cpp gen/counting_component_type.o -o gen/counter.wasm
"${FARCALL:-farcall}" componentize gen/counter.wasm -o out/counter.wasm

# Python: the pipeline.
"${COMPONENTIZE_PY:-.venv/bin/componentize-py}" -d wit -w pipeline componentize -p pipeline app -o out/pipeline.wasm

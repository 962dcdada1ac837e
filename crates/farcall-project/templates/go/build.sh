#!/bin/sh
# Builds {{name}}.wasm. Needs Go 1.25 or later, whose module proxy has what the bindings import.
set -eu
cd "$(dirname "$0")"

fail() {
    echo "build.sh: $*" >&2
    exit 1
}

command -v farcall >/dev/null || fail "there is no farcall on the path"
command -v go >/dev/null || fail "there is no go; https://go.dev/dl has it"

mkdir -p build
farcall bindings --lang go --go-package example.com/{{name}}/gen --go-exports example.com/{{name}} wit --world {{world}} -o gen
GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -ldflags='-checklinkname=0 -s -w' -o build/core.wasm .
# Without WASI, which Go's own memory does not go with.
farcall componentize build/core.wasm --wit wit --world {{world}} --wasi none -o {{name}}.wasm

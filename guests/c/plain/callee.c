// Plain symbols, called: the four core types, with the parameters' names, and one without.
#include "wasm_rpc.h"

WASM_RPC_WIT("/// The sum.\\nexport add: func(a: s32, b: s32) -> s32;")
WASM_RPC_EXPORT(add) int32_t add(int32_t a, int32_t b) { return a + b; }

WASM_RPC_EXPORT(sub) int32_t sub(int32_t a, int32_t b) { return a - b; }

WASM_RPC_EXPORT(widen) int64_t widen(int32_t a) { return (int64_t)a * 4294967296; }

WASM_RPC_EXPORT(mean) double mean(double a, float b) { return (a + b) / 2; }

/* WASM RPC for C and C++: functions that others call, and functions that are called elsewhere. No library, no generator.
 *
 *     #include "wasm_rpc.h"
 *
 *     WASM_RPC_IMPORT(sub) int32_t sub(int32_t a, int32_t b);
 *     WASM_RPC_EXPORT(add) int32_t add(int32_t a, int32_t b) { return a + b; }
 *
 * gives the import `__wasm_rpc_sub` of `env` and the export `__wasm_rpc_add`. int32_t, int64_t, float and double are s32, s64,
 * f32 and f64. A line of WIT, once in the program, tells callers the parameters' names and what is documented:
 *
 *     WASM_RPC_WIT("/// Adds.\\nexport add: func(a: s32, b: s32) -> s32;")
 *
 * Strings and byte buffers need that line, and travel as address and length (`#define WASM_RPC_BUFFERS` before the include;
 * it takes malloc, realloc and free):
 *
 *     WASM_RPC_WIT("export greet: func(name: string) -> string;")
 *     WASM_RPC_EXPORT(greet) wasm_rpc_buffer_t *greet(char *name, size_t name_len) {
 *         ...
 *         free(name);                           // what comes in is the callee's
 *         return wasm_rpc_return(text, length); // text from malloc; it is freed once it was read
 *     }
 *     WASM_RPC_RETURNS(greet)
 *
 *     WASM_RPC_WIT("import shout: func(text: string) -> string;")
 *     WASM_RPC_IMPORT(shout) void shout(const char *text, size_t text_len, wasm_rpc_buffer_t *result);
 *                                               // result->data is the caller's now, to be freed
 *
 * A string is UTF-8 without a zero at its end. `list<u8>` in the WIT line instead of `string` is a byte buffer.
 */
#ifndef WASM_RPC_H
#define WASM_RPC_H

#include <stddef.h>
#include <stdint.h>

/* The function behind it is called by others as `name`. */
#define WASM_RPC_EXPORT(name) __attribute__((export_name("__wasm_rpc_" #name)))

/* The declaration behind it is called elsewhere, as `name`. */
#define WASM_RPC_IMPORT(name) __attribute__((import_module("env"), import_name("__wasm_rpc_" #name)))

/* WIT that the module carries: `export name: func(...);`, `import name: func(...);` and the types that they speak of. A
 * newline in it is written `\\n`. */
#define WASM_RPC_WIT(text) \
  __asm__(".section \".custom_section.wasm-rpc:wit\",\"\",@\n.ascii \"" text "\\n\"\n.section .text,\"\",@\n");

#ifdef WASM_RPC_BUFFERS
#include <stdlib.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A string or a byte buffer, as a result lies in memory. */
typedef struct {
  uint8_t *data;
  size_t length;
} wasm_rpc_buffer_t;

/* How what comes in gets its memory. */
__attribute__((weak, export_name("cabi_realloc"))) void *cabi_realloc(void *old, size_t old_size, size_t align,
                                                                     size_t new_size);
__attribute__((weak)) void *cabi_realloc(void *old, size_t old_size, size_t align, size_t new_size) {
  (void)old_size;
  if (new_size == 0) {
    free(old);
    return (void *)align;
  }
  void *block = realloc(old, new_size);
  if (block == NULL) __builtin_trap();
  return block;
}

/* What an exported function returns: `data` is from malloc, or null with a length of 0. */
static inline wasm_rpc_buffer_t *wasm_rpc_return(void *data, size_t length) {
  wasm_rpc_buffer_t *result = (wasm_rpc_buffer_t *)malloc(sizeof(wasm_rpc_buffer_t));
  if (result == NULL) __builtin_trap();
  result->data = (uint8_t *)data;
  result->length = length;
  return result;
}

/* Frees what an exported function returned by wasm_rpc_return, once it was read. */
#define WASM_RPC_RETURNS(name)                                                                                    \
  __attribute__((export_name("cabi_post___wasm_rpc_" #name))) void wasm_rpc_post_##name(wasm_rpc_buffer_t *result); \
  void wasm_rpc_post_##name(wasm_rpc_buffer_t *result) {                                                          \
    free(result->data);                                                                                           \
    free(result);                                                                                                 \
  }

#ifdef __cplusplus
}
#endif
#endif

#endif

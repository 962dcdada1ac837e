// Strings and byte buffers, called and calling: `relay` shouts by way of `shout`, which is called elsewhere.
#include <string.h>

#define WASM_RPC_BUFFERS
#include "wasm_rpc.h"

WASM_RPC_WIT("/// Says hello.\\nexport greet: func(name: string) -> string;")
WASM_RPC_EXPORT(greet) wasm_rpc_buffer_t *greet(char *name, size_t name_len) {
  static const char hello[] = "hello, ";
  const size_t hello_len = sizeof(hello) - 1;
  char *text = static_cast<char *>(malloc(hello_len + name_len));
  if (text == nullptr) __builtin_trap();
  memcpy(text, hello, hello_len);
  memcpy(text + hello_len, name, name_len);
  if (name_len != 0) free(name);
  return wasm_rpc_return(text, hello_len + name_len);
}
WASM_RPC_RETURNS(greet)

WASM_RPC_WIT("export backwards: func(data: list<u8>) -> list<u8>;")
WASM_RPC_EXPORT(backwards) wasm_rpc_buffer_t *backwards(uint8_t *data, size_t data_len) {
  for (size_t i = 0; i < data_len / 2; i++) {
    const uint8_t kept = data[i];
    data[i] = data[data_len - 1 - i];
    data[data_len - 1 - i] = kept;
  }
  return wasm_rpc_return(data_len == 0 ? nullptr : data, data_len);
}
WASM_RPC_RETURNS(backwards)

WASM_RPC_WIT("import shout: func(name: string) -> string;")
WASM_RPC_IMPORT(shout) void shout(const char *name, size_t name_len, wasm_rpc_buffer_t *result);

WASM_RPC_WIT("export relay: func(text: string) -> string;")
WASM_RPC_EXPORT(relay) wasm_rpc_buffer_t *relay(char *text, size_t text_len) {
  wasm_rpc_buffer_t loud;
  shout(text, text_len, &loud);
  if (text_len != 0) free(text);
  return wasm_rpc_return(loud.length == 0 ? nullptr : loud.data, loud.length);
}
WASM_RPC_RETURNS(relay)

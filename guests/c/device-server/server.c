/* A server in C over the device: two functions, one with state. */
#include "../wasm_rpc_device.h"
#include <stdio.h>

static const char wit[] = "package demo:c-device;\n"
                          "interface words {\n"
                          "  count: func(text: string) -> u32;\n"
                          "  total: func() -> u64;\n"
                          "}\n";

static uint64_t total;

static void count(wasm_rpc_bytes *request, wasm_rpc_answer *answer) {
    size_t length;
    const uint8_t *text = wasm_rpc_take_text(request, &length);
    if (!text) return;
    uint32_t words = 0;
    for (size_t i = 0; i < length; i++) words += text[i] != ' ' && (i == 0 || text[i - 1] == ' ');
    total += words;
    wasm_rpc_put_u64(&answer->response, words);
}

static void give_total(wasm_rpc_bytes *request, wasm_rpc_answer *answer) {
    (void)request;
    wasm_rpc_put_u64(&answer->response, total);
}

int main(void) {
    static const wasm_rpc_function functions[] = {
        {"demo:c-device/words.count", count},
        {"demo:c-device/words.total", give_total},
    };
    int fd = wasm_rpc_open(NULL);
    if (fd < 0 || wasm_rpc_serve(fd, wit, functions, 2) < 0) {
        perror("the device");
        return 1;
    }
    return 0;
}

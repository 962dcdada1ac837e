/* A client in C over the device: calls the calculator, by name, by path and as text, and a function that is
 * not linked. */
#include "../wasm_rpc_device.h"
#include <inttypes.h>
#include <stdio.h>

static int add(int fd, const char *function, int64_t a, int64_t b) {
    wasm_rpc_bytes request = {0};
    wasm_rpc_answer answer;
    wasm_rpc_put_s64(&request, a);
    wasm_rpc_put_s64(&request, b);
    int done = wasm_rpc_call(fd, function, &request, 0, &answer);
    wasm_rpc_free(&request);
    if (done < 0) {
        perror(function);
        return 1;
    }
    if (answer.code) printf("code %" PRIu32 ": %s\n", answer.code, answer.message);
    else printf("%" PRId64 "\n", wasm_rpc_take_s64(&answer.response));
    wasm_rpc_free(&answer.response);
    return 0;
}

static int invoke(int fd, const char *text) {
    wasm_rpc_answer answer;
    if (wasm_rpc_invoke(fd, text, 0, &answer) < 0) {
        perror(text);
        return 1;
    }
    if (answer.code) printf("code %" PRIu32 ": %s\n", answer.code, answer.message);
    else printf("%.*s\n", (int)answer.response.length, (const char *)answer.response.data);
    wasm_rpc_free(&answer.response);
    return 0;
}

int main(void) {
    int fd = wasm_rpc_open(NULL);
    if (fd < 0) {
        perror("the device");
        return 1;
    }
    return add(fd, "demo:calc/ops.add", 2, 40) || add(fd, "/demo.calc.v0_1.Ops/Add", -70000, 1) ||
           add(fd, "other:pkg/thing.call", 1, 1) ||
           invoke(fd, "(invoke \"ops.add\" (s32.const 2) (s32.const 40))");
}

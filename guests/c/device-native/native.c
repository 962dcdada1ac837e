/* A native client in C: the device's messages on the unix socket of a server, whose path is the argument. */
#include "../wasm_rpc_device.h"
#include <inttypes.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

static int connected(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) return -1;
    return fd;
}

int main(int argc, char **argv) {
    int fd = argc == 2 ? connected(argv[1]) : -1;
    wasm_rpc_bytes request = {0};
    wasm_rpc_answer answer;
    wasm_rpc_put_s64(&request, 2);
    wasm_rpc_put_s64(&request, 40);
    if (fd < 0 || wasm_rpc_call(fd, "demo:calc/ops.add", &request, 0, &answer) < 0) {
        perror("the device");
        return 1;
    }
    printf("%" PRIu32 " %" PRId64 "\n", answer.code, wasm_rpc_take_s64(&answer.response));
    wasm_rpc_free(&answer.response);
    if (wasm_rpc_invoke(fd, "(invoke \"greet\" (str.const \"C\"))", 0, &answer) < 0) {
        perror("the device");
        return 1;
    }
    printf("%.*s\n", (int)answer.response.length, (const char *)answer.response.data);
    wasm_rpc_free(&answer.response);
    if (wasm_rpc_invoke(fd, "(invoke \"nothing\")", 0, &answer) < 0) {
        perror("the device");
        return 1;
    }
    printf("code %" PRIu32 ": %s\n", answer.code, answer.message);
    wasm_rpc_free(&request);
    close(fd);
    return 0;
}

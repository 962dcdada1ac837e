/* Calls over the device /dev/wasi/rpc, for programs that know files (spec/device.md). This header is all there is:
 *
 *   wasm_rpc_open    opens the device
 *   wasm_rpc_call    calls a function, and waits for its answer
 *   wasm_rpc_invoke  the same for a call as text: (invoke "add" (i32.const 1) (i32.const 2))
 *   wasm_rpc_serve   serves a table of functions until the host ends
 *
 * Requests and responses are values as spec/values.md encodes them: the parameters in order, the result. The functions
 * wasm_rpc_put_* and wasm_rpc_take_* write and read the common ones. One descriptor is used by one thread at a time; a
 * native program's is a unix socket, connected to where a server listens. */
#ifndef WASM_RPC_DEVICE_H
#define WASM_RPC_DEVICE_H

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Bytes that grow. `failed` stays set once memory, or the bytes to take, ran out. */
typedef struct {
    uint8_t *data;
    size_t length, room, at;
    int failed;
} wasm_rpc_bytes;

/* The end of a call: code 0 and a response, or one of gRPC's codes and a text. */
typedef struct {
    uint32_t code;
    wasm_rpc_bytes response;
    char message[256];
} wasm_rpc_answer;

/* A function that is served: takes the request, and fills the answer, whose code is 0 before. */
typedef void (*wasm_rpc_handler)(wasm_rpc_bytes *request, wasm_rpc_answer *answer);

/* Its name as the WIT has it, with interface and version: "demo:calc/ops@0.1.0.add". */
typedef struct {
    const char *name;
    wasm_rpc_handler handler;
} wasm_rpc_function;

enum {
    WASM_RPC_CALL = 1,
    WASM_RPC_RETURN = 2,
    WASM_RPC_CANCEL = 3,
    WASM_RPC_ANNOUNCE = 4,
    WASM_RPC_INVOKE = 5,
    WASM_RPC_REFUSE = 6
};
enum { WASM_RPC_INVALID_ARGUMENT = 3, WASM_RPC_UNIMPLEMENTED = 12, WASM_RPC_INTERNAL = 13 };

static inline void wasm_rpc_put(wasm_rpc_bytes *to, const void *bytes, size_t length) {
    if (to->failed || length > SIZE_MAX / 4 - to->length) {
        to->failed = 1;
        return;
    }
    if (to->length + length > to->room) {
        size_t room = (to->length + length) * 2;
        uint8_t *data = (uint8_t *)realloc(to->data, room);
        if (!data) {
            to->failed = 1;
            return;
        }
        to->data = data;
        to->room = room;
    }
    if (length) memcpy(to->data + to->length, bytes, length);
    to->length += length;
}

static inline void wasm_rpc_put_u64(wasm_rpc_bytes *to, uint64_t number) {
    uint8_t byte;
    do {
        byte = number & 0x7f;
        number >>= 7;
        if (number) byte |= 0x80;
        wasm_rpc_put(to, &byte, 1);
    } while (number);
}

static inline void wasm_rpc_put_s64(wasm_rpc_bytes *to, int64_t number) {
    for (;;) {
        uint8_t byte = number & 0x7f;
        number >>= 7;
        if ((number == 0 && !(byte & 0x40)) || (number == -1 && (byte & 0x40))) {
            wasm_rpc_put(to, &byte, 1);
            return;
        }
        byte |= 0x80;
        wasm_rpc_put(to, &byte, 1);
    }
}

/* A string, or a list<u8>. */
static inline void wasm_rpc_put_text(wasm_rpc_bytes *to, const void *bytes, size_t length) {
    wasm_rpc_put_u64(to, length);
    wasm_rpc_put(to, bytes, length);
}

/* The next so many bytes; NULL, and `failed`, when there are fewer. */
static inline const uint8_t *wasm_rpc_take(wasm_rpc_bytes *from, size_t length) {
    if (from->failed || length > from->length - from->at) {
        from->failed = 1;
        return NULL;
    }
    const uint8_t *bytes = from->data + from->at;
    from->at += length;
    return bytes;
}

static inline uint64_t wasm_rpc_take_u64(wasm_rpc_bytes *from) {
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const uint8_t *byte = wasm_rpc_take(from, 1);
        if (!byte) return 0;
        number |= (uint64_t)(*byte & 0x7f) << shift;
        if (!(*byte & 0x80)) return number;
    }
    from->failed = 1;
    return 0;
}

static inline int64_t wasm_rpc_take_s64(wasm_rpc_bytes *from) {
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const uint8_t *byte = wasm_rpc_take(from, 1);
        if (!byte) return 0;
        number |= (uint64_t)(*byte & 0x7f) << shift;
        if (!(*byte & 0x80)) {
            if ((*byte & 0x40) && shift + 7 < 64) number |= ~(uint64_t)0 << (shift + 7);
            return (int64_t)number;
        }
    }
    from->failed = 1;
    return 0;
}

/* A string, or a list<u8>: where it begins; it has no zero at its end. */
static inline const uint8_t *wasm_rpc_take_text(wasm_rpc_bytes *from, size_t *length) {
    *length = (size_t)wasm_rpc_take_u64(from);
    return wasm_rpc_take(from, *length);
}

static inline void wasm_rpc_free(wasm_rpc_bytes *bytes) {
    free(bytes->data);
    memset(bytes, 0, sizeof *bytes);
}

/* Opens the device; NULL is the usual path. A descriptor, or -1 and errno. */
static inline int wasm_rpc_open(const char *path) { return open(path ? path : "/dev/wasi/rpc", O_RDWR); }

static inline int wasm_rpc_write_all(int fd, const uint8_t *bytes, size_t length) {
    while (length) {
        ssize_t count = write(fd, bytes, length);
        if (count < 0) {
            if (errno == EINTR) continue;
            return -1;
        }
        bytes += count;
        length -= (size_t)count;
    }
    return 0;
}

/* 1, or 0 at the end before any byte, or -1 and errno. */
static inline int wasm_rpc_read_all(int fd, uint8_t *bytes, size_t length) {
    size_t done = 0;
    while (done < length) {
        ssize_t count = read(fd, bytes + done, length - done);
        if (count < 0) {
            if (errno == EINTR) continue;
            return -1;
        }
        if (count == 0) {
            if (done == 0) return 0;
            errno = EPIPE;
            return -1;
        }
        done += (size_t)count;
    }
    return 1;
}

/* Writes one message and frees its body. */
static inline int wasm_rpc_send(int fd, uint8_t kind, wasm_rpc_bytes *body) {
    uint8_t header[5] = {kind, (uint8_t)(body->length >> 24), (uint8_t)(body->length >> 16),
                         (uint8_t)(body->length >> 8), (uint8_t)body->length};
    int done = -1;
    if (body->failed || body->length > UINT32_MAX) errno = ENOMEM;
    else if (wasm_rpc_write_all(fd, header, 5) == 0) done = wasm_rpc_write_all(fd, body->data, body->length);
    wasm_rpc_free(body);
    return done;
}

/* Reads one message: 1, or 0 at the end, or -1 and errno. The body is the caller's to free. */
static inline int wasm_rpc_receive(int fd, uint8_t *kind, wasm_rpc_bytes *body) {
    uint8_t header[5];
    memset(body, 0, sizeof *body);
    int done = wasm_rpc_read_all(fd, header, 5);
    if (done <= 0) return done;
    *kind = header[0];
    size_t length = (size_t)header[1] << 24 | (size_t)header[2] << 16 | (size_t)header[3] << 8 | header[4];
    if (length == 0) return 1;
    body->data = (uint8_t *)malloc(length);
    if (!body->data) {
        errno = ENOMEM;
        return -1;
    }
    body->length = body->room = length;
    if (wasm_rpc_read_all(fd, body->data, length) == 1) return 1;
    wasm_rpc_free(body);
    return -1;
}

static inline int wasm_rpc_return(int fd, uint64_t number, wasm_rpc_answer *answer) {
    wasm_rpc_bytes body = {0};
    if (answer->response.failed && !answer->code) answer->code = WASM_RPC_INTERNAL;
    wasm_rpc_put_u64(&body, number);
    uint8_t code = (uint8_t)answer->code;
    wasm_rpc_put(&body, &code, 1);
    if (code) wasm_rpc_put_text(&body, answer->message, strnlen(answer->message, sizeof answer->message));
    else wasm_rpc_put(&body, answer->response.data, answer->response.length);
    wasm_rpc_free(&answer->response);
    return wasm_rpc_send(fd, WASM_RPC_RETURN, &body);
}

static inline void wasm_rpc_status(wasm_rpc_answer *answer, uint32_t code, const void *text, size_t length) {
    answer->code = code;
    if (length > sizeof answer->message - 1) length = sizeof answer->message - 1;
    if (length) memcpy(answer->message, text, length);
    answer->message[length] = 0;
}

/* Waits for the answer of one's call. */
static inline int wasm_rpc_wait(int fd, uint64_t number, wasm_rpc_answer *answer) {
    memset(answer, 0, sizeof *answer);
    for (;;) {
        uint8_t kind;
        wasm_rpc_bytes body = {0};
        int done = wasm_rpc_receive(fd, &kind, &body);
        if (done <= 0) {
            if (done == 0) errno = EPIPE;
            return -1;
        }
        if (kind == WASM_RPC_CALL) { /* a client serves nothing */
            wasm_rpc_answer none = {0};
            wasm_rpc_status(&none, WASM_RPC_UNIMPLEMENTED, "nothing is served here", 22);
            done = wasm_rpc_return(fd, wasm_rpc_take_u64(&body), &none);
            wasm_rpc_free(&body);
            if (done < 0) return -1;
            continue;
        }
        if (kind == WASM_RPC_REFUSE || (kind == WASM_RPC_RETURN && wasm_rpc_take_u64(&body) == number)) {
            const uint8_t *code = wasm_rpc_take(&body, 1);
            size_t length = 0;
            if (code && *code) {
                const uint8_t *text = wasm_rpc_take_text(&body, &length);
                wasm_rpc_status(answer, *code, text ? text : (const uint8_t *)"", text ? length : 0);
            } else if (code) {
                wasm_rpc_put(&answer->response, body.data + body.at, body.length - body.at);
            }
            done = body.failed || answer->response.failed;
            wasm_rpc_free(&body);
            if (done) errno = EPROTO;
            return done ? -1 : 0;
        }
        wasm_rpc_free(&body);
    }
}

/* Calls a function by its name or its path, with a timeout in microseconds (0: the host's), and waits for the answer,
 * whose response is the caller's to free. 0 when there is an answer, whatever its code; -1 and errno otherwise. */
static inline int wasm_rpc_call(int fd, const char *function, const wasm_rpc_bytes *request, uint64_t timeout,
                                wasm_rpc_answer *answer) {
    const uint64_t number = 1; /* one call at a time */
    wasm_rpc_bytes body = {0};
    wasm_rpc_put_u64(&body, number);
    wasm_rpc_put_text(&body, function, strlen(function));
    wasm_rpc_put_u64(&body, 0); /* no fingerprint */
    wasm_rpc_put_u64(&body, timeout);
    wasm_rpc_put_u64(&body, 0); /* no metadata */
    wasm_rpc_put(&body, request->data, request->length);
    if (request->failed) body.failed = 1;
    if (wasm_rpc_send(fd, WASM_RPC_CALL, &body) < 0) return -1;
    return wasm_rpc_wait(fd, number, answer);
}

/* The same for a call as text, (invoke "add" (i32.const 1) (i32.const 2)). The response is text too, without a zero at its
 * end: (i32.const 3). */
static inline int wasm_rpc_invoke(int fd, const char *text, uint64_t timeout, wasm_rpc_answer *answer) {
    const uint64_t number = 1;
    wasm_rpc_bytes body = {0};
    wasm_rpc_put_u64(&body, number);
    wasm_rpc_put_u64(&body, timeout);
    wasm_rpc_put(&body, text, strlen(text));
    if (wasm_rpc_send(fd, WASM_RPC_INVOKE, &body) < 0) return -1;
    return wasm_rpc_wait(fd, number, answer);
}

static inline void wasm_rpc_dispatch(const wasm_rpc_function *functions, size_t count, wasm_rpc_bytes *body,
                                     wasm_rpc_answer *answer) {
    size_t length, skipped;
    const uint8_t *name = wasm_rpc_take_text(body, &length);
    wasm_rpc_take_text(body, &skipped); /* fingerprint: the host has compared it */
    wasm_rpc_take_u64(body);            /* timeout: the host keeps it */
    for (uint64_t pairs = wasm_rpc_take_u64(body); pairs && !body->failed; pairs--) {
        wasm_rpc_take_text(body, &skipped);
        wasm_rpc_take_text(body, &skipped);
    }
    for (size_t i = 0; name && !body->failed && i < count; i++) {
        if (strlen(functions[i].name) != length || memcmp(functions[i].name, name, length)) continue;
        functions[i].handler(body, answer);
        if (body->failed && !answer->code)
            wasm_rpc_status(answer, WASM_RPC_INVALID_ARGUMENT, "the request ends too early", 26);
        return;
    }
    wasm_rpc_status(answer, WASM_RPC_UNIMPLEMENTED, "no such function", 16);
}

/* Announces WIT and serves its functions, one call after another, until the host ends: 0. -1 and errno otherwise. */
static inline int wasm_rpc_serve(int fd, const char *wit, const wasm_rpc_function *functions, size_t count) {
    wasm_rpc_bytes body = {0};
    wasm_rpc_put(&body, wit, strlen(wit));
    if (wasm_rpc_send(fd, WASM_RPC_ANNOUNCE, &body) < 0) return -1;
    for (;;) {
        uint8_t kind;
        int done = wasm_rpc_receive(fd, &kind, &body);
        if (done <= 0) return done;
        if (kind == WASM_RPC_REFUSE) {
            wasm_rpc_free(&body);
            errno = EPROTO;
            return -1;
        }
        if (kind == WASM_RPC_CALL) {
            wasm_rpc_answer answer = {0};
            uint64_t number = wasm_rpc_take_u64(&body);
            wasm_rpc_dispatch(functions, count, &body, &answer);
            if (wasm_rpc_return(fd, number, &answer) < 0) {
                wasm_rpc_free(&body);
                return -1;
            }
        } /* a CANCEL comes too late for calls that are made one after another */
        wasm_rpc_free(&body);
    }
}

#endif

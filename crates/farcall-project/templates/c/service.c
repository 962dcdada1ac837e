// The functions of {{name}}:service/api; wit/world.wit says what each does. Their declarations are in gen/service.h,
// which build.sh writes. Parameters are the function's own, to be freed; results are the caller's.

#include "service.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

void exports_{{snake}}_service_api_greet(service_string_t *name, service_string_t *ret) {
    static const char before[] = "Hello, ";
    size_t length = sizeof before - 1;
    ret->len = length + name->len + 1;
    ret->ptr = malloc(ret->len);
    if (ret->ptr == NULL) abort();
    memcpy(ret->ptr, before, length);
    memcpy(ret->ptr + length, name->ptr, name->len);
    ret->ptr[ret->len - 1] = '!';
    service_string_free(name);
}

void exports_{{snake}}_service_api_middle(exports_{{snake}}_service_api_point_t *a,
                                          exports_{{snake}}_service_api_point_t *b,
                                          exports_{{snake}}_service_api_point_t *ret) {
    ret->x = (a->x + b->x) / 2;
    ret->y = (a->y + b->y) / 2;
}

bool exports_{{snake}}_service_api_divide(int32_t dividend, int32_t divisor, int32_t *ret, service_string_t *err) {
    if (divisor == 0) {
        service_string_dup(err, "division by zero");
        return false;
    }
    if (dividend == INT32_MIN && divisor == -1) {
        service_string_dup(err, "the quotient is too large");
        return false;
    }
    *ret = dividend / divisor;
    return true;
}

// Calls {{calls}}:service/api, wherever it is; wit/ says what it offers. The declarations are in gen/app.h, which build.sh
// writes. What a call returns is the caller's, to be freed.

#include "app.h"

#include <stdio.h>
#include <stdlib.h>

void exports_app_run(app_string_t *name, app_string_t *ret) {
    app_string_t greeting, why;
    int32_t quotient;
    {{calls_snake}}_service_api_greet(name, &greeting);
    bool divided = {{calls_snake}}_service_api_divide(7, 2, &quotient, &why);

    size_t room = greeting.len + (divided ? 0 : why.len) + 64;
    char *text = malloc(room);
    if (text == NULL) abort();
    int length;
    if (divided) {
        length = snprintf(text, room, "%.*s 7 / 2 is %d.", (int)greeting.len, (char *)greeting.ptr, (int)quotient);
    } else {
        length = snprintf(text, room, "%.*s 7 / 2: %.*s.", (int)greeting.len, (char *)greeting.ptr, (int)why.len,
                          (char *)why.ptr);
        app_string_free(&why);
    }
    ret->ptr = (uint8_t *)text;
    ret->len = (size_t)length;
    app_string_free(&greeting);
    app_string_free(name);
}

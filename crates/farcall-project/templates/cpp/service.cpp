// The functions of {{name}}:service/api; wit/world.wit says what each does. Their declarations are in gen/, which
// build.sh writes.

#include "service_cpp.h"

#include <cstdint>
#include <expected>
#include <limits>
#include <string>

namespace api = exports::{{snake}}::service::api;

wit::string api::Greet(wit::string name) {
    std::string greeting = "Hello, " + std::string(name.get_view()) + "!";
    return wit::string::from_view(greeting);
}

api::Point api::Middle(api::Point a, api::Point b) {
    return {(a.x + b.x) / 2, (a.y + b.y) / 2};
}

std::expected<int32_t, wit::string> api::Divide(int32_t dividend, int32_t divisor) {
    if (divisor == 0) return std::unexpected(wit::string::from_view("division by zero"));
    if (dividend == std::numeric_limits<int32_t>::min() && divisor == -1)
        return std::unexpected(wit::string::from_view("the quotient is too large"));
    return dividend / divisor;
}

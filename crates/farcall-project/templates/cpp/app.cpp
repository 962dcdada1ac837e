// Calls {{calls}}:service/api, wherever it is; wit/ says what it offers. The declarations are in gen/, which build.sh writes.

#include "app_cpp.h"

#include <string>

namespace api = {{calls_snake}}::service::api;

wit::string exports::app::Run(wit::string name) {
    std::string text(api::Greet(name.get_view()).get_view());
    auto quotient = api::Divide(7, 2);
    if (quotient)
        text += " 7 / 2 is " + std::to_string(*quotient) + ".";
    else
        text += " 7 / 2: " + std::string(quotient.error().get_view()) + ".";
    return wit::string::from_view(text);
}

// The caller of functions that fail: in C++ a function returns a `std::expected`, of the result or the error.

#include "caller_cpp.h"

#include <string>
#include <string_view>
#include <variant>

namespace remote = test::failures::remote;
namespace check = exports::test::failures::check;
using Code = wasm_rpc::core::types::Code;

namespace {

std::string_view name(Code code) {
  constexpr std::string_view names[] = {
      "cancelled",         "unknown",             "invalid-argument", "deadline-exceeded",
      "not-found",         "already-exists",      "permission-denied", "resource-exhausted",
      "failed-precondition", "aborted",           "out-of-range",     "unimplemented",
      "internal",          "unavailable",         "data-loss",        "unauthenticated",
  };
  return names[size_t(code)];
}

std::string said(const remote::Status &status) {
  return std::string(name(status.code)) + ": " + status.message.to_string();
}

std::string said(const remote::Problem &problem) {
  if (auto *call = std::get_if<remote::Problem::Call>(&problem.variants)) return "call " + said(call->value);
  return "refused " + std::get<remote::Problem::Refused>(problem.variants).value.to_string();
}

std::string said(const wit::string &reason) { return "worded " + reason.to_string(); }

template <class Error>
wit::string outcome(const std::expected<uint32_t, Error> &answer) {
  return wit::string::from_view(answer ? std::to_string(*answer) : said(answer.error()));
}

}  // namespace

wit::string check::Guarded(Act what) { return outcome(remote::Guarded(what)); }
wit::string check::Cased(Act what) { return outcome(remote::Cased(what)); }
wit::string check::Worded(Act what) { return outcome(remote::Worded(what)); }
wit::string check::Bare(Act what) { return wit::string::from_view(std::to_string(remote::Bare(what))); }

// The caller of functions that fail: in C a function returns whether it went well, and fills in the result or the error.

#include "caller.h"

#include <stdio.h>
#include <stdlib.h>

typedef caller_string_t string_t;
typedef test_failures_remote_act_t act_t;
typedef test_failures_remote_status_t status_t;

static const char *name(wasm_rpc_core_types_code_t code) {
  static const char *const names[] = {
      "cancelled",      "unknown",           "invalid-argument",  "deadline-exceeded",   "not-found", "already-exists",
      "permission-denied", "resource-exhausted", "failed-precondition", "aborted", "out-of-range", "unimplemented",
      "internal",       "unavailable",       "data-loss",         "unauthenticated",
  };
  return names[code];
}

static void say_number(uint32_t number, string_t *ret) {
  char text[16];
  snprintf(text, sizeof text, "%u", (unsigned)number);
  caller_string_dup(ret, text);
}

static void say(const char *before, const string_t *message, string_t *ret) {
  size_t size = 64 + message->len;
  char *text = malloc(size);
  if (text == NULL) abort();
  snprintf(text, size, "%s%.*s", before, (int)message->len, (const char *)message->ptr);
  caller_string_set(ret, text);
}

static void say_status(const char *before, const status_t *status, string_t *ret) {
  char start[48];
  snprintf(start, sizeof start, "%s%s: ", before, name(status->code));
  say(start, &status->message, ret);
}

void exports_test_failures_check_guarded(act_t what, string_t *ret) {
  uint32_t number;
  status_t status;
  if (test_failures_remote_guarded(what, &number, &status)) {
    say_number(number, ret);
    return;
  }
  say_status("", &status, ret);
  test_failures_remote_status_free(&status);
}

void exports_test_failures_check_cased(act_t what, string_t *ret) {
  uint32_t number;
  test_failures_remote_problem_t problem;
  if (test_failures_remote_cased(what, &number, &problem)) {
    say_number(number, ret);
    return;
  }
  switch (problem.tag) {
    case TEST_FAILURES_REMOTE_PROBLEM_REFUSED:
      say("refused ", &problem.val.refused, ret);
      break;
    case TEST_FAILURES_REMOTE_PROBLEM_CALL:
      say_status("call ", &problem.val.call, ret);
      break;
  }
  test_failures_remote_problem_free(&problem);
}

void exports_test_failures_check_worded(act_t what, string_t *ret) {
  uint32_t number;
  string_t reason;
  if (test_failures_remote_worded(what, &number, &reason)) {
    say_number(number, ret);
    return;
  }
  say("worded ", &reason, ret);
  caller_string_free(&reason);
}

void exports_test_failures_check_bare(act_t what, string_t *ret) { say_number(test_failures_remote_bare(what), ret); }

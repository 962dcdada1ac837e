// Package export_test_failures_check is the caller of functions that fail: in Go a function that can fail returns a result,
// which a caller makes a value and an `error` of.
package export_test_failures_check

import (
	"errors"
	"fmt"

	. "go.bytecodealliance.org/pkg/wit/types"
	"wit_component/test_failures_remote"
	core "wit_component/wasm_rpc_core_types"
)

// A call that failed, as Go's own error.
type callError struct{ core.Status }

func (e callError) Error() string { return codes[e.Code] + ": " + e.Message }

var codes = []string{
	core.Code_Cancelled:          "cancelled",
	core.Code_Unknown:            "unknown",
	core.Code_InvalidArgument:    "invalid-argument",
	core.Code_DeadlineExceeded:   "deadline-exceeded",
	core.Code_NotFound:           "not-found",
	core.Code_AlreadyExists:      "already-exists",
	core.Code_PermissionDenied:   "permission-denied",
	core.Code_ResourceExhausted:  "resource-exhausted",
	core.Code_FailedPrecondition: "failed-precondition",
	core.Code_Aborted:            "aborted",
	core.Code_OutOfRange:         "out-of-range",
	core.Code_Unimplemented:      "unimplemented",
	core.Code_Internal:           "internal",
	core.Code_Unavailable:        "unavailable",
	core.Code_DataLoss:           "data-loss",
	core.Code_Unauthenticated:    "unauthenticated",
}

// The value, or the result's error made Go's.
func value[T, E any](result Result[T, E], make func(E) error) (T, error) {
	if result.IsErr() {
		var none T
		return none, make(result.Err())
	}
	return result.Ok(), nil
}

func ofStatus(status core.Status) error { return callError{status} }

func ofProblem(problem test_failures_remote.Problem) error {
	if problem.Tag() == test_failures_remote.Problem_Call {
		return fmt.Errorf("call %w", ofStatus(problem.Call()))
	}
	return errors.New("refused " + problem.Refused())
}

func ofText(reason string) error { return errors.New("worded " + reason) }

func said(number uint32, err error) string {
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(number)
}

func Guarded(what test_failures_remote.Act) string {
	return said(value(test_failures_remote.Guarded(what), ofStatus))
}

func Cased(what test_failures_remote.Act) string {
	return said(value(test_failures_remote.Cased(what), ofProblem))
}

func Worded(what test_failures_remote.Act) string {
	return said(value(test_failures_remote.Worded(what), ofText))
}

func Bare(what test_failures_remote.Act) string { return fmt.Sprint(test_failures_remote.Bare(what)) }

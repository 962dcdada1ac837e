package export_test_values_check

import (
	"fmt"

	"go.bytecodealliance.org/pkg/wit/types"
)

// What was called, and the first answer that was wrong.
type tally struct {
	function                  string
	functions, checks, number int
	failure                   string
}

func (t *tally) begin(function string) {
	t.function = function
	t.functions++
	t.number = 0
}

// The answer, and the one that is right.
func (t *tally) expect(answer, right any) {
	if t.checks++; !same(answer, right) && t.failure == "" {
		t.failure = fmt.Sprintf("%s: check %d failed: %.200v", t.function, t.number, answer)
	}
	t.number++
}

func (t *tally) outcome() wit_types.Result[string, string] {
	if t.failure != "" {
		return wit_types.Err[string, string](t.failure)
	}
	return wit_types.Ok[string, string](fmt.Sprintf("%d functions, %d checks", t.functions, t.checks))
}

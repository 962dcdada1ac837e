// Package export_test_values_lists is the part of the values callee that is the interface `lists`. What each function does
// is said in its WIT.
package export_test_values_lists

import (
	"slices"

	"go.bytecodealliance.org/pkg/wit/types"
	"wit_component/export_test_values_compounds"
	"wit_component/test_values_shapes"
)

func reversed[T any](v []T) []T {
	slices.Reverse(v)
	return v
}

func mapped[T, U any](v []T, change func(T) U) []U {
	results := make([]U, len(v))
	for i, element := range v {
		results[i] = change(element)
	}
	return results
}

func EchoBytes(v []uint8) []uint8 { return v }

func Sum(v []int32) int64 {
	var sum int64
	for _, number := range v {
		sum += int64(number)
	}
	return sum
}

func ReverseU64(v []uint64) []uint64        { return reversed(v) }
func ReverseF32(v []float32) []float32      { return reversed(v) }
func NegateAll(v []bool) []bool             { return mapped(v, func(b bool) bool { return !b }) }
func Spell(v []rune) string                 { return string(v) }
func ReverseStrings(v []string) []string    { return reversed(v) }
func ReverseNested(v [][]uint16) [][]uint16 { return reversed(mapped(v, reversed[uint16])) }

func MovePoints(v []test_values_shapes.Point, by test_values_shapes.Point) []test_values_shapes.Point {
	return mapped(v, func(p test_values_shapes.Point) test_values_shapes.Point {
		return test_values_shapes.Point{X: p.X + by.X, Y: p.Y + by.Y}
	})
}

func ReverseLines(v []test_values_shapes.Line) []test_values_shapes.Line {
	return reversed(mapped(v, func(line test_values_shapes.Line) test_values_shapes.Line {
		line.From, line.To = line.To, line.From
		return line
	}))
}

func SwapPairs(v []wit_types.Tuple2[uint8, string]) []wit_types.Tuple2[string, uint8] {
	return mapped(v, func(pair wit_types.Tuple2[uint8, string]) wit_types.Tuple2[string, uint8] {
		return wit_types.Tuple2[string, uint8]{F0: pair.F1, F1: pair.F0}
	})
}

func NextPayloads(v []test_values_shapes.Payload) []test_values_shapes.Payload {
	return mapped(v, export_test_values_compounds.NextPayload)
}

func NextColors(v []test_values_shapes.Color) []test_values_shapes.Color {
	return mapped(v, export_test_values_compounds.NextColor)
}

func ReverseOptions(v []wit_types.Option[string]) []wit_types.Option[string] { return reversed(v) }

func FlipResults(v []wit_types.Result[int32, string]) []wit_types.Result[string, int32] {
	return mapped(v, func(result wit_types.Result[int32, string]) wit_types.Result[string, int32] {
		if result.IsErr() {
			return wit_types.Ok[string, int32](result.Err())
		}
		return wit_types.Err[string, int32](result.Ok())
	})
}

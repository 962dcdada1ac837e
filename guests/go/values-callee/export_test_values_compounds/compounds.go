// Package export_test_values_compounds is the part of the values callee that is the interface `compounds`. What each function
// does is said in its WIT.
package export_test_values_compounds

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"go.bytecodealliance.org/pkg/wit/types"
	. "wit_component/test_values_compounds"
	"wit_component/test_values_shapes"
)

func SwapPair(v wit_types.Tuple2[uint8, string]) (string, uint8) { return v.F1, v.F0 }

func Turn(v test_values_shapes.Line) test_values_shapes.Line {
	return test_values_shapes.Line{Name: v.Name + "~", From: v.To, To: v.From, Weight: -v.Weight}
}

func NextEverything(v Everything) Everything {
	v.A = !v.A
	v.B++
	v.C++
	v.D++
	v.E++
	v.F++
	v.G++
	v.H++
	v.I++
	v.K = -v.K
	v.L++
	v.M += "+"
	v.N++
	if v.O.IsSome() {
		v.O = wit_types.Some(v.O.Some() + 1)
	}
	v.P = NextColor(v.P)
	slices.Reverse(v.Q)
	return v
}

func NextPayload(v test_values_shapes.Payload) test_values_shapes.Payload {
	switch v.Tag() {
	case test_values_shapes.Payload_Number:
		return test_values_shapes.MakePayloadNumber(-v.Number())
	case test_values_shapes.Payload_Long:
		return test_values_shapes.MakePayloadLong(-v.Long())
	case test_values_shapes.Payload_Text:
		return test_values_shapes.MakePayloadText(v.Text() + "!")
	case test_values_shapes.Payload_Place:
		place := v.Place()
		return test_values_shapes.MakePayloadPlace(test_values_shapes.Point{X: place.Y, Y: place.X})
	}
	return v
}

func Kind(v test_values_shapes.Payload) string {
	return []string{"nothing", "number", "long", "text", "place"}[v.Tag()]
}

func NextColor(v test_values_shapes.Color) test_values_shapes.Color { return (v + 1) % 3 }
func NextBig(v Big) Big                                             { return (v + 1) % 300 }

func Invert(a Flags1, b Flags8, c Flags9, d Flags32) (Flags1, Flags8, Flags9, Flags32) {
	return ^a & 0x1, ^b, ^c & 0x1FF, ^d
}

func NextOption(v wit_types.Option[uint32]) wit_types.Option[uint32] {
	if v.IsNone() {
		return v
	}
	return wit_types.Some(v.Some() + 1)
}

func NextNested(v wit_types.Option[wit_types.Option[string]]) wit_types.Option[wit_types.Option[string]] {
	switch {
	case v.IsNone():
		return wit_types.Some(wit_types.None[string]())
	case v.Some().IsNone():
		return wit_types.Some(wit_types.Some("new"))
	}
	return wit_types.None[wit_types.Option[string]]()
}

type deep = wit_types.Option[wit_types.Option[wit_types.Option[uint8]]]

func EchoDeep(v deep) deep { return v }

func Flip(v wit_types.Result[uint8, test_values_shapes.Color]) wit_types.Result[test_values_shapes.Color, uint8] {
	if v.IsErr() {
		return wit_types.Ok[test_values_shapes.Color, uint8](v.Err())
	}
	return wit_types.Err[test_values_shapes.Color, uint8](v.Ok())
}

func Outcome(v bool) wit_types.Result[wit_types.Unit, wit_types.Unit] {
	if v {
		return wit_types.Ok[wit_types.Unit, wit_types.Unit](wit_types.Unit{})
	}
	return wit_types.Err[wit_types.Unit, wit_types.Unit](wit_types.Unit{})
}

func OnlyOk(v int32) wit_types.Result[uint32, wit_types.Unit] {
	if v < 0 {
		return wit_types.Err[uint32, wit_types.Unit](wit_types.Unit{})
	}
	return wit_types.Ok[uint32, wit_types.Unit](uint32(v))
}

func OnlyErr(v int32) wit_types.Result[wit_types.Unit, string] {
	if v < 0 {
		return wit_types.Err[wit_types.Unit, string](fmt.Sprintf("negative: %d", v))
	}
	return wit_types.Ok[wit_types.Unit, string](wit_types.Unit{})
}

func Divide(a, b int32) wit_types.Result[int32, string] {
	switch {
	case b == 0:
		return wit_types.Err[int32, string]("division by zero")
	case a == math.MinInt32 && b == -1:
		return wit_types.Err[int32, string]("overflow")
	}
	return wit_types.Ok[int32, string](a / b)
}

type found = wit_types.Result[test_values_shapes.Line, test_values_shapes.Payload]

func Find(name string) found {
	switch {
	case name == "none":
		return wit_types.Err[test_values_shapes.Line](test_values_shapes.MakePayloadNothing())
	case strings.HasPrefix(name, "-"):
		return wit_types.Err[test_values_shapes.Line](test_values_shapes.MakePayloadText(name))
	}
	line := test_values_shapes.Line{Name: name, Weight: 0.5}
	line.From = test_values_shapes.Point{X: 1, Y: 2}
	line.To = test_values_shapes.Point{X: 3, Y: 4}
	return wit_types.Ok[test_values_shapes.Line, test_values_shapes.Payload](line)
}

func Many(a uint8, b int8, c uint16, d int16, e uint32, f int32, g uint64, h int64, i string,
	j, k, l, m, n uint8, o string, p uint32) string {
	return fmt.Sprintf("%d,%d,%d,%d,%d,%d,%d,%d,%s,%d,%d,%d,%d,%d,%s,%d", a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)
}

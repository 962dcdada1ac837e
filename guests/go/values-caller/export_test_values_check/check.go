// Package export_test_values_check is the values caller: it calls every function of `test:values` with many values, and says
// the first answer that is wrong.
package export_test_values_check

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	. "go.bytecodealliance.org/pkg/wit/types"
	compounds "wit_component/test_values_compounds"
	lists "wit_component/test_values_lists"
	scalars "wit_component/test_values_scalars"
	shapes "wit_component/test_values_shapes"
)

type (
	point   = shapes.Point
	line    = shapes.Line
	payload = shapes.Payload
)

const many = 10_000

var (
	infinity     = math.Inf(1)
	negativeZero = math.Copysign(0, -1)
)

func Run() Result[string, string] {
	t := &tally{}
	t.begin("origin")
	t.expect(shapes.Origin(), point{X: 7, Y: -7})
	parts := []func(*tally){
		checkNumbers, checkTexts, checkListsOfNumbers, checkListsOfTexts, checkListsOfRecords, checkRecords, checkCases,
		checkFlags, checkOptions, checkResults,
	}
	for _, part := range parts {
		part(t)
	}
	return t.outcome()
}

func RunWide() Result[string, string] {
	t := &tally{}
	checkWide(t)
	return t.outcome()
}

type integer interface {
	~uint8 | ~int8 | ~uint16 | ~int16 | ~uint32 | ~int32 | ~uint64 | ~int64
}

func integers[T integer](t *tally, name string, function func(T) T, low, high T) {
	t.begin(name)
	for _, v := range []T{0, 1, high / 2, high - 1, low} {
		t.expect(function(v), v+1)
	}
	t.expect(function(high), low)
}

func checkNumbers(t *tally) {
	t.begin("negate")
	t.expect(scalars.Negate(false), true)
	t.expect(scalars.Negate(true), false)
	integers(t, "next-u8", scalars.NextU8, 0, math.MaxUint8)
	integers(t, "next-s8", scalars.NextS8, math.MinInt8, math.MaxInt8)
	integers(t, "next-u16", scalars.NextU16, 0, math.MaxUint16)
	integers(t, "next-s16", scalars.NextS16, math.MinInt16, math.MaxInt16)
	t.begin("next-u32")
	for _, v := range []uint32{0, 1, 0x7F, 0x80, 0x7FFFFFFE} {
		t.expect(scalars.NextU32(v), v+1)
	}
	integers(t, "next-s32", scalars.NextS32, math.MinInt32, math.MaxInt32)
	integers(t, "next-u64", scalars.NextU64, 0, math.MaxUint64)
	t.begin("next-s64")
	for _, v := range []int64{0, 1, math.MaxUint32, math.MaxInt64 / 2, math.MaxInt64 - 1} {
		t.expect(scalars.NextS64(v), v+1)
	}
	t.begin("echo-f32")
	for _, v := range []float64{
		0, negativeZero, 1.5, -math.MaxFloat32, math.MaxFloat32, 0x1p-126, 0x1p-149, infinity, -infinity, math.NaN(),
	} {
		t.expect(scalars.EchoF32(float32(v)), float32(v))
	}
	t.begin("echo-f64")
	for _, v := range []float64{
		0, negativeZero, 1.5, -math.MaxFloat64, math.MaxFloat64, 0x1p-1022, 0x1p-1074, infinity, -infinity, math.NaN(),
	} {
		t.expect(scalars.EchoF64(v), v)
	}
	t.begin("subtract-f64")
	t.expect(scalars.SubtractF64(1.5, 0.25), 1.25)
	t.expect(scalars.SubtractF64(0.25, 1.5), -1.25)
	t.expect(scalars.SubtractF64(infinity, infinity), math.NaN())
}

func checkTexts(t *tally) {
	t.begin("echo-char")
	for _, v := range "\x00a\x7f\u0080\u07ff\u0800\ud7ff\ue000\U00010000\U0010ffff" {
		t.expect(scalars.EchoChar(v), v)
	}
	t.begin("swap-chars")
	first, second := scalars.SwapChars('a', '\U0010ffff')
	t.expect([]rune{first, second}, []rune{'\U0010ffff', 'a'})
	t.begin("echo-string")
	for _, v := range []string{
		"", "a", "plain", "grüße", "日本語", "🦀\U0010ffff", "\x00 and\nmore", strings.Repeat("ж", many),
	} {
		t.expect(scalars.EchoString(v), v)
	}
	t.begin("join")
	t.expect(scalars.Join("a", "b", "c", ", "), "a, b, c")
	t.expect(scalars.Join("", "ß", "", ""), "ß")
	t.expect(scalars.Join("", "", "", "日"), "日日")
	t.begin("split")
	t.expect(scalars.Split(""), []string{})
	t.expect(scalars.Split("aß日🦀"), []string{"a", "ß", "日", "🦀"})
	t.begin("touch")
	scalars.Touch()
	t.expect(nil, nil)
	t.begin("seven")
	t.expect(scalars.Seven(), uint8(7))
	t.begin("sink")
	scalars.Sink("down it goes")
	t.expect(nil, nil)
}

func checkListsOfNumbers(t *tally) {
	t.begin("echo-bytes")
	long := make([]uint8, many)
	for i := range long {
		long[i] = uint8(i % 251)
	}
	for _, v := range [][]uint8{{}, long, {0xff, 0, 0x80}} {
		t.expect(lists.EchoBytes(v), v)
	}
	t.begin("sum")
	numbers := make([]int32, many)
	for i := range numbers {
		numbers[i] = int32(i)
	}
	t.expect(lists.Sum([]int32{}), int64(0))
	t.expect(lists.Sum([]int32{math.MaxInt32, math.MaxInt32, 3}), int64(4294967297))
	t.expect(lists.Sum(numbers), int64(49995000))
	t.begin("reverse-u64")
	t.expect(lists.ReverseU64([]uint64{}), []uint64{})
	t.expect(lists.ReverseU64([]uint64{0, 1, math.MaxUint64, 1 << 63}), []uint64{1 << 63, math.MaxUint64, 1, 0})
	t.begin("reverse-f32")
	t.expect(lists.ReverseF32([]float32{1.5, -2.5, float32(infinity)}), []float32{float32(infinity), -2.5, 1.5})
	t.expect(lists.ReverseF32([]float32{float32(math.NaN())}), []float32{float32(math.NaN())})
	t.begin("negate-all")
	t.expect(lists.NegateAll([]bool{}), []bool{})
	t.expect(lists.NegateAll([]bool{true, false, false}), []bool{false, true, true})
	t.begin("reverse-nested")
	t.expect(lists.ReverseNested([][]uint16{}), [][]uint16{})
	t.expect(lists.ReverseNested([][]uint16{{1, 2, 65535}, {}, {4}}), [][]uint16{{4}, {}, {65535, 2, 1}})
}

func checkListsOfTexts(t *tally) {
	t.begin("spell")
	t.expect(lists.Spell([]rune{}), "")
	t.expect(lists.Spell([]rune("fü日\U0010ffff")), "fü日\U0010ffff")
	t.begin("reverse-strings")
	texts := make([]string, many)
	for i := range texts {
		texts[i] = strconv.Itoa(i)
	}
	backwards := slices.Clone(texts)
	slices.Reverse(backwards)
	t.expect(lists.ReverseStrings([]string{}), []string{})
	t.expect(lists.ReverseStrings([]string{"", "zwei", "три"}), []string{"три", "zwei", ""})
	t.expect(lists.ReverseStrings(texts), backwards)
	t.begin("reverse-options")
	t.expect(lists.ReverseOptions([]Option[string]{None[string](), Some(""), Some("x")}),
		[]Option[string]{Some("x"), Some(""), None[string]()})
	type pair = Tuple2[uint8, string]
	type turned = Tuple2[string, uint8]
	t.begin("swap-pairs")
	t.expect(lists.SwapPairs([]pair{}), []turned{})
	t.expect(lists.SwapPairs([]pair{{F0: 0, F1: ""}, {F0: 255, F1: "ü"}}), []turned{{F0: "", F1: 0}, {F0: "ü", F1: 255}})
	t.begin("flip-results")
	t.expect(lists.FlipResults([]Result[int32, string]{
		Ok[int32, string](math.MinInt32), Err[int32]("not"), Ok[int32, string](7), Err[int32](""),
	}), []Result[string, int32]{
		Err[string](int32(math.MinInt32)), Ok[string, int32]("not"), Err[string](int32(7)), Ok[string, int32](""),
	})
}

func numbered(number int32) line {
	return line{
		Name:   fmt.Sprintf("línea %d", number),
		From:   point{X: number, Y: -number},
		To:     point{X: math.MaxInt32, Y: math.MinInt32},
		Weight: float64(number) / 4,
	}
}

func exchanged(l line) line {
	l.From, l.To = l.To, l.From
	return l
}

// Each case of the variant with a value, and what `next-payload` makes of it.
var payloadsBefore = []payload{
	shapes.MakePayloadNothing(),
	shapes.MakePayloadNumber(1.5),
	shapes.MakePayloadNumber(0),
	shapes.MakePayloadLong(math.MaxInt64),
	shapes.MakePayloadLong(0x100000001),
	shapes.MakePayloadText(""),
	shapes.MakePayloadText("日本"),
	shapes.MakePayloadPlace(point{X: 1, Y: -2}),
}

var payloadsAfter = []payload{
	shapes.MakePayloadNothing(),
	shapes.MakePayloadNumber(-1.5),
	shapes.MakePayloadNumber(float32(negativeZero)),
	shapes.MakePayloadLong(-math.MaxInt64),
	shapes.MakePayloadLong(-0x100000001),
	shapes.MakePayloadText("!"),
	shapes.MakePayloadText("日本!"),
	shapes.MakePayloadPlace(point{X: -2, Y: 1}),
}

func checkListsOfRecords(t *tally) {
	t.begin("move-points")
	by := point{X: 1, Y: -1}
	points, moved := make([]point, many), make([]point, many)
	for i := range int32(many) {
		points[i], moved[i] = point{X: i, Y: 5 - i}, point{X: i + 1, Y: 4 - i}
	}
	t.expect(lists.MovePoints([]point{}, by), []point{})
	t.expect(lists.MovePoints(points, by), moved)
	t.expect(lists.MovePoints([]point{{X: math.MaxInt32, Y: math.MinInt32}}, by), []point{{X: math.MinInt32, Y: math.MaxInt32}})
	t.begin("reverse-lines")
	lines, reversed := make([]line, 100), make([]line, 100)
	for i := range lines {
		lines[i], reversed[99-i] = numbered(int32(i)), exchanged(numbered(int32(i)))
	}
	t.expect(lists.ReverseLines([]line{}), []line{})
	t.expect(lists.ReverseLines(lines), reversed)
	t.begin("next-payloads")
	t.expect(lists.NextPayloads([]payload{}), []payload{})
	t.expect(lists.NextPayloads(payloadsBefore), payloadsAfter)
	t.begin("next-colors")
	t.expect(lists.NextColors([]shapes.Color{shapes.Color_Red, shapes.Color_Green, shapes.Color_Blue}),
		[]shapes.Color{shapes.Color_Green, shapes.Color_Blue, shapes.Color_Red})
}

func checkRecords(t *tally) {
	t.begin("swap-pair")
	text, number := compounds.SwapPair(Tuple2[uint8, string]{F0: 200, F1: "ü"})
	t.expect(Tuple2[string, uint8]{F0: text, F1: number}, Tuple2[string, uint8]{F0: "ü", F1: 200})
	t.begin("turn")
	for _, i := range []int32{1, -8} {
		right := exchanged(numbered(i))
		right.Name += "~"
		right.Weight = -right.Weight
		t.expect(compounds.Turn(numbered(i)), right)
	}
	t.begin("next-everything")
	t.expect(compounds.NextEverything(compounds.Everything{
		A: true, B: 255, C: 32767, D: 0, E: math.MaxUint32, F: 127, G: math.MaxUint64, H: 0.5, I: math.MaxInt64,
		J: '\U0010ffff', K: 0, L: 65535, M: "", N: math.MaxInt32, O: Some[uint64](math.MaxUint64), P: shapes.Color_Blue,
		Q: []uint8{1, 2, 0xff},
	}), compounds.Everything{
		A: false, B: 0, C: -32768, D: 1, E: 0, F: -128, G: 0, H: 1.5, I: math.MinInt64,
		J: '\U0010ffff', K: negativeZero, L: 0, M: "+", N: math.MinInt32, O: Some[uint64](0), P: shapes.Color_Red,
		Q: []uint8{0xff, 2, 1},
	})
	t.expect(compounds.NextEverything(compounds.Everything{
		A: false, B: 0, C: -32768, D: 1, E: 0, F: -128, G: 0, H: 1.5, I: math.MinInt64,
		J: 'j', K: 2, L: 0, M: "mm", N: math.MinInt32, O: None[uint64](), P: shapes.Color_Red, Q: []uint8{},
	}), compounds.Everything{
		A: true, B: 1, C: -32767, D: 2, E: 1, F: -127, G: 1, H: 2.5, I: math.MinInt64 + 1,
		J: 'j', K: -2, L: 1, M: "mm+", N: math.MinInt32 + 1, O: None[uint64](), P: shapes.Color_Green, Q: []uint8{},
	})
}

func checkCases(t *tally) {
	t.begin("next-payload")
	for i, before := range payloadsBefore {
		t.expect(compounds.NextPayload(before), payloadsAfter[i])
	}
	t.begin("kind")
	for i, name := range []string{"nothing", "number", "number", "long", "long", "text", "text", "place"} {
		t.expect(compounds.Kind(payloadsBefore[i]), name)
	}
	t.begin("next-color")
	t.expect(compounds.NextColor(shapes.Color_Red), shapes.Color_Green)
	t.expect(compounds.NextColor(shapes.Color_Green), shapes.Color_Blue)
	t.expect(compounds.NextColor(shapes.Color_Blue), shapes.Color_Red)
	t.begin("next-big")
	for _, i := range []compounds.Big{0, 254, 255, 256, 299} {
		t.expect(compounds.NextBig(i), (i+1)%300)
	}
}

func checkFlags(t *tally) {
	t.begin("invert")
	for _, bits := range []uint32{0, math.MaxUint32, 0x49249249} {
		a, b, c, d := compounds.Invert(uint8(bits&1), uint8(bits), uint16(bits&0x1ff), bits)
		t.expect([]uint32{uint32(a), uint32(b), uint32(c), d}, []uint32{^bits & 1, ^bits & 0xff, ^bits & 0x1ff, ^bits})
	}
}

func checkOptions(t *tally) {
	t.begin("next-option")
	t.expect(compounds.NextOption(None[uint32]()), None[uint32]())
	t.expect(compounds.NextOption(Some[uint32](0)), Some[uint32](1))
	t.expect(compounds.NextOption(Some[uint32](math.MaxInt32)), Some[uint32](math.MaxInt32+1))
	t.begin("next-nested")
	t.expect(compounds.NextNested(None[Option[string]]()), Some(None[string]()))
	t.expect(compounds.NextNested(Some(None[string]())), Some(Some("new")))
	t.expect(compounds.NextNested(Some(Some(""))), None[Option[string]]())
	t.begin("echo-deep")
	for _, v := range []Option[Option[Option[uint8]]]{
		None[Option[Option[uint8]]](),
		Some(None[Option[uint8]]()),
		Some(Some(None[uint8]())),
		Some(Some(Some[uint8](0))),
		Some(Some(Some[uint8](255))),
	} {
		t.expect(compounds.EchoDeep(v), v)
	}
}

func checkResults(t *tally) {
	t.begin("flip")
	t.expect(compounds.Flip(Ok[uint8, shapes.Color](255)), Err[shapes.Color, uint8](255))
	t.expect(compounds.Flip(Err[uint8](shapes.Color_Blue)), Ok[shapes.Color, uint8](shapes.Color_Blue))
	t.expect(compounds.Flip(Err[uint8](shapes.Color_Red)), Ok[shapes.Color, uint8](shapes.Color_Red))
	t.begin("outcome")
	t.expect(compounds.Outcome(true), Ok[Unit, Unit](Unit{}))
	t.expect(compounds.Outcome(false), Err[Unit](Unit{}))
	t.begin("only-ok")
	t.expect(compounds.OnlyOk(math.MaxInt32), Ok[uint32, Unit](math.MaxInt32))
	t.expect(compounds.OnlyOk(-1), Err[uint32](Unit{}))
	t.begin("only-err")
	t.expect(compounds.OnlyErr(0), Ok[Unit, string](Unit{}))
	t.expect(compounds.OnlyErr(math.MinInt32), Err[Unit]("negative: -2147483648"))
	t.begin("divide")
	t.expect(compounds.Divide(-7, 2), Ok[int32, string](-3))
	t.expect(compounds.Divide(1, 0), Err[int32]("division by zero"))
	t.expect(compounds.Divide(math.MinInt32, -1), Err[int32]("overflow"))
	t.begin("find")
	found := line{Name: "ü", From: point{X: 1, Y: 2}, To: point{X: 3, Y: 4}, Weight: 0.5}
	t.expect(compounds.Find("ü"), Ok[line, payload](found))
	t.expect(compounds.Find("none"), Err[line](shapes.MakePayloadNothing()))
	t.expect(compounds.Find("-x"), Err[line](shapes.MakePayloadText("-x")))
	t.begin("many")
	t.expect(compounds.Many(1, -2, 3, -4, 5, -6, 7, -8, "neun", 10, 11, 12, 13, 14, "fünfzehn", 16),
		"1,-2,3,-4,5,-6,7,-8,neun,10,11,12,13,14,fünfzehn,16")
	t.expect(compounds.Many(math.MaxUint8, math.MinInt8, math.MaxUint16, math.MinInt16, math.MaxUint32, math.MinInt32,
		math.MaxUint64, math.MinInt64, "", 0, 0, 0, 0, 255, "", math.MaxUint32),
		"255,-128,65535,-32768,4294967295,-2147483648,18446744073709551615,-9223372036854775808,,0,0,0,0,255,,4294967295")
}

func checkWide(t *tally) {
	t.begin("next-u32")
	for _, v := range []uint32{math.MaxUint32, math.MaxUint32 - 1, math.MaxInt32, math.MaxInt32 + 1} {
		t.expect(scalars.NextU32(v), v+1)
	}
	t.begin("next-s64")
	for _, v := range []int64{math.MinInt64, math.MaxInt64, -1, -2, math.MinInt32} {
		t.expect(scalars.NextS64(v), v+1)
	}
	t.begin("sum")
	t.expect(lists.Sum([]int32{math.MinInt32, -1}), int64(-2147483649))
	t.begin("next-option")
	t.expect(compounds.NextOption(Some[uint32](math.MaxUint32)), Some[uint32](0))
	t.begin("next-payload")
	smallest := shapes.MakePayloadLong(math.MinInt64)
	t.expect(compounds.NextPayload(smallest), smallest)
	t.expect(compounds.NextPayload(shapes.MakePayloadNumber(float32(negativeZero))), shapes.MakePayloadNumber(0))
	t.expect(compounds.NextPayload(shapes.MakePayloadNumber(-math.MaxFloat32)), shapes.MakePayloadNumber(math.MaxFloat32))
	t.begin("kind")
	t.expect(compounds.Kind(smallest), "long")
}

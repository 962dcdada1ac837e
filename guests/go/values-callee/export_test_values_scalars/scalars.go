// Package export_test_values_scalars is the part of the values callee that is the interface `scalars`. What each function
// does is said in its WIT.
package export_test_values_scalars

import "strings"

func Negate(v bool) bool                    { return !v }
func NextU8(v uint8) uint8                  { return v + 1 }
func NextS8(v int8) int8                    { return v + 1 }
func NextU16(v uint16) uint16               { return v + 1 }
func NextS16(v int16) int16                 { return v + 1 }
func NextU32(v uint32) uint32               { return v + 1 }
func NextS32(v int32) int32                 { return v + 1 }
func NextU64(v uint64) uint64               { return v + 1 }
func NextS64(v int64) int64                 { return v + 1 }
func EchoF32(v float32) float32             { return v }
func EchoF64(v float64) float64             { return v }
func SubtractF64(a, b float64) float64      { return a - b }
func EchoChar(v rune) rune                  { return v }
func SwapChars(a, b rune) (rune, rune)      { return b, a }
func EchoString(v string) string            { return v }
func Join(a, b, c, separator string) string { return strings.Join([]string{a, b, c}, separator) }
func Split(text string) []string            { return strings.Split(text, "") }
func Touch()                                {}
func Seven() uint8                          { return 7 }
func Sink(text string)                      {}

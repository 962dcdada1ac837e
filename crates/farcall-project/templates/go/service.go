// Package export_{{snake}}_service_api has the functions of {{name}}:service/api; wit/world.wit says what each does.
// Its name, and those of the types in gen, come from the interface's.
package export_{{snake}}_service_api

import (
	"math"

	api "example.com/{{name}}/gen/{{snake}}_service_api"

	wit "go.bytecodealliance.org/pkg/wit/types"
)

func Greet(name string) string {
	return "Hello, " + name + "!"
}

func Middle(a api.Point, b api.Point) api.Point {
	return api.Point{X: (a.X + b.X) / 2, Y: (a.Y + b.Y) / 2}
}

func Divide(dividend int32, divisor int32) wit.Result[int32, string] {
	if divisor == 0 {
		return wit.Err[int32, string]("division by zero")
	}
	if dividend == math.MinInt32 && divisor == -1 {
		return wit.Err[int32, string]("the quotient is too large")
	}
	return wit.Ok[int32, string](dividend / divisor)
}

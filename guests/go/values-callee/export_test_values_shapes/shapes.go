// Package export_test_values_shapes is the part of the values callee that is the interface `shapes`. What each function does
// is said in its WIT.
package export_test_values_shapes

import "wit_component/test_values_shapes"

func Origin() test_values_shapes.Point { return test_values_shapes.Point{X: 7, Y: -7} }

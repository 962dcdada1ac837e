// Package export_wit_world has the functions of the world itself. It calls {{calls}}:service/api, wherever it is; wit/ says
// what that offers.
package export_wit_world

import (
	"fmt"

	api "example.com/{{name}}/gen/{{calls_snake}}_service_api"
)

func Run(name string) string {
	greeting := api.Greet(name)
	quotient := api.Divide(7, 2)
	if quotient.IsErr() {
		return fmt.Sprintf("%s 7 / 2: %s.", greeting, quotient.Err())
	}
	return fmt.Sprintf("%s 7 / 2 is %d.", greeting, quotient.Ok())
}

// Command {{name}} is a component: what it exports is in export_{{snake}}_service_api, and nothing runs here.
package main

import _ "example.com/{{name}}/gen/wit_exports"

func main() {}

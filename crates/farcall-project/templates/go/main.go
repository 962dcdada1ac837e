// Command {{name}} is a component: what it exports is in the folder export_*, and nothing runs here.
package main

import _ "example.com/{{name}}/gen/wit_exports"

func main() {}

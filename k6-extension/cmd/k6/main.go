// A k6 that has Plimsoll's extension.
package main

import (
	"go.k6.io/k6/v2/cmd"

	_ "plimsoll.dev/k6-extension"
)

func main() {
	cmd.Execute()
}

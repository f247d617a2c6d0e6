// Package plimsoll makes k6 tell Plimsoll of every request at little cost: as records of some forty bytes instead of nine
// rows of text, and in Go instead of in JavaScript. It is an output (`--out plimsoll=...`) and a module (k6/x/plimsoll), which
// need each other: the module tells when requests are sent, the output when they have ended.
//
// Plimsoll uses it where the k6 that it finds has it. cmd/k6 is such a k6.
package plimsoll

import (
	"go.k6.io/k6/v2/js/modules"
	"go.k6.io/k6/v2/output"
)

func init() {
	modules.Register("k6/x/plimsoll", new(rootModule))
	output.RegisterExtension("plimsoll", newOutput)
}

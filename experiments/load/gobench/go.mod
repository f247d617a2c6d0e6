module plimsoll.dev/examples/gobench

go 1.21

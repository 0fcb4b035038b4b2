// Command glint runs Flare batch workflows; not on Windows.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "glint does not run on Windows: it streams through named pipes. Use WSL, Linux or macOS.")
	os.Exit(1)
}

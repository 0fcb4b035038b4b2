// Package infra carries the workflows, depots and schedules of this folder into
// the command line, so that a demo needs nothing but its binary, and says what
// Terraform, whose files lie here too, must know of them: it parses no manifest.
package infra

import "embed"

// Files holds workflows/*.yaml, depots/*.yaml and schedules.yaml, byte for byte.
//
//go:embed workflows/*.yaml depots/*.yaml schedules.yaml
var Files embed.FS

// Package infra carries the workflows, depots and schedules of this folder into
// the command line, so that a demo needs nothing but its binary.
package infra

import "embed"

// Files holds workflows/*.yaml, depots/*.yaml and schedules.yaml, byte for byte.
//
//go:embed workflows/*.yaml depots/*.yaml schedules.yaml
var Files embed.FS

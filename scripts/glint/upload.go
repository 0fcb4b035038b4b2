//go:build !windows

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/workflow"
)

func uploadCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "upload FILE…",
		Short: "Check manifests and put them where runs look for them",
		Long: "A workflow lies in a folder workflows, a depot in a folder depots, as in infra/; schedules.yaml lies beside them.\n" +
			"Files that a workflow names (steps, sqlFile) go with it; they lie beside it or below its folder. All files are checked\n" +
			"before the first is uploaded. A run that has begun keeps the manifest that it began with.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return upload(cmd.Context(), cmd.OutOrStdout(), args)
		},
	}
}

func upload(ctx context.Context, w io.Writer, files []string) error {
	a, err := deployed(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	texts := map[string][]byte{}
	parts := map[string][]byte{} // what the workflows name, by its place beside them
	var mistakes []error
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		texts[file] = text
		mistakes = append(mistakes, checkFile(w, file, text, parts))
	}
	if err := errors.Join(mistakes...); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(parts)) { // before what names them
		uri := workflow.Part(a.Config.Root, name)
		if _, err := a.Storage.Put(ctx, uri, bytes.NewReader(parts[name]), object.Cond{}); err != nil {
			return err
		}
		fmt.Fprintf(w, "%s → %s\n", name, uri)
	}
	for _, file := range files {
		uri := a.Config.Root + "/" + place(file)
		if _, err := a.Storage.Put(ctx, uri, bytes.NewReader(texts[file]), object.Cond{}); err != nil {
			return err
		}
		fmt.Fprintf(w, "%s → %s\n", file, uri)
	}
	return nil
}

// place is a file's name below the root, "" if it has none there.
func place(file string) string {
	base, folder := filepath.Base(file), filepath.Base(filepath.Dir(file))
	switch {
	case base == "schedules.yaml":
		return base
	case filepath.Ext(base) == ".yaml" && (folder == "workflows" || folder == "depots"):
		return folder + "/" + base
	}
	return ""
}

// checkFile checks a file, and adds what it names to parts.
func checkFile(w io.Writer, file string, text []byte, parts map[string][]byte) error {
	var notes []plug.Note
	var err error
	switch filepath.Dir(place(file)) {
	case "workflows":
		var outside error
		r := manifest.Reader{Vars: variablesOf(file), Open: func(from, name string) (string, []byte, error) {
			found, text, err := openBeside(from, name)
			if err != nil {
				return "", nil, err
			}
			at, err := filepath.Rel(filepath.Dir(file), found)
			if at = filepath.ToSlash(at); err != nil || at == ".." || strings.HasPrefix(at, "../") {
				outside = fault.Errorf(fault.Refused, "%s names %s, which lies outside of its folder", from, name).
					WithHint("put it beside the manifest or below its folder")
			} else if old, ok := parts[at]; ok && !bytes.Equal(old, text) {
				outside = fault.Errorf(fault.Invalid, "two different files are called %s", at).WithHint("rename one of them")
			}
			parts[at] = text
			return found, text, nil
		}}
		_, notes, err = r.One(file, text)
		err = errors.Join(err, outside)
	case "depots":
		_, notes, err = depot.ParseManifest(file, text)
	default:
		if place(file) == "" {
			return fault.Errorf(fault.Invalid, "%s is neither workflows/*.yaml, depots/*.yaml nor schedules.yaml", file)
		}
		_, err = manifest.ParseSchedules(file, text)
	}
	for _, n := range notes {
		fmt.Fprintf(w, "%s: note: %s\n", n.Pos, n.Message)
	}
	return err
}

// variablesOf are those that the schedules.yaml beside a workflow's folder gives it.
func variablesOf(file string) map[string]string {
	path := filepath.Join(filepath.Dir(filepath.Dir(file)), "schedules.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	overrides, err := manifest.ParseSchedules(path, text)
	if err != nil {
		return nil // the file itself is checked when it is uploaded
	}
	base := filepath.Base(file)
	return overrides[base[:len(base)-len(filepath.Ext(base))]].Variables
}

//go:build !windows

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plan"
)

func importCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "import PATH…",
		Short: "Write depots out of what DataOS exports",
		Long: "Reads manifests of depots, secrets and instance secrets, v1 and v2alpha, as DataOS exports them (files, and folders with\n" +
			"all below them; several documents in a file), and writes OUT/NAME.yaml for each depot that Glint reaches. Secrets that\n" +
			"a manifest holds are named there instead; the commands that keep them in Secret Manager are printed, without values.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runImport(cmd.OutOrStdout(), args, out) },
	}
	cmd.Flags().StringVar(&out, "out", filepath.Join("infra", "depots"), "folder for the depots")
	return cmd
}

var documentStart = regexp.MustCompile(`(?m)^---[ \t]*(#.*)?\r?\n`)

func runImport(w io.Writer, paths []string, out string) error {
	files, err := yamlFiles(paths)
	if err != nil {
		return err
	}
	type made struct {
		name string
		text []byte
	}
	var depots []made
	var secrets []depot.Needed
	var mistakes []error
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return fault.Errorf(fault.NotFound, "%w", err)
		}
		for _, d := range documents(text) {
			document := text[d[0]:d[1]]
			// What stands before keeps its lines, so that places are those of the file.
			padded := append(bytes.Repeat([]byte("\n"), bytes.Count(text[:d[0]], []byte("\n"))), document...)
			if len(bytes.TrimSpace(document)) == 0 {
				continue
			}
			m, written, needed, notes, err := depot.Import(file, padded)
			plan.Print(w, plan.Problems(file, err, notes), func(string) []byte { return text })
			if err != nil {
				mistakes = append(mistakes, err)
				continue
			}
			if written != nil {
				depots = append(depots, made{m.Name, written})
			}
			secrets = append(secrets, needed...)
		}
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	for _, d := range depots {
		name := filepath.Join(out, d.name+".yaml")
		if there, err := os.ReadFile(name); err == nil && !bytes.Equal(there, d.text) {
			mistakes = append(mistakes, fault.Errorf(fault.Conflict, "%s is there and differs: it stays as it is", name).WithHint("remove it, or name another folder with --out"))
			fmt.Fprintf(w, "%s is there and differs: it stays as it is\n", name)
			continue
		}
		if err := os.WriteFile(name, d.text, 0o644); err != nil {
			return err
		}
		fmt.Fprintf(w, "wrote %s\n", name)
	}
	keepSecrets(w, secrets)
	if len(mistakes) > 0 {
		return exit(2, errors.New(counted(len(mistakes), "manifest")+" could not be imported"))
	}
	return nil
}

// documents are where the documents of a text begin and end.
func documents(text []byte) [][2]int {
	var all [][2]int
	at := 0
	for _, m := range documentStart.FindAllIndex(text, -1) {
		all = append(all, [2]int{at, m[0]})
		at = m[1]
	}
	return append(all, [2]int{at, len(text)})
}

// keepSecrets prints how the secrets are kept: once each, with all keys that are known.
func keepSecrets(w io.Writer, secrets []depot.Needed) {
	if len(secrets) == 0 {
		return
	}
	var names []string
	keys, reasons := map[string][]string{}, map[string][]string{}
	for _, s := range secrets {
		if !slices.Contains(names, s.Name) {
			names = append(names, s.Name)
		}
		for _, k := range s.Keys {
			if !slices.Contains(keys[s.Name], k) {
				keys[s.Name] = append(keys[s.Name], k)
			}
		}
		if !slices.Contains(reasons[s.Name], s.For) {
			reasons[s.Name] = append(reasons[s.Name], s.For)
		}
	}
	fmt.Fprintf(w, "\nKeep these in Secret Manager, with their values in the place of …:\n")
	for _, name := range names {
		var pairs []string
		for _, k := range keys[name] {
			pairs = append(pairs, fmt.Sprintf("%q: \"…\"", k))
		}
		if pairs == nil {
			pairs = []string{`"…": "…"`}
		}
		fmt.Fprintf(w, "\n# %s\necho '{%s}' | gcloud secrets create %s --data-file=- --project PROJECT\n", strings.Join(reasons[name], ", "), strings.Join(pairs, ", "), name)
	}
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// yamlFiles are the files at paths, and those below folders.
func yamlFiles(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		err := filepath.WalkDir(path, func(name string, e fs.DirEntry, err error) error {
			switch ext := strings.ToLower(filepath.Ext(name)); {
			case err != nil:
				return fault.Errorf(fault.NotFound, "%w", err)
			case !e.IsDir() && (name == path || ext == ".yaml" || ext == ".yml"):
				files = append(files, name)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

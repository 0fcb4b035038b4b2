package object_test

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/object/objecttest"
)

func TestDir(t *testing.T) {
	objecttest.Test(t, func(t *testing.T) (object.Store, string) {
		dir := t.TempDir()
		return object.Dir{Root: dir}, "file://" + dir + "/"
	})
}

func TestDirNames(t *testing.T) {
	d := object.Dir{Root: "/tmp/in"}
	for uri, want := range map[string]fault.Kind{
		"gs://bucket/key":                    fault.Invalid,
		"file://relative":                    fault.Invalid,
		"file:///tmp/in/../out":              fault.Invalid,
		"file:///tmp/in//x":                  fault.Invalid,
		"file:///tmp/in/x/":                  fault.Invalid,
		"file:///tmp/in/.glint-unfinished-1": fault.Invalid,
		"file:///tmp/inside":                 fault.Denied,
		"file:///etc/passwd":                 fault.Denied,
	} {
		if _, err := d.Stat(t.Context(), uri); !errors.Is(err, want) {
			t.Errorf("Stat(%s): %v, want %v", uri, err, want)
		}
	}
}

// TestDirOthers has somebody else write to a file that is being read.
func TestDirOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "city.csv")
	uri := "file://" + path
	for name, change := range map[string]func() error{
		"shorter": func() error { return os.Truncate(path, 10) },
		"other": func() error {
			return os.WriteFile(path, []byte(strings.Repeat("n", 100_000)), 0o644)
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(path, []byte(strings.Repeat("o", 100_000)), 0o644); err != nil {
				t.Fatal(err)
			}
			body, _, err := object.Dir{}.Open(t.Context(), uri, object.Range{})
			if err != nil {
				t.Fatal(err)
			}
			defer body.Close()
			if _, err := io.ReadFull(body, make([]byte, 20)); err != nil {
				t.Fatal(err)
			}
			if err := change(); err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, body); !errors.Is(err, fault.Conflict) {
				t.Errorf("read over a change: %v, want a Conflict", err)
			}
		})
	}
}

func TestDirNested(t *testing.T) {
	dir := t.TempDir()
	d := object.Dir{Root: dir}
	objecttest.Put(t, d, "file://"+dir+"/a/b", nil)
	if _, err := d.Put(t.Context(), "file://"+dir+"/a", strings.NewReader(""), object.Cond{}); !errors.Is(err, fault.Refused) {
		t.Errorf("Put over a directory: %v, want Refused", err)
	}
	if _, err := d.Stat(t.Context(), "file://"+dir+"/a/b/c"); !errors.Is(err, fault.NotFound) {
		t.Errorf("Stat below a file: %v, want NotFound", err)
	}
}

// TestDirProcesses has several processes count in one file.
func TestDirProcesses(t *testing.T) {
	const each = 20
	if uri := os.Getenv("GLINT_TEST_COUNT"); uri != "" {
		for range each {
			for !increment(t, uri) {
			}
		}
		return
	}
	uri := "file://" + t.TempDir() + "/counter"
	objecttest.Put(t, object.Dir{}, uri, []byte("0"))
	var children []*exec.Cmd
	for range 4 {
		c := exec.Command(os.Args[0], "-test.run=^TestDirProcesses$")
		c.Env = append(os.Environ(), "GLINT_TEST_COUNT="+uri)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		children = append(children, c)
	}
	for _, c := range children {
		if err := c.Wait(); err != nil {
			t.Error(err)
		}
	}
	if got := string(objecttest.Get(t, object.Dir{}, uri, object.Range{})); got != strconv.Itoa(4*each) {
		t.Errorf("counted to %s, want %d", got, 4*each)
	}
}

func increment(t *testing.T, uri string) bool {
	body, a, err := object.Dir{}.Open(t.Context(), uri, object.Range{})
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	data, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(string(data))
	if err != nil {
		t.Fatal(err)
	}
	_, err = object.Dir{}.Put(t.Context(), uri, strings.NewReader(strconv.Itoa(n+1)), object.Cond{Version: a.Version})
	if err != nil && !errors.Is(err, fault.Conflict) {
		t.Fatal(err)
	}
	return err == nil
}

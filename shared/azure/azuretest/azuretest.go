// Package azuretest runs Azurite, Microsoft's own emulator of Azure Storage, for
// tests, and lies between it and whoever talks to it to spoil what passes.
package azuretest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/service"
)

// Account is the storage account that an [Azurite] has.
const Account = "acme"

// An Azurite is a running emulator with one account and its key.
type Azurite struct {
	URL  string // http://127.0.0.1:PORT
	Key  string
	cmd  *exec.Cmd
	hold io.Closer // it lives as long as this is open
	out  *bytes.Buffer
	gone chan struct{}
}

// ErrMissing says that Azurite is not installed.
var ErrMissing = errors.New("Azurite is not installed: npm ci --prefix .ci/azurite")

var errEnded = errors.New("Azurite ended at its start")

// Start starts an Azurite, which ends with Close. It keeps what it is given in
// memory, at most half of the machine's, or in the folder dir if that is not "".
func Start(ctx context.Context, dir string) (*Azurite, error) {
	program, err := find()
	if err != nil {
		return nil, err
	}
	key := make([]byte, 64)
	_, _ = rand.Read(key)
	a := &Azurite{Key: base64.StdEncoding.EncodeToString(key)}
	for range 5 { // somebody else may take the port
		if err = a.start(ctx, program, dir); !errors.Is(err, errEnded) {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	return a, nil
}

// find looks for Azurite in the repository around the working directory.
func find() (string, error) {
	at, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; ; at = filepath.Dir(at) {
		program := filepath.Join(at, ".ci/azurite/node_modules/.bin/azurite-blob")
		if _, err := os.Stat(program); err == nil {
			return program, nil
		}
		if at == filepath.Dir(at) {
			return "", ErrMissing
		}
	}
}

// guarded runs a program that ends when its standard input does: also when the
// tests are killed, and close nothing.
const guarded = `exec 3<&0; "$0" "$@" </dev/null 3<&- & p=$!; (cat <&3; kill -9 $p) >/dev/null 2>&1 & wait $p`

func (a *Azurite) start(ctx context.Context, program, dir string) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	_ = l.Close()
	args := []string{"--skipApiVersionCheck", "--disableTelemetry", "--silent", "--blobHost", "127.0.0.1", "--blobPort", port}
	if dir == "" {
		args = append(args, "--inMemoryPersistence")
	} else {
		args = append(args, "--location", dir)
	}
	a.cmd = exec.Command("/bin/sh", append([]string{"-c", guarded, program}, args...)...)
	a.cmd.Env = append(os.Environ(), "AZURITE_ACCOUNTS="+Account+":"+a.Key)
	a.out, a.gone = new(bytes.Buffer), make(chan struct{})
	a.cmd.Stdout, a.cmd.Stderr = a.out, a.out
	if a.hold, err = a.cmd.StdinPipe(); err != nil {
		return err
	}
	if err := a.cmd.Start(); err != nil {
		return err
	}
	go func() { _ = a.cmd.Wait(); close(a.gone) }()
	a.URL = "http://127.0.0.1:" + port
	return a.ready(ctx)
}

// ready waits until it answers.
func (a *Azurite) ready(ctx context.Context) error {
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		select {
		case <-a.gone:
			return fmt.Errorf("%w: %s", errEnded, a.out)
		case <-ctx.Done():
			a.Close()
			return ctx.Err()
		default:
		}
		res, err := http.Get(a.URL + "/" + Account)
		if err == nil {
			_ = res.Body.Close()
			if strings.HasPrefix(res.Header.Get("Server"), "Azurite") {
				return nil
			}
		}
		if time.Now().After(end) {
			a.Close()
			return fmt.Errorf("Azurite does not answer at %s: %v; %s", a.URL, err, a.out)
		}
	}
}

// Close ends it.
func (a *Azurite) Close() {
	_ = a.hold.Close()
	<-a.gone
}

// Container makes a container.
func (a *Azurite) Container(ctx context.Context, name string) error {
	key, err := service.NewSharedKeyCredential(Account, a.Key)
	if err != nil {
		return err
	}
	s, err := service.NewClientWithSharedKeyCredential(a.URL+"/"+Account+"/", key, nil)
	if err != nil {
		return err
	}
	_, err = s.CreateContainer(ctx, name, nil)
	return err
}

// Need ends a test over an emulator that did not start: it fails in CI, and is
// skipped on a laptop without it.
func Need(t testing.TB, err error) {
	t.Helper()
	switch {
	case errors.Is(err, ErrMissing) && os.Getenv("CI") == "":
		t.Skipf("NOT TRIED: %v", err)
	case err != nil:
		t.Fatal(err)
	}
}

// New starts one for a test, with a container.
func New(t testing.TB, container string) *Azurite {
	t.Helper()
	a, err := Start(t.Context(), "")
	Need(t, err)
	t.Cleanup(a.Close)
	if err := a.Container(t.Context(), container); err != nil {
		t.Fatal(err)
	}
	return a
}

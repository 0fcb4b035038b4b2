// Package emulatortest runs Google's own emulator of Pub/Sub, which comes with
// gcloud and wants Java. It pushes by itself, so it says whether the bridge of
// pubsubtest pushes as Google's does.
//
// What it leaves out of a push is the delivery attempt: to a door every delivery
// by it looks like the first.
package emulatortest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	api "cloud.google.com/go/pubsub/v2/apiv1"
	pb "cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/api/iterator"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// ErrMissing says that the emulator is not installed.
var ErrMissing = errors.New("the Pub/Sub emulator of Google is not installed: gcloud components install pubsub-emulator, " +
	"or apt-get install google-cloud-cli-pubsub-emulator; GLINT_PUBSUB_EMULATOR may name its folder. It wants java")

var errEnded = errors.New("the emulator of Pub/Sub ended at its start")

// An Emulator is a running one.
type Emulator struct {
	Addr string // host:port
	cmd  *exec.Cmd
	hold io.Closer // it lives as long as this is open
	out  *output
	gone chan struct{}
}

// New starts one for a test. Where there is none the test is skipped, but not in CI.
func New(t testing.TB) *Emulator {
	t.Helper()
	e, err := Start(t.Context())
	switch {
	case errors.Is(err, ErrMissing) && os.Getenv("CI") == "":
		t.Skipf("NOT TRIED: %v", err)
	case err != nil:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		e.Close()
		if t.Failed() {
			said := e.out.String()
			t.Logf("the emulator of Pub/Sub said at last:\n%s", said[max(0, len(said)-4<<10):])
		}
	})
	return e
}

// Start starts an emulator, which ends with Close.
func Start(ctx context.Context) (*Emulator, error) {
	program, err := find()
	if err != nil {
		return nil, err
	}
	e := new(Emulator)
	for range 5 { // somebody else may take the port
		if err = e.start(ctx, program); !errors.Is(err, errEnded) {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	return e, nil
}

// find looks where gcloud lies, and where packages put it.
func find() (string, error) {
	if _, err := exec.LookPath("java"); err != nil && os.Getenv("JAVA_HOME") == "" {
		return "", ErrMissing
	}
	roots := []string{"/usr/lib/google-cloud-sdk", "/usr/share/google-cloud-sdk", "/opt/google-cloud-sdk", filepath.Join(os.Getenv("HOME"), "google-cloud-sdk")}
	if gcloud, err := exec.LookPath("gcloud"); err == nil {
		if gcloud, err = filepath.EvalSymlinks(gcloud); err == nil {
			roots = append([]string{filepath.Dir(filepath.Dir(gcloud))}, roots...)
		}
	}
	folders := []string{os.Getenv("GLINT_PUBSUB_EMULATOR")}
	for _, root := range roots {
		folders = append(folders, filepath.Join(root, "platform", "pubsub-emulator"))
	}
	for _, folder := range folders {
		program := filepath.Join(folder, "bin", "cloud-pubsub-emulator")
		if _, err := os.Stat(program); folder != "" && err == nil {
			return program, nil
		}
	}
	return "", ErrMissing
}

// guarded runs a program that ends when its standard input does: also when the
// tests are killed, and close nothing.
const guarded = `exec 3<&0; "$0" "$@" </dev/null 3<&- & p=$!; (cat <&3; kill -9 $p) >/dev/null 2>&1 & wait $p`

func (e *Emulator) start(ctx context.Context, program string) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	e.Addr = l.Addr().String()
	host, port, _ := net.SplitHostPort(e.Addr)
	_ = l.Close()
	// The program's script becomes java, so the guard's kill reaches it.
	e.cmd = exec.Command("/bin/sh", "-c", guarded, program, "--host="+host, "--port="+port)
	e.cmd.Env = append(os.Environ(), "CLOUD_PUBSUB_EMULATOR_OPTS=-Xmx256m")
	e.out, e.gone = new(output), make(chan struct{})
	e.cmd.Stdout, e.cmd.Stderr = e.out, e.out
	if e.hold, err = e.cmd.StdinPipe(); err != nil {
		return err
	}
	if err := e.cmd.Start(); err != nil {
		return err
	}
	cmd, gone := e.cmd, e.gone
	go func() { _ = cmd.Wait(); close(gone) }()
	return e.ready(ctx)
}

// ready waits until it answers.
func (e *Emulator) ready(ctx context.Context) error {
	client, err := api.NewTopicAdminClient(ctx, option.WithEndpoint(e.Addr), option.WithoutAuthentication(),
		option.WithGRPCDialOption(grpc.WithTransportCredentials(insecure.NewCredentials())))
	if err != nil {
		e.Close()
		return err
	}
	defer client.Close()
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		select {
		case <-e.gone:
			return fmt.Errorf("%w: %s", errEnded, e.out)
		case <-ctx.Done():
			e.Close()
			return ctx.Err()
		default:
		}
		try, cancel := context.WithTimeout(ctx, time.Second)
		_, err := client.ListTopics(try, &pb.ListTopicsRequest{Project: "projects/ready"}).Next()
		cancel()
		if errors.Is(err, iterator.Done) {
			return nil
		}
		if time.Now().After(end) {
			e.Close()
			return fmt.Errorf("the emulator of Pub/Sub does not answer at %s: %w; %s", e.Addr, err, e.out)
		}
	}
}

// Close ends it.
func (e *Emulator) Close() {
	_ = e.hold.Close()
	<-e.gone
}

// An output is what a program says, while it says it.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

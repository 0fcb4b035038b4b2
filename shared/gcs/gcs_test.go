package gcs_test

import (
	"cmp"
	"os"
	"testing"
	"time"

	"github.com/glint-data/glint/shared/gcs"
	"github.com/glint-data/glint/shared/gcs/gcstest"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/object/objecttest"
)

// open starts a server with a bucket "b", and a store over it that is quick to give up.
func open(t testing.TB, so gcstest.Options, o gcs.Options) (*gcs.Store, *gcstest.Server) {
	t.Helper()
	srv := gcstest.New(so)
	srv.CreateBucket("b", "europe-west1")
	url, stop := srv.Start()
	t.Cleanup(stop)
	o.Endpoint = url
	o.Patience = cmp.Or(o.Patience, 5*time.Second)
	s, err := gcs.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, srv
}

var unlimited = gcstest.Options{MutationsPerSecond: -1}

func TestStore(t *testing.T) {
	objecttest.Test(t, func(t *testing.T) (object.Store, string) {
		s, _ := open(t, unlimited, gcs.Options{})
		return s, "gs://b/suite/"
	})
}

// TestProject runs the suite in a bucket of a real project. GLINT_TEST_PROJECT
// names the project and GLINT_TEST_BUCKET the bucket, by default PROJECT-glint-test.
func TestProject(t *testing.T) {
	project := os.Getenv("GLINT_TEST_PROJECT")
	if project == "" {
		t.Skip("GLINT_TEST_PROJECT is not set: the suite was not run against Cloud Storage itself")
	}
	s, err := gcs.New(t.Context(), gcs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	bucket := cmp.Or(os.Getenv("GLINT_TEST_BUCKET"), project+"-glint-test")
	objecttest.Test(t, func(*testing.T) (object.Store, string) { return s, "gs://" + bucket + "/suite/" })
}

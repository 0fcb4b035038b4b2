package azure_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blockblob"
	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/azure"
	"github.com/glint-data/glint/shared/azure/azuretest"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/object/objecttest"
)

// TestDirectoryMarkers: the empty blobs by which Hadoop's drivers mark a
// directory are no objects.
func TestDirectoryMarkers(t *testing.T) {
	t.Parallel()
	s, _, prefix := open(t, azure.Options{})
	name, _, _ := strings.Cut(strings.TrimPrefix(prefix, "abfss://"), "@")
	key, err := blockblob.NewClientWithSharedKeyCredential(azurite(t).URL+"/"+azuretest.Account+"/"+name+"/city", sharedKey(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	yes := "true"
	if _, err := key.Upload(t.Context(), streaming.NopCloser(strings.NewReader("")), &blockblob.UploadOptions{Metadata: map[string]*string{"hdi_isfolder": &yes}}); err != nil {
		t.Fatal(err)
	}
	objecttest.Put(t, s, prefix+"city/a.csv", []byte("x"))
	if diff := cmp.Diff([]string{prefix + "city/a.csv"}, objecttest.URIs(t, s, prefix, "")); diff != "" {
		t.Errorf("List (-want +got):\n%s", diff)
	}
	if _, err := s.Stat(t.Context(), prefix+"city"); !errors.Is(err, fault.NotFound) {
		t.Errorf("Stat of a directory: %v, want NotFound", err)
	}
	if _, _, err := s.Open(t.Context(), prefix+"city", object.Range{}); !errors.Is(err, fault.NotFound) {
		t.Errorf("Open of a directory: %v, want NotFound", err)
	}
}

// TestListDirectories: an account with directories, which Azurite is not, lists
// them depth first, and directories among the files. Pages are small.
func TestListDirectories(t *testing.T) {
	t.Parallel()
	names := []string{"a", "a/1", "a/b", "a/b/2", "a/b/3", "a/b.txt", "a/c", "a.txt", "a0", "b-1", "b/1", "b/2"}
	directories := []string{"a", "a/b"}
	const page = 3
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var at int
		fmt.Sscan(r.FormValue("marker"), &at)
		var matching []string
		for _, n := range names {
			if strings.HasPrefix(n, r.FormValue("prefix")) {
				matching = append(matching, n)
			}
		}
		w.Header().Set("Content-Type", "application/xml")
		fmt.Fprint(w, `<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs>`)
		for _, n := range matching[at:min(at+page, len(matching))] {
			kind := "file"
			if slices.Contains(directories, n) {
				kind = "directory"
			}
			fmt.Fprintf(w, `<Blob><Name>%s</Name><Properties><Etag>0x1</Etag><Content-Length>1</Content-Length><ResourceType>%s</ResourceType></Properties></Blob>`, n, kind)
		}
		next := ""
		if at+page < len(matching) {
			next = fmt.Sprint(at + page)
		}
		fmt.Fprintf(w, `</Blobs><NextMarker>%s</NextMarker></EnumerationResults>`, next)
	}))
	defer srv.Close()
	s, err := azure.New(azure.Options{Account: "acme", Endpoint: srv.URL, Credential: azure.Credential{SAS: "sv=1"}})
	if err != nil {
		t.Fatal(err)
	}
	const root = "wasbs://c@acme.blob.core.windows.net/"
	for _, c := range []struct{ prefix, after string }{{"", ""}, {"a", ""}, {"a/", ""}, {"a/b", ""}, {"", "a.txt"}, {"", "a/b"}, {"b", "a"}} {
		var want []string
		for _, n := range names {
			if !slices.Contains(directories, n) && strings.HasPrefix(n, c.prefix) && n > c.after {
				want = append(want, root+n)
			}
		}
		slices.Sort(want)
		after := ""
		if c.after != "" {
			after = root + c.after
		}
		if diff := cmp.Diff(want, objecttest.URIs(t, s, root+c.prefix, after)); diff != "" {
			t.Errorf("List(%q, after %q) (-want +got):\n%s", c.prefix, c.after, diff)
		}
	}
}

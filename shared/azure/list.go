package azure

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"

	"github.com/glint-data/glint/shared/object"
)

// List yields objects in the order of the bytes of their names. prefix names
// one container: abfss://container@account.dfs.core.windows.net/ and what
// follows. Markers of directories are left out.
func (s *Store) List(ctx context.Context, prefix, after string) iter.Seq2[object.Attrs, error] {
	return func(yield func(object.Attrs, error) bool) {
		p, err := s.place(prefix)
		if err != nil {
			yield(object.Attrs{}, err)
			return
		}
		o := sorted{from: len(p.root) + len(p.key), yield: func(a object.Attrs) bool { return a.URI <= after || yield(a, nil) }}
		t := s.newTry(ctx)
		for marker := (*string)(nil); ; {
			// The service could begin at a name, but in an account with
			// directories its order is another one than that of bytes.
			page, err := s.page(t, p, marker)
			if err != nil {
				yield(object.Attrs{}, t.fault(opList, prefix, err))
				return
			}
			for _, item := range page.Segment.BlobItems {
				if !o.add(p.root, item) {
					return
				}
			}
			t.progress()
			if marker = page.NextMarker; value(marker) == "" {
				o.rest()
				return
			}
		}
	}
}

func (s *Store) page(t *try, p place, marker *string) (res container.ListBlobsFlatResponse, err error) {
	err = t.do(func(ctx context.Context) (err error) {
		res, err = s.container(p).NewListBlobsFlatPager(&container.ListBlobsFlatOptions{
			Prefix: &p.key, Marker: marker, Include: container.ListBlobsInclude{Metadata: true},
		}).NextPage(ctx)
		return err
	})
	return res, err
}

// A sorted puts a listing into the order of bytes. An account with directories
// lists what lies in a directory before the files whose names begin like its:
// to it, a slash is the least of characters, and a/1 comes before a.txt. Such
// a directory is held back until none of them can follow.
type sorted struct {
	from  int // where URIs begin to differ
	yield func(object.Attrs) bool
	held  []object.Attrs // in the order of bytes
}

// add takes the next item; false ends the listing.
func (o *sorted) add(root string, item *container.BlobItem) bool {
	if item.Name == nil || item.Properties == nil {
		return true
	}
	props := item.Properties
	if strings.EqualFold(value(props.ResourceType), "directory") || isDirectory(item.Metadata) {
		return true
	}
	a := object.Attrs{URI: root + *item.Name, Version: version(props.ETag), Size: value(props.ContentLength), Updated: value(props.LastModified)}
	if props.ResourceType == nil { // an account without directories
		return o.yield(a)
	}
	at, _ := slices.BinarySearchFunc(o.held, a, func(x, y object.Attrs) int { return strings.Compare(x.URI, y.URI) })
	o.held = slices.Insert(o.held, at, a)
	n := 0
	for n < len(o.held) && o.settled(o.held[n].URI, a.URI) {
		n++
	}
	for _, a := range o.held[:n] {
		if !o.yield(a) {
			return false
		}
	}
	o.held = slices.Delete(o.held, 0, n)
	return true
}

// settled says that nothing that comes before uri can follow last.
func (o *sorted) settled(uri, last string) bool {
	for i := o.from; i < len(uri); i++ {
		if uri[i] == '/' && strings.HasPrefix(last, uri[:i]) && (len(last) == i || last[i] <= '/') {
			return false
		}
	}
	return true
}

// rest yields what is still held.
func (o *sorted) rest() {
	for _, a := range o.held {
		if !o.yield(a) {
			return
		}
	}
}

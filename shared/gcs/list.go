package gcs

import (
	"context"
	"iter"
	"strings"

	"cloud.google.com/go/storage"
	"google.golang.org/api/iterator"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
)

// List yields objects in the service's own order, which is that of the bytes
// of their names. prefix names one bucket: gs://bucket/ and what follows.
func (s *Store) List(ctx context.Context, prefix, after string) iter.Seq2[object.Attrs, error] {
	return func(yield func(object.Attrs, error) bool) {
		bucket, key, slash := strings.Cut(strings.TrimPrefix(prefix, scheme), "/")
		if !strings.HasPrefix(prefix, scheme) || !slash || bucket == "" {
			yield(object.Attrs{}, fault.Errorf(fault.Invalid, "%s: not a prefix in Cloud Storage", prefix).WithHint("write gs://BUCKET/ and what names begin with"))
			return
		}
		base := scheme + bucket + "/"
		if after > base && !strings.HasPrefix(after, base) {
			return // everything of this bucket comes before it
		}
		q := &storage.Query{Prefix: key, StartOffset: strings.TrimPrefix(max(after, base), base), Projection: storage.ProjectionNoACL}
		if err := q.SetAttrSelection([]string{"Name", "Generation", "Size", "Updated", "CRC32C"}); err != nil {
			yield(object.Attrs{}, fault.Wrap(fault.Internal, err))
			return
		}
		t := s.newTry(ctx)
		it := s.client.Bucket(bucket).Retryer(t.options()...).Objects(ctx, q)
		for {
			a, err := it.Next()
			if err == iterator.Done {
				return
			}
			if err != nil {
				yield(object.Attrs{}, t.fault(opList, prefix, err))
				return
			}
			t.progress()
			if uri := base + a.Name; uri != after && !yield(attrsOf(uri, a), nil) {
				return
			}
		}
	}
}

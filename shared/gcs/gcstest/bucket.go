package gcstest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	storage "google.golang.org/api/storage/v1"
)

// bucketList routes /b: insert and list (json_api/v1/buckets).
func (c *call) bucketList() handler {
	switch c.r.Method {
	case http.MethodPost:
		c.op = "storage.buckets.insert"
		return (*call).insertBucket
	case http.MethodGet:
		c.op = "storage.buckets.list"
		return (*call).listBuckets
	}
	return c.unknown()
}

// buckets1 routes /b/BUCKET.
func (c *call) buckets1() handler {
	switch c.r.Method {
	case http.MethodGet:
		c.op = "storage.buckets.get"
		return (*call).getBucket
	case http.MethodDelete:
		c.op = "storage.buckets.delete"
		return (*call).deleteBucket
	case http.MethodPatch:
		c.op = "storage.buckets.patch"
		return (*call).patchBucket
	}
	return c.unknown()
}

func (c *call) insertBucket() *apiError {
	if err := c.only("project", "predefinedAcl", "predefinedDefaultObjectAcl", "enableObjectRetention"); err != nil {
		return err
	}
	var said storage.Bucket
	if err := c.body(&said); err != nil {
		return err
	}
	if said.Name == "" || strings.ContainsAny(said.Name, "/ ") || len(said.Name) < 3 {
		return invalid("Invalid bucket name: '%s'", said.Name)
	}
	return c.locked(func() *apiError {
		if c.buckets[said.Name] != nil {
			return conflict("Your previous request to create the named bucket succeeded and you already own it.")
		}
		c.reply(http.StatusOK, c.newBucket(&said).meta)
		return nil
	})
}

// newBucket makes a bucket of what was said of it. Fields that the server does
// not act on, such as lifecycle, are kept as they were given.
func (s *Server) newBucket(said *storage.Bucket) *bucket {
	m := said
	m.Kind = "storage#bucket"
	m.Id = m.Name
	m.Location = strings.ToUpper(cmp.Or(m.Location, "US")) // json_api/v1/buckets/insert: defaults to US
	m.LocationType = "region"
	if slices.Contains([]string{"US", "EU", "ASIA"}, m.Location) {
		m.LocationType = "multi-region"
	}
	m.StorageClass = cmp.Or(m.StorageClass, "STANDARD")
	m.TimeCreated = stamp(s.opts.Now())
	m.Updated = m.TimeCreated
	m.Metageneration = 1
	m.ProjectNumber = 1
	b := &bucket{meta: m, live: map[string]*object{}, old: map[string][]*object{}}
	s.buckets[m.Name] = b
	return b
}

// bucketCondition checks the two preconditions that buckets have.
func (c *call) bucketCondition(b *bucket) *apiError {
	cond, err := parseConditions(c.q, "if")
	if err != nil {
		return err
	}
	return cond.check(&object{meta: &storage.Object{Metageneration: b.meta.Metageneration}})
}

func (c *call) getBucket() *apiError {
	if err := c.only("ifMetagenerationMatch", "ifMetagenerationNotMatch"); err != nil {
		return err
	}
	return c.locked(func() *apiError {
		b, err := c.theBucket()
		if err == nil {
			err = c.bucketCondition(b)
		}
		if err == nil {
			c.reply(http.StatusOK, b.meta)
		}
		return err
	})
}

func (c *call) patchBucket() *apiError {
	if err := c.only("ifMetagenerationMatch", "ifMetagenerationNotMatch"); err != nil {
		return err
	}
	patch := map[string]any{}
	if err := c.body(&patch); err != nil {
		return err
	}
	return c.locked(func() *apiError {
		b, err := c.theBucket()
		if err == nil {
			err = c.bucketCondition(b)
		}
		if err != nil {
			return err
		}
		meta := new(storage.Bucket)
		if err := merge(b.meta, patch, meta); err != nil {
			return err
		}
		meta.Name, meta.Id, meta.Location, meta.TimeCreated = b.meta.Name, b.meta.Id, b.meta.Location, b.meta.TimeCreated
		meta.Metageneration = b.meta.Metageneration + 1
		meta.Updated = stamp(c.opts.Now())
		b.meta = meta
		c.reply(http.StatusOK, meta)
		return nil
	})
}

func (c *call) deleteBucket() *apiError {
	if err := c.only("ifMetagenerationMatch", "ifMetagenerationNotMatch"); err != nil {
		return err
	}
	return c.locked(func() *apiError {
		b, err := c.theBucket()
		if err == nil {
			err = c.bucketCondition(b)
		}
		if err != nil {
			return err
		}
		if len(b.live)+len(b.old) > 0 { // json_api/v1/buckets/delete: it must be empty
			return conflict("The bucket you tried to delete is not empty.")
		}
		delete(c.buckets, c.bucket)
		c.reply(http.StatusNoContent, nil)
		return nil
	})
}

func (c *call) listBuckets() *apiError {
	if err := c.only("project", "prefix", "maxResults", "pageToken"); err != nil {
		return err
	}
	size, err := c.pageSize()
	if err != nil {
		return err
	}
	after, err := parseToken(c.q.Get("pageToken"))
	if err != nil {
		return err
	}
	return c.locked(func() *apiError {
		page := storage.Buckets{Kind: "storage#buckets"}
		for _, name := range slices.Sorted(maps.Keys(c.buckets)) {
			if name <= after || !strings.HasPrefix(name, c.q.Get("prefix")) {
				continue
			}
			if len(page.Items) == size {
				page.NextPageToken = token(page.Items[size-1].Name)
				break
			}
			page.Items = append(page.Items, c.buckets[name].meta)
		}
		c.reply(http.StatusOK, page)
		return nil
	})
}

// merge applies a patch (RFC 7396, as json_api/v1/how-tos/performance#patch
// says: null removes, what is not named stays) to v and decodes it into to.
func merge(v any, patch map[string]any, to any) *apiError {
	whole := map[string]any{}
	data, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(data, &whole)
	}
	if err == nil {
		data, err = json.Marshal(mergeMaps(whole, patch))
	}
	if err == nil {
		err = json.Unmarshal(data, to)
	}
	if err != nil {
		return invalid("Invalid patch: %v", fmt.Sprint(err))
	}
	return nil
}

func mergeMaps(to, patch map[string]any) map[string]any {
	for k, v := range patch {
		if sub, ok := v.(map[string]any); ok {
			old, _ := to[k].(map[string]any)
			if old == nil {
				old = map[string]any{}
			}
			to[k] = mergeMaps(old, sub)
			continue
		}
		if v == nil {
			delete(to, k)
			continue
		}
		to[k] = v
	}
	return to
}

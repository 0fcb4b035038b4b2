package gcstest

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	storage "google.golang.org/api/storage/v1"
)

// newObject makes an object of what a request said of it; store gives it its generation.
func newObject(said *storage.Object, data blob) *object {
	h := md5.New()
	for _, p := range data.parts {
		h.Write(p)
	}
	o := &object{data: data, crc: data.crc(0), meta: said}
	o.meta.Md5Hash = base64.StdEncoding.EncodeToString(h.Sum(nil))
	o.meta.Crc32c = encodeCRC(o.crc)
	return o
}

// writable is the part of an object's resource that a request may set
// (json_api/v1/objects#resource).
func writable(o *storage.Object) *storage.Object {
	return &storage.Object{
		Bucket: o.Bucket, Name: o.Name,
		CacheControl: o.CacheControl, ContentDisposition: o.ContentDisposition, ContentEncoding: o.ContentEncoding,
		ContentLanguage: o.ContentLanguage, ContentType: o.ContentType, CustomTime: o.CustomTime,
		EventBasedHold: o.EventBasedHold, TemporaryHold: o.TemporaryHold, Metadata: o.Metadata, StorageClass: o.StorageClass,
	}
}

// store puts o under its name and returns what happened. Conditions have been checked.
func (s *Server) store(b *bucket, o *object) []event {
	now := s.opts.Now().UTC()
	m := o.meta
	m.Generation = s.nextGeneration(now)
	m.Metageneration = 1
	m.Size = uint64(o.data.size())
	m.TimeCreated = stamp(now)
	m.Updated = m.TimeCreated
	m.TimeFinalized = m.TimeCreated
	m.TimeStorageClassUpdated = m.TimeCreated
	if m.StorageClass == "" {
		m.StorageClass = b.meta.StorageClass
	}
	m.Kind = "storage#object"
	m.Id = fmt.Sprintf("%s/%s/%d", m.Bucket, m.Name, m.Generation)
	m.Etag = etag(m.Generation, m.Metageneration)
	m.ForceSendFields = []string{"Size"}

	before := b.live[m.Name]
	b.live[m.Name] = o
	if before == nil && len(b.old[m.Name]) == 0 {
		b.names = append(b.names, m.Name)
		b.stale = true
	}
	created := event{kind: "OBJECT_FINALIZE", object: o, bucket: b}
	if before == nil {
		return []event{created}
	}
	created.extra = map[string]string{"overwroteGeneration": fmt.Sprint(before.meta.Generation)}
	gone := s.retire(b, before, now)
	gone.extra = map[string]string{"overwrittenByGeneration": fmt.Sprint(m.Generation)}
	return []event{created, gone}
}

// remove takes the live object away; with versioning it becomes noncurrent.
func (s *Server) remove(b *bucket, o *object) []event {
	delete(b.live, o.meta.Name)
	e := s.retire(b, o, s.opts.Now().UTC())
	b.forget(o.meta.Name)
	return []event{e}
}

// retire keeps a replaced object if the bucket has versioning (object-versioning).
func (s *Server) retire(b *bucket, o *object, now time.Time) event {
	if b.meta.Versioning == nil || !b.meta.Versioning.Enabled {
		return event{kind: "OBJECT_DELETE", object: o, bucket: b}
	}
	m := *o.meta
	m.TimeDeleted = stamp(now)
	kept := &object{meta: &m, data: o.data, crc: o.crc}
	b.old[m.Name] = append(b.old[m.Name], kept)
	return event{kind: "OBJECT_ARCHIVE", object: kept, bucket: b}
}

// purge removes a noncurrent generation for good.
func (s *Server) purge(b *bucket, o *object) []event {
	name := o.meta.Name
	b.old[name] = slices.DeleteFunc(b.old[name], func(x *object) bool { return x == o })
	if len(b.old[name]) == 0 {
		delete(b.old, name)
	}
	b.forget(name)
	return []event{{kind: "OBJECT_DELETE", object: o, bucket: b}}
}

// forget drops a name that has neither a live nor an old object.
func (b *bucket) forget(name string) {
	if b.live[name] != nil || len(b.old[name]) > 0 {
		return
	}
	b.sorted()
	if i, ok := slices.BinarySearch(b.names, name); ok {
		b.names = slices.Delete(b.names, i, i+1)
	}
}

func (b *bucket) sorted() []string {
	if b.stale {
		slices.Sort(b.names)
		b.stale = false
	}
	return b.names
}

// find is a generation of an object; 0 is the live one. It returns nil if it is not there.
func (b *bucket) find(name string, generation int64) *object {
	live := b.live[name]
	if generation == 0 || live != nil && live.meta.Generation == generation {
		return live
	}
	for _, o := range b.old[name] {
		if o.meta.Generation == generation {
			return o
		}
	}
	return nil
}

// nextGeneration is the time in microseconds, as the service's numbers look,
// and always more than the last one (object-versioning: a later generation has
// a larger number).
func (s *Server) nextGeneration(now time.Time) int64 {
	s.lastGen = max(s.lastGen+1, now.UnixMicro())
	return s.lastGen
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z07:00") }

func etag(generation, metageneration int64) string {
	var raw []byte
	raw = binary.AppendVarint(raw, generation)
	raw = binary.AppendVarint(raw, metageneration)
	return base64.StdEncoding.EncodeToString(raw)
}

func encodeCRC(crc uint32) string {
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, crc))
}

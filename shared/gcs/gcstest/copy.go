package gcstest

import (
	"net/http"

	storage "google.golang.org/api/storage/v1"
)

// copy is objects.copy and objects.rewrite, which is done in one call here
// (json_api/v1/objects/copy, …/rewrite). The source is read and the destination
// written under one lock, so that both conditions hold at once.
func (c *call) copy() *apiError {
	names := append([]string{"sourceGeneration", "maxBytesRewrittenPerCall", "rewriteToken"}, conditionNames...)
	if err := c.only(append(names, sourceConditionNames...)...); err != nil {
		return err
	}
	cond, err := c.conditions()
	if err != nil {
		return err
	}
	sourceCond, err := parseConditions(c.q, "ifSource")
	if err != nil {
		return err
	}
	gen, err := c.generation("sourceGeneration")
	if err != nil {
		return err
	}
	said := new(storage.Object)
	if err := c.body(said); err != nil {
		return err
	}
	said = writable(said)
	said.Bucket, said.Name = c.rest[2], c.rest[4]
	if err := validName(said.Name); err != nil {
		return err
	}
	var o *object
	err = c.locked(func() *apiError {
		source, err := c.source(gen, sourceCond)
		if err != nil {
			return err
		}
		o = copied(source, said)
		return c.createLocked(o, cond)
	})
	if err != nil {
		return err
	}
	if c.op == "storage.objects.copy" {
		return c.answer(o.meta)
	}
	size := int64(o.meta.Size)
	writeJSON(c.w, http.StatusOK, storage.RewriteResponse{
		Kind: "storage#rewriteResponse", Done: true, ObjectSize: size, TotalBytesRewritten: size, Resource: c.linked(o.meta),
		ForceSendFields: []string{"ObjectSize", "TotalBytesRewritten"},
	})
	return nil
}

func (c *call) source(gen int64, cond conditions) (*object, *apiError) {
	b, err := c.theBucket()
	if err != nil {
		return nil, err
	}
	o := b.find(c.object, gen)
	if o == nil {
		return nil, noObject(c.bucket, c.object)
	}
	return o, cond.check(o)
}

// copied is source under the name that was said. Metadata that was given takes
// the place of the source's as a whole (objects/rewrite, request body).
func copied(source *object, said *storage.Object) *object {
	m := *writable(source.meta)
	m.StorageClass = said.StorageClass
	if said.ContentType != "" || said.Metadata != nil || said.CacheControl != "" || said.ContentEncoding != "" ||
		said.ContentLanguage != "" || said.ContentDisposition != "" || said.CustomTime != "" {
		m = *said
	}
	m.Bucket, m.Name = said.Bucket, said.Name
	m.Crc32c, m.Md5Hash, m.ComponentCount = source.meta.Crc32c, source.meta.Md5Hash, source.meta.ComponentCount
	return &object{meta: &m, data: source.data, crc: source.crc}
}

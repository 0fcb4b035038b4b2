package gcstest

import (
	storage "google.golang.org/api/storage/v1"
)

// patch is objects.patch and objects.update: the metadata changes, the bytes
// and the generation stay, the metageneration grows (json_api/v1/objects/patch,
// …/update: what update does not name is removed).
func (c *call) patch() *apiError {
	if err := c.only(append([]string{"generation", "predefinedAcl"}, conditionNames...)...); err != nil {
		return err
	}
	if c.q.Get("predefinedAcl") != "" {
		return unsupported("predefinedAcl")
	}
	cond, err := c.conditions()
	if err != nil {
		return err
	}
	gen, err := c.generation("generation")
	if err != nil {
		return err
	}
	said := map[string]any{}
	if err := c.body(&said); err != nil {
		return err
	}
	var changed *object
	err = c.locked(func() *apiError {
		b, err := c.theBucket()
		if err != nil {
			return err
		}
		o := b.find(c.object, gen)
		if o == nil {
			return noObject(c.bucket, c.object)
		}
		if err := cond.check(o); err != nil {
			return err
		}
		if err := c.allow(c.bucket, c.object); err != nil {
			return err
		}
		if changed, err = c.changed(o, said); err != nil {
			return err
		}
		b.swap(o, changed)
		c.events = []event{{kind: "OBJECT_METADATA_UPDATE", object: changed, bucket: b}}
		return nil
	})
	if err != nil {
		return err
	}
	return c.answer(changed.meta)
}

// changed is o with what was said, as far as it may be said.
func (c *call) changed(o *object, said map[string]any) (*object, *apiError) {
	base := &storage.Object{}
	if c.op == "storage.objects.patch" {
		base = writable(o.meta)
	}
	merged := new(storage.Object)
	if err := merge(base, said, merged); err != nil {
		return nil, err
	}
	w := writable(merged)
	m := *o.meta
	m.CacheControl, m.ContentDisposition, m.ContentEncoding = w.CacheControl, w.ContentDisposition, w.ContentEncoding
	m.ContentLanguage, m.ContentType, m.CustomTime = w.ContentLanguage, w.ContentType, w.CustomTime
	m.EventBasedHold, m.TemporaryHold, m.Metadata = w.EventBasedHold, w.TemporaryHold, w.Metadata
	m.Metageneration++
	m.Updated = stamp(c.opts.Now())
	m.Etag = etag(m.Generation, m.Metageneration)
	return &object{meta: &m, data: o.data, crc: o.crc}, nil
}

// swap puts a changed object where o was.
func (b *bucket) swap(o, changed *object) {
	name := o.meta.Name
	if b.live[name] == o {
		b.live[name] = changed
		return
	}
	for i, x := range b.old[name] {
		if x == o {
			b.old[name][i] = changed
		}
	}
}

package gcstest

import (
	storage "google.golang.org/api/storage/v1"
)

// compose is objects.compose: up to 32 objects of one bucket become one, which
// has no MD5 (json_api/v1/objects/compose, composite-objects).
func (c *call) compose() *apiError {
	if err := c.only(append([]string{"destinationPredefinedAcl"}, conditionNames...)...); err != nil {
		return err
	}
	if c.q.Get("destinationPredefinedAcl") != "" {
		return unsupported("destinationPredefinedAcl")
	}
	cond, err := c.conditions()
	if err != nil {
		return err
	}
	var said storage.ComposeRequest
	if err := c.body(&said); err != nil {
		return err
	}
	if n := len(said.SourceObjects); n == 0 || n > 32 {
		return invalid("The number of source components provided (%d) must be between 1 and 32", n)
	}
	if said.Destination == nil {
		said.Destination = new(storage.Object)
	}
	meta := writable(said.Destination)
	meta.Bucket, meta.Name = c.bucket, c.object
	if err := validName(meta.Name); err != nil {
		return err
	}
	o := &object{meta: meta}
	err = c.locked(func() *apiError {
		b, err := c.theBucket()
		if err != nil {
			return err
		}
		for _, src := range said.SourceObjects {
			if err := o.join(b, src); err != nil {
				return err
			}
		}
		meta.Crc32c = encodeCRC(o.crc)
		return c.createLocked(o, cond)
	})
	if err != nil {
		return err
	}
	return c.answer(o.meta)
}

// join appends one component to o.
func (o *object) join(b *bucket, src *storage.ComposeRequestSourceObjects) *apiError {
	part := b.find(src.Name, src.Generation)
	if part == nil {
		return noObject(b.meta.Name, src.Name)
	}
	if p := src.ObjectPreconditions; p != nil && p.IfGenerationMatch != 0 {
		if err := (conditions{match: &p.IfGenerationMatch, prefix: "if"}).check(part); err != nil {
			return err
		}
	}
	for _, p := range part.data.parts {
		o.data.add(p)
	}
	o.crc = part.data.crc(o.crc)
	o.meta.ComponentCount += max(1, part.meta.ComponentCount)
	return nil
}

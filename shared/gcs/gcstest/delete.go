package gcstest

import "net/http"

// delete is objects.delete: the live object, which versioning keeps as
// noncurrent, or for good the generation that is named (json_api/v1/objects/delete).
func (c *call) delete() *apiError {
	if err := c.only(append([]string{"generation"}, conditionNames...)...); err != nil {
		return err
	}
	cond, err := c.conditions()
	if err != nil {
		return err
	}
	gen, err := c.generation("generation")
	if err != nil {
		return err
	}
	return c.locked(func() *apiError {
		b, err := c.theBucket()
		if err != nil {
			return err
		}
		o := b.find(c.object, gen)
		if o == nil { // before the conditions (assumed)
			return noObject(c.bucket, c.object)
		}
		if err := cond.check(o); err != nil {
			return err
		}
		if err := c.allow(c.bucket, c.object); err != nil {
			return err
		}
		switch {
		case o != b.live[c.object]:
			c.events = c.purge(b, o)
		case gen != 0:
			delete(b.live, c.object)
			b.forget(c.object)
			c.events = []event{{kind: "OBJECT_DELETE", object: o, bucket: b}}
		default:
			c.events = c.remove(b, o)
		}
		c.reply(http.StatusNoContent, nil)
		return nil
	})
}

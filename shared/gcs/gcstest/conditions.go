package gcstest

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// conditions are the four preconditions (request-preconditions); nil is not asked for.
type conditions struct {
	match, notMatch         *int64
	metaMatch, metaNotMatch *int64
	prefix                  string
}

// parseConditions reads ifGenerationMatch and its kin; prefix "ifSource" reads ifSourceGenerationMatch.
func parseConditions(q url.Values, prefix string) (c conditions, err *apiError) {
	c.prefix = prefix
	for name, to := range map[string]**int64{
		"GenerationMatch": &c.match, "GenerationNotMatch": &c.notMatch,
		"MetagenerationMatch": &c.metaMatch, "MetagenerationNotMatch": &c.metaNotMatch,
	} {
		if err := parseInt(q.Get(prefix+name), prefix+name, to); err != nil {
			return c, err
		}
	}
	return c, nil
}

// headerConditions reads the XML API's headers (xml-api/reference-headers).
func headerConditions(h http.Header) (c conditions, err *apiError) {
	if err := parseInt(h.Get("x-goog-if-generation-match"), "x-goog-if-generation-match", &c.match); err != nil {
		return c, err
	}
	err = parseInt(h.Get("x-goog-if-metageneration-match"), "x-goog-if-metageneration-match", &c.metaMatch)
	return c, err
}

func parseInt(text, name string, to **int64) *apiError {
	if text == "" {
		return nil
	}
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil || n < 0 {
		return invalid("Invalid value for %s: %q", name, text)
	}
	*to = &n
	return nil
}

// check says whether c holds for o, which is nil if there is no such object.
// A match of 0 asks that there is none, a non-match of 0 that there is one. A
// metageneration matches nothing where there is no object (assumed).
func (c conditions) check(o *object) *apiError {
	var gen, meta int64
	if o != nil {
		gen, meta = o.meta.Generation, o.meta.Metageneration
	}
	switch {
	case c.match != nil && *c.match != gen:
		return conditionNotMet(c.prefix + "GenerationMatch")
	case c.notMatch != nil && *c.notMatch == gen:
		return conditionNotMet(c.prefix + "GenerationNotMatch")
	case c.metaMatch != nil && *c.metaMatch != meta:
		return conditionNotMet(c.prefix + "MetagenerationMatch")
	case c.metaNotMatch != nil && o != nil && *c.metaNotMatch == meta:
		return conditionNotMet(c.prefix + "MetagenerationNotMatch")
	}
	return nil
}

// checkRead is check for a read: what is unchanged is answered 304
// (request-preconditions: "If the request would only read").
func (c conditions) checkRead(o *object) *apiError {
	err := c.check(o)
	if err != nil && strings.HasSuffix(err.location, "NotMatch") {
		return notModified()
	}
	return err
}

package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestReader: whoever reads the table while it is replaced, again and again,
// sees one run's rows, all of them.
func TestReader(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.whole("all", "city", "all")
	p := w.start(nil)
	w.cloud.Storage.Put(landing, "city/city.csv", cities("old", 43))
	p.run("0", "all", slot1)

	stop := make(chan bool)
	var reader sync.WaitGroup
	var looks int
	seen := map[string]bool{}
	reader.Go(func() {
		for ; ; looks++ {
			select {
			case <-stop:
				return
			default:
			}
			rows, err := w.read("all")
			if err != nil || len(rows) == 0 {
				t.Errorf("the reader sees %d rows, %v", len(rows), err)
				return
			}
			word, _, _ := strings.Cut(rows[0], "-")
			if last := rows[len(rows)-1]; last != fmt.Sprintf("%s-%d", word, len(rows)) || len(rows) != 40+len(word) {
				t.Errorf("the reader sees %d rows from %s to %s", len(rows), rows[0], last)
				return
			}
			seen[word] = true
		}
	})
	for i := range 6 {
		word := strings.Repeat("n", i+1)
		w.cloud.Storage.Put(landing, "city/city.csv", cities(word, 40+len(word)))
		p.run(fmt.Sprint(i+1), "all", time.Date(2026, 11, 24+i, 2, 0, 0, 0, time.UTC).Format(time.RFC3339))
	}
	time.Sleep(20 * time.Millisecond)
	close(stop)
	reader.Wait()
	t.Logf("%d looks saw %d states", looks, len(seen))
	if !seen["nnnnnn"] || len(seen) < 3 {
		t.Errorf("the reader saw %v", seen)
	}
}

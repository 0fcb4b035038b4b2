package host

import (
	"os"
	"testing"
	"time"
)

func TestContainerMemory(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		want  int64
	}{
		{"nothing can be read", nil, 2 << 30},
		{"a machine", map[string]string{"/proc/meminfo": "MemTotal:  8388608 kB\n"}, 8 << 30},
		{"control group 2", map[string]string{"/proc/meminfo": "MemTotal:  8388608 kB\n", "/sys/fs/cgroup/memory.max": "1073741824\n"}, 1 << 30},
		{"no limit", map[string]string{"/proc/meminfo": "MemTotal:  8388608 kB\n", "/sys/fs/cgroup/memory.max": "max\n"}, 8 << 30},
		{"control group 1", map[string]string{"/sys/fs/cgroup/memory/memory.limit_in_bytes": "536870912\n"}, 512 << 20},
	} {
		got := containerMemory(func(name string) ([]byte, error) {
			if text, ok := c.files[name]; ok {
				return []byte(text), nil
			}
			return nil, os.ErrNotExist
		})
		if got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

// TestShare: engine, scratch and reserve together are never more than the instance has.
func TestShare(t *testing.T) {
	for _, memory := range []int64{1 << 30, 2 << 30, 32 << 30} {
		b, free, err := Share(Limits{Memory: memory, Threads: 2}, t.TempDir(), time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if b.Memory+b.Scratch+reserve > memory || b.Memory < memory/3 {
			t.Errorf("Share(%d) = %+v", memory, b)
		}
		free()
		if _, err := os.Stat(b.Dir); err == nil {
			t.Error("the folder is left")
		}
	}
	if _, _, err := Share(Limits{}, "/does/not/exist", time.Time{}); err == nil {
		t.Error("no error without a folder")
	}
}

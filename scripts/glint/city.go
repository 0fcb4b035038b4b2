//go:build !windows

package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// citySchema is the Avro schema that the seed's workflow names in schemaPath.
const citySchema = `{
  "type": "record",
  "name": "city",
  "namespace": "thirdparty01",
  "fields": [
    {"name": "city_id",     "type": ["null", "string"], "doc": "stable identifier"},
    {"name": "zip_code",    "type": ["null", "int"]},
    {"name": "city_name",   "type": ["null", "string"]},
    {"name": "county_name", "type": ["null", "string"]},
    {"name": "state_code",  "type": ["null", "string"]},
    {"name": "state_name",  "type": ["null", "string"]},
    {"name": "population",  "type": ["null", "long"]},
    {"name": "area_km2",    "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2}]},
    {"name": "founded_on",  "type": ["null", {"type": "int", "logicalType": "date"}]},
    {"name": "updated_at",  "type": ["null", {"type": "long", "logicalType": "timestamp-micros"}]}
  ]
}
`

var (
	firsts = []string{"Spring", "Clear", "Fair", "Green", "River", "Oak", "Maple", "Silver", "Stone", "Red", "North", "West", "Cedar", "Bright", "Mill"}
	lasts  = []string{"field", "water", "view", "ville", "dale", "wood", " Falls", "brook", "port", " Creek", "haven", "ton", "land"}
	states = [][2]string{{"AL", "Alabama"}, {"AZ", "Arizona"}, {"CA", "California"}, {"CO", "Colorado"}, {"GA", "Georgia"}, {"IL", "Illinois"},
		{"MI", "Michigan"}, {"NM", "New Mexico"}, {"NY", "New York"}, {"OR", "Oregon"}, {"TX", "Texas"}, {"WA", "Washington"}}
)

// writeCities writes the sample data set below dir, unless its file is there
// already: people are invited to edit it.
func writeCities(dir string, rows int) (file string, err error) {
	schema := filepath.Join(dir, "schemas", "avsc", "city.avsc")
	if err := writeNew(schema, []byte(citySchema)); err != nil {
		return "", err
	}
	file = filepath.Join(dir, "city", "city.csv")
	if _, err := os.Stat(file); err == nil {
		return file, nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return "", err
	}
	partial := file + ".partial"
	f, err := os.Create(partial)
	if err != nil {
		return "", err
	}
	defer f.Close()
	w := csv.NewWriter(f)
	_ = w.Write([]string{"city_id", "zip_code", "city_name", "county_name", "state_code", "state_name", "population", "area_km2", "founded_on", "updated_at"})
	for i := range rows {
		_ = w.Write(city(i))
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return "", err
	}
	return file, os.Rename(partial, file)
}

// city makes the i-th row: made up, the same on every machine.
func city(i int) []string {
	mix := func(n int) int { return (i*2654435761 + n*40503) & 0x7fffffff % 1_000_003 }
	state := states[mix(1)%len(states)]
	return []string{
		fmt.Sprintf("CITY%05d", i+1),
		strconv.Itoa(10000 + mix(2)%89999),
		firsts[mix(3)%len(firsts)] + lasts[mix(4)%len(lasts)],
		firsts[mix(5)%len(firsts)] + " County",
		state[0], state[1],
		strconv.Itoa(500 + mix(6)),
		fmt.Sprintf("%d.%02d", 3+mix(7)%900, mix(8)%100),
		fmt.Sprintf("%d-%02d-%02d", 1680+mix(9)%300, 1+mix(10)%12, 1+mix(11)%28),
		fmt.Sprintf("2026-%02d-%02d %02d:%02d:%02d", 1+mix(12)%10, 1+mix(13)%28, mix(14)%24, mix(15)%60, mix(16)%60),
	}
}

// writeNew writes a file unless there is one.
func writeNew(file string, text []byte) error {
	if _, err := os.Stat(file); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
}

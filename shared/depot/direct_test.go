package depot_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/udl"
)

func file(uri string) udl.Address {
	_, path, ok := strings.Cut(uri, "://")
	if !ok {
		path = uri
	}
	return udl.Address{Direct: true, Depot: "file", Collection: "none", Dataset: strings.Trim(path, "/"), Params: url.Values{"uri": {uri}}}
}

func tableOf(kind, project, collection, dataset string) udl.Address {
	a := udl.Address{Direct: true, Depot: kind, Collection: collection, Dataset: dataset, Params: url.Values{}}
	if project != "" {
		a.Params.Set("project", project)
	}
	return a
}

// TestDirect: a place that is named without a depot is reached as if one of that
// place existed, or refused with what to do.
func TestDirect(t *testing.T) {
	c := catalog(t)
	for _, tc := range []struct {
		in   udl.Address
		want string
	}{
		{file("gs://acme/raw/city"), "gs://acme/raw/city"},
		{file("gs://acme/raw/city.csv"), "gs://acme/raw/city.csv"},
		{file("abfss://raw@acme.dfs.core.windows.net/in/city"), "abfss://raw@acme.dfs.core.windows.net/in/city"},
		{file("wasbs://raw@acme.blob.core.windows.net/in/city"), "wasbs://raw@acme.blob.core.windows.net/in/city"},
		{tableOf("bigquery", "p", "dev", "city"), "[p dev city]"},
		{tableOf("bigquery", "", "dev", "city"), "says project, dataset and table"},
		{file("/data/examples/city"), "put the files into a bucket"},
		{file("s3a://acme/raw/city"), "s3a:// is not reached"},
		{file("gs://acme"), "names no file or folder"},
		{file("gs://acme/../x"), "names no file or folder"},
		{file("abfss://raw/in"), "names no container"},
		{tableOf("jdbc", "", "public", "city"), "put a depot at depots/NAME.yaml"},
	} {
		l, err := c.Locate(t.Context(), tc.in)
		got := l.URI + strings.Repeat(fmt.Sprint(l.Path), min(1, len(l.Path)))
		if err != nil {
			got = fault.Print(err)
		}
		if !strings.Contains(got, tc.want) {
			t.Errorf("Locate(%s) = %q, want %q", tc.in, got, tc.want)
		}
	}
}

// TestFolderStandsForPlaces: files stand for what is named without a depot, and
// one that is called as the input stands for whatever it reads.
func TestFolderStandsForPlaces(t *testing.T) {
	dir := folder(t, "bigquery/dev/city.csv", "p/dev/town.json", "street.avro", "examples/river.csv", "file/gs/lake.csv", "orders.parquet", "pile/a.csv", "pond/x/y.csv", "sales/hill.csv", "dale.csv")
	hill, _ := udl.Parse("dataos://lake:sales/hill")
	dale, _ := udl.Parse("dataos://lake:sales/dale?acl=rw")
	c := &depot.Catalog{Folders: []string{dir}}
	named := func(a udl.Address, name string) udl.Address { a.Name = name; return a }
	orders, _ := udl.Parse("dataos://lake:sales/order_2024")
	for _, tc := range []struct {
		in   udl.Address
		want string
	}{
		{tableOf("bigquery", "p", "dev", "city"), "bigquery/dev/city.csv"},
		{tableOf("bigquery", "p", "dev", "town"), "p/dev/town.json"},
		{tableOf("bigquery", "p", "dev", "street"), "street.avro"},
		{file("/data/examples/river"), "examples/river.csv"},
		{file("gs://gs/lake"), "file/gs/lake.csv"},
		{named(orders, "orders"), "orders.parquet"},
		{hill, "sales/hill.csv"},
		{named(dale, "vale"), "dale.csv"},
		{named(orders, "pile"), "pile"},
		{named(orders, "pond"), "order_2024.parquet (or .csv"}, // a folder of folders is some depot's
		{named(orders, "../x"), "order_2024.parquet (or .csv"},
		{tableOf("jdbc", "", "public", "sea"), "looked for as well: "},
	} {
		l, err := c.Locate(t.Context(), tc.in)
		got := l.URI
		if err != nil {
			got = fault.Print(err)
		}
		if !strings.Contains(got, tc.want) {
			t.Errorf("Locate(%s) = %q, want %q", tc.in, got, tc.want)
		}
	}
}

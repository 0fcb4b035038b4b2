package sparkcsv

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/relation"
)

// The types are what Spark 3.5.7 inferred from the same files.
func TestInfer(t *testing.T) {
	for name, tt := range map[string]struct {
		body string
		d    relation.CSVDecode
		want string
	}{
		"each of its own": {
			body: "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p\n" +
				"1,1,99999999999999999999,1.5,2020-01-01,2020-01-01,2020-01-01 01:02:03,true, 1,1e3,12:30,2020-01,01/02/2020,NaN,2020-01-01T00:00:00Z,1d\n" +
				"2,3000000000,1,2,2020-1-2,2020-01-01 00:00:00,2020-01-01,FALSE,2,7,1:30,2021,x,1,2020-01-01T00:00:00+05:30,0x10\n" +
				",,,,,,,,,,,,,,,\n",
			want: "a int,b bigint,c decimal(20,0),d double,e timestamp,f timestamp,g timestamp,h boolean,i double,j double,k timestamp,l timestamp,m string,n double,o timestamp,p string",
		},
		"edges of numbers": {
			body: "a,b,c,d,e,f,g,h,i,j,k\n" +
				"1 ,+5,007,1E30,1E-3,2020-02-30,2020-13-01,20200101,\"12\",2020-01-01 1,-0\n" +
				"2 ,6,8,3,4,2020-02-01,2020-01-01,20200102,\"13\",2020-01-02 2,9223372036854775808\n",
			want: "a double,b int,c int,d double,e double,f string,g string,h int,i int,j timestamp,k decimal(19,0)",
		},
		"wider, and none": {
			body: "a,b,c,d,e,f,g\n" +
				"1.5,10000000000,1.0,2020-01-01T,Infinity,5.,.5\n" +
				"2020-01-01,1.5,99999999999999999999999999999999999999999,2020-01-01T1:2,Inf,5f,1e400\n",
			want: "a string,b double,c double,d string,e double,f double,g double",
		},
		"what does not go together": {
			body: "a,b,c,d,e\n" +
				"true,2020-01-01 10:00:00,99999999999999999999,2020-01-01,10:30\n" +
				"1,true,1.5,true,2020-01-01\n",
			want: "a string,b string,c double,d string,e timestamp",
		},
		"nothing but blanks, records of other lengths": {
			body: "a,b,b,\n,\"\"\n1,,x,y,z\n",
			want: "a int,b1 string,b2 string,_c3 string",
		},
		"no header": {
			body: "1,x\n2,y\n",
			d:    relation.CSVDecode{Delimiter: ",", Quote: '"', Escape: '\\'},
			want: "_c0 int,_c1 string",
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := tt.d
			if d.Delimiter == "" {
				d = relation.CSVDecode{Header: true, Delimiter: ",", Quote: '"', Escape: '\\', NaN: "NaN", PosInf: "Inf", NegInf: "-Inf"}
			}
			names, err := Names(d, strings.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			in, err := NewInferrer(names, d)
			if err != nil {
				t.Fatal(err)
			}
			if err := in.File("f.csv", strings.NewReader(tt.body)); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range in.Columns() {
				got = append(got, c.Name+" "+c.Type.String())
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, ",")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

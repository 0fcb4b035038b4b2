package relation

// ParquetDecode reads Parquet files, whose types are their own.
type ParquetDecode struct{}

func (ParquetDecode) form() Form { return Parquet }

// JSONDecode is how Spark's JSON reader is set. Fields are found by their names,
// as they are spelled.
// https://spark.apache.org/docs/3.5.1/sql-data-sources-json.html
type JSONDecode struct {
	Mode      CSVMode
	MultiLine bool     // a file is one value: an object, or an array of them
	Physical  []Column // every column of the files
}

func (JSONDecode) form() Form { return JSON }

// AvroDecode reads Avro's object container files by the schema that each of them
// holds.
type AvroDecode struct {
	Physical []Column
}

func (AvroDecode) form() Form { return Avro }

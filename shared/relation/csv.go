package relation

// CSVMode is what Spark's CSV reader does with a row that does not fit.
type CSVMode string

const (
	Permissive    CSVMode = "PERMISSIVE"    // a bad field is NULL, missing fields are NULL, extra ones are dropped
	DropMalformed CSVMode = "DROPMALFORMED" // a bad row is left out
	FailFast      CSVMode = "FAILFAST"      // a bad row ends the run
)

// CSVDecode is how Spark's CSV reader is set: its option names, the values in
// force. A zero byte means that the feature is off.
// https://spark.apache.org/docs/3.5.1/sql-data-sources-csv.html
type CSVDecode struct {
	Header          bool
	Delimiter       string // Spark's sep; one character or more
	Quote           byte
	Escape          byte
	Comment         byte
	NullValue       string // an unquoted field with this text is NULL
	EmptyValue      string // what a quoted empty field reads as
	Mode            CSVMode
	MultiLine       bool
	TrimLeft        bool // ignoreLeadingWhiteSpace
	TrimRight       bool // ignoreTrailingWhiteSpace
	Encoding        string
	TimestampFormat string // Java pattern; "" is Spark's default reader
	DateFormat      string
	NaN, PosInf     string
	NegInf          string
	TimeZone        string // IANA; of timestamps without an offset
	// Physical is every column of the file by position, with the types they are
	// read as. It is longer than the relation's Columns where the file has system
	// columns (`__metadata`): those are bound first and left out afterwards.
	Physical []Column
}

// SparkCSV is what Flare's CSV reader does when the manifest says nothing:
// Spark's defaults, with the header on.
func SparkCSV() CSVDecode {
	return CSVDecode{Header: true, Delimiter: ",", Quote: '"', Escape: '\\', Mode: Permissive,
		Encoding: "UTF-8", NaN: "NaN", PosInf: "Inf", NegInf: "-Inf", TimeZone: "UTC"}
}

func (CSVDecode) form() Form { return CSV }

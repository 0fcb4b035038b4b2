package sparksql

// insteadOf says, of functions that are refused on purpose, why and what to
// write in their place.
var insteadOf = map[string]string{
	"monotonically_increasing_id": "its numbers depend on how Spark splits the rows: use row_number() OVER (ORDER BY …)",
	"spark_partition_id":          "there are no partitions here: leave it out",
	"input_file_name":             "rows do not carry their file here",
	"input_file_block_start":      "rows do not carry their file here",
	"input_file_block_length":     "rows do not carry their file here",
	"version":                     "there is no Spark here: leave it out",
	"reflect":                     "there is no Java here",
	"java_method":                 "there is no Java here",
	"aes_encrypt":                 "keys do not belong into queries: encrypt where the data is stored",
	"aes_decrypt":                 "keys do not belong into queries: decrypt before the data gets here",
	"try_aes_decrypt":             "keys do not belong into queries: decrypt before the data gets here",
	"sentences":                   "what is a word depends on a language's rules: use split with a pattern",
	"current_user":                "a workflow runs as its service account: write the name as a text",
	"user":                        "a workflow runs as its service account: write the name as a text",
}

func init() {
	for _, name := range []string{"", "_boolean", "_double", "_float", "_int", "_long", "_number", "_short", "_string"} {
		insteadOf["xpath"+name] = "XML is not read here: use regexp_extract, or have it as JSON"
	}
}

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
	"current_user":                "a workflow runs as its service account: write the name as a text",
	"user":                        "a workflow runs as its service account: write the name as a text",
}

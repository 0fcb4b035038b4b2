package bigquery

import "github.com/glint-data/glint/shared/plug"

// Spec describes the format bigquery of an output.
func (w *Writer) Spec() plug.Spec {
	return plug.Spec{
		Name: "bigquery",
		Doc: "Replaces or appends to a BigQuery table with one load job from the temporary bucket. " +
			"Readers see the old rows or the new ones, never a mixture. A replaced table keeps its description, labels, partitioning, " +
			"clustering and encryption key, and by column name the descriptions, policy tags and REQUIRED; where it has row access " +
			"policies or constraints, which WRITE_TRUNCATE would remove, the load is WRITE_TRUNCATE_DATA, or refused if the columns differ. " +
			"A new table has NULLABLE columns. BigQuery keeps no NULL inside an array and reads a NULL array back as an empty one.",
		Fields: []plug.Field{
			{Name: "saveMode", Type: plug.Enum, Values: []string{"overwrite", "append"}, Default: "overwrite",
				Doc: "What happens to rows that are there already: overwrite replaces them, append keeps them."},
			{Name: "bigquery", Type: plug.Block, Doc: "Where the rows wait for the load.", Fields: []plug.Field{
				{Name: "temporaryBucket", Type: plug.Text, Doc: "The bucket that holds the rows until they are loaded, with or without gs://. It must be readable where the dataset is."},
				{Name: "persistentBucket", Type: plug.Text, Status: plug.Refused,
					Doc: "Files are removed once they are loaded. Use temporaryBucket, and a second output of format parquet for files that stay."},
			}},
			{Name: "extraOptions", Type: plug.Block, Doc: "Options of the Spark BigQuery connector.", Fields: extraOptions},
			{Name: "compressionType", Type: plug.Text, Status: plug.Accepted, Doc: "Of files; a table has its own."},
			{Name: "partitionBy", Type: plug.List, Status: plug.Refused,
				Doc: "That makes folders of files. Use extraOptions.partitionField and partitionType for a partitioned table."},
			{Name: "sort", Type: plug.Block, Status: plug.Refused,
				Doc: "A table has no order. Use extraOptions.clusteredFields to keep rows that are read together close."},
		},
		Examples: []plug.Example{{
			Doc: "Replace a table through a temporary bucket.",
			In:  "saveMode: overwrite\nbigquery:\n  temporaryBucket: acme-temporary\n",
		}, {
			Doc: "The first load makes a table with a partition a day.",
			In:  "saveMode: overwrite\nextraOptions:\n  partitionField: ordered_at\n  partitionType: DAY\n  clusteredFields: country,city\n",
		}},
	}
}

// extraOptions are the Spark connector's names.
// https://github.com/GoogleCloudDataproc/spark-bigquery-connector#properties
var extraOptions = []plug.Field{
	{Name: "writeMethod", Type: plug.Enum, Values: []string{"indirect"}, Default: "indirect",
		Doc: "indirect loads through the temporary bucket. direct (the Storage Write API) is not done: leave it out."},
	{Name: "intermediateFormat", Type: plug.Enum, Values: []string{"parquet"}, Default: "parquet",
		Doc: "The files in the temporary bucket. orc and avro are not written: leave it out."},
	{Name: "temporaryGcsBucket", Type: plug.Text, Doc: "The same as bigquery.temporaryBucket, which comes first."},
	{Name: "persistentGcsBucket", Type: plug.Text, Status: plug.Refused,
		Doc: "Files are removed once they are loaded. Use temporaryGcsBucket, and a second output of format parquet for files that stay."},
	{Name: "persistentGcsPath", Type: plug.Text, Status: plug.Refused, Doc: "Files are removed once they are loaded; leave it out."},
	{Name: "createDisposition", Type: plug.Enum, Values: []string{"CREATE_IF_NEEDED", "CREATE_NEVER"}, Default: "CREATE_IF_NEEDED",
		Doc: "Whether a table that does not exist is made."},
	{Name: "partitionField", Type: plug.Text, Doc: "A new table has a partition for each span of this DATE, TIMESTAMP or DATETIME column. A table that exists must have the same."},
	{Name: "partitionType", Type: plug.Enum, Values: []string{"DAY", "HOUR", "MONTH", "YEAR"},
		Doc: "The span of a partition; DAY if only partitionField is given."},
	{Name: "partitionExpirationMs", Type: plug.Int, Doc: "A new table forgets partitions after this many milliseconds."},
	{Name: "clusteredFields", Type: plug.Text, Doc: "Up to four columns, separated by commas, by which a new table is clustered. A table that exists must have the same."},
	{Name: "destinationTableKmsKeyName", Type: plug.Text, Doc: "The Cloud KMS key of a new table. A table that exists keeps its own."},
	{Name: "datePartition", Type: plug.Text, Status: plug.Refused, Doc: "One partition cannot be a target: the whole table is replaced. Leave it out."},
	{Name: "partitionRequireFilter", Type: plug.Enum, Values: []string{"false"},
		Doc: "A load cannot set it: `bq update --require_partition_filter DATASET.TABLE` once; later loads keep it."},
	{Name: "allowFieldAddition", Type: plug.Enum, Values: []string{"false"}, Doc: "overwrite takes the columns of the output; to append, add the column to the table first."},
	{Name: "allowFieldRelaxation", Type: plug.Enum, Values: []string{"false"}, Doc: "REQUIRED columns stay so: ALTER TABLE … ALTER COLUMN … DROP NOT NULL changes one."},
	{Name: "enableListInference", Type: plug.Bool, Status: plug.Accepted, Doc: "Always on."},
	{Name: "spark.sql.sources.partitionOverwriteMode", Type: plug.Enum, Values: []string{"STATIC"}, Default: "STATIC", Doc: "The whole table is replaced. DYNAMIC is not done: leave it out."},
}

"""A Spark session that speaks JSON lines: a request on standard input, its
answer on standard output, until the input ends. Whoever starts it is Go's
package spark, which embeds this file; it says what each request means.
"""

import glob
import json
import os
import re
import sys
import time

answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)  # what the JVM or a library prints must not get between the answers


def answer(a):
    answers.write(json.dumps(a, ensure_ascii=False) + "\n")
    answers.flush()


try:
    import pyspark  # noqa: F401
    from pyspark.sql import SparkSession
    from pyspark.sql import functions as F
    from pyspark.sql.types import ArrayType, BinaryType, MapType, StructField, StructType
except ImportError as e:
    answer({"missing": str(e)})
    sys.exit(0)


def compound(t):
    return isinstance(t, (ArrayType, MapType, StructType))


def numbered(t):
    """t with fields named by position, for a name may be there twice."""
    if isinstance(t, ArrayType):
        return ArrayType(numbered(t.elementType), t.containsNull)
    if isinstance(t, MapType):
        return MapType(numbered(t.keyType), numbered(t.valueType), t.valueContainsNull)
    if isinstance(t, StructType):
        return StructType([StructField("f%d" % i, numbered(f.dataType), f.nullable) for i, f in enumerate(t.fields)])
    return t


def printed(c, t):
    """The column c of type t with every value in it as CAST(… AS STRING) prints
    it. Spark does it, not Python: no date of Python's is in the year 10000."""
    if isinstance(t, ArrayType):
        return F.transform(c, lambda x: printed(x, t.elementType))
    if isinstance(t, MapType):
        return F.transform(F.map_entries(c), lambda e: F.struct(
            printed(e.getField("key"), t.keyType).alias("k"), printed(e.getField("value"), t.valueType).alias("v")))
    if isinstance(t, StructType):
        fields = [printed(c.getField("f%d" % i), f.dataType).alias("f%d" % i) for i, f in enumerate(t.fields)]
        return F.when(c.isNotNull(), F.struct(*fields) if fields else F.array().cast("array<string>"))
    if isinstance(t, BinaryType):
        return F.lower(F.hex(c))
    return c.cast("string")


def plain(v):
    """Rows and lists as JSON has them."""
    return [plain(x) for x in v] if isinstance(v, (list, tuple)) else v


def described(schema):
    return [{"name": f.name, "type": f.dataType.simpleString()} for f in schema.fields]


def rows(d, most=None):
    fields = d.schema.fields
    if not fields:
        return []
    names = ["c%d" % i for i in range(len(fields))]
    d = d.toDF(*names)
    if most is not None:
        d = d.limit(most)
    columns = []
    for n, f in zip(names, fields):
        c, t = F.col(n), f.dataType
        if compound(t):
            t = numbered(t)
            c = c.cast(t)
        columns.append(printed(c, t).alias(n))
    return [plain(r) for r in d.select(*columns).collect()]


def quoted(name):
    return "`" + name.replace("`", "``") + "`"


class Session:
    def __init__(self, root):
        self.root = root
        self.spark = root.newSession()

    def hello(self, _):
        return {"version": self.root.version, "python": sys.version.split()[0],
                "java": self.root._jvm.System.getProperty("java.version")}

    def fresh(self, _):
        self.spark.catalog.clearCache()
        self.spark = self.root.newSession()
        return {}

    def run(self, q):
        before = {}
        for k, v in q.get("conf", {}).items():
            before[k] = self.spark.conf.get(k, None)
            self.spark.conf.set(k, v)
        try:
            d = self.spark.sql(q["sql"])
            return {"schema": described(d.schema), "rows": rows(d)}
        finally:
            for k, v in before.items():
                if v is None:
                    self.spark.conf.unset(k)
                else:
                    self.spark.conf.set(k, v)

    def analysed(self, q):
        """The query in a session of its zone: what it means is settled here, whatever the zone is later."""
        before = self.spark.conf.get("spark.sql.session.timeZone")
        try:
            self.spark.conf.set("spark.sql.session.timeZone", q["zone"])
            return self.spark.sql(q["sql"])
        finally:
            self.spark.conf.set("spark.sql.session.timeZone", before)

    def query(self, q):
        d = self.analysed(q)
        return {"schema": described(d.schema), "rows": rows(d, q["most"])}

    def bind(self, q):
        r = self.spark.read.format(q["form"]).options(**q.get("options", {}))
        if q.get("schema"):
            r = r.schema(StructType.fromJson(json.loads(q["schema"])))
        d = r.load(q["paths"])
        if q.get("columns"):
            d = d.select(*[quoted(c) for c in q["columns"]])
        d.createOrReplaceTempView(quoted(q["name"]))
        return {"schema": described(d.schema), "json": d.schema.json()}

    def define(self, q):
        d = self.analysed(q)
        if q.get("keep"):
            d = d.persist()
        d.createOrReplaceTempView(quoted(q["name"]))
        return {"schema": described(d.schema)}

    def explain(self, q):
        d = self.spark.table(quoted(q["name"]))
        return {"text": d._sc._jvm.PythonSQLUtils.explainString(d._jdf.queryExecution(), "formatted")}

    def export(self, q):
        d = self.spark.table(quoted(q["view"]))
        want = StructType.fromJson(json.loads(q["schema"]))
        have = [n.lower() for n in d.columns]
        d = d.toDF(*["c%d" % i for i in range(len(have))])
        d = d.select(*[F.col("c%d" % have.index(f.name.lower())).cast(f.dataType).alias(f.name) for f in want.fields])
        d.write.parquet(q["folder"])
        return {"paths": sorted(glob.glob(os.path.join(glob.escape(q["folder"]), "part-*.parquet"))),
                "count": self.spark.read.parquet(q["folder"]).count()}


def mistake(e):
    """The message of an exception, with the place that it names, if any."""
    text = getattr(e, "desc", None) or ""
    java = getattr(e, "java_exception", None)
    if not text and java is not None:
        while java.getCause() is not None:
            java = java.getCause()
        text = str(java.getMessage() or java.toString())
    text = text or str(e) or type(e).__name__
    a = {"message": " ".join(text.split("JVM stacktrace:")[0].split("\n\tat ")[0].split())[:2000]}
    at = re.search(r"line (\d+),? pos (\d+)", str(e))
    if at:
        a["line"], a["column"] = int(at[1]), int(at[2]) + 1
    return a


def main():
    setup = json.loads(sys.stdin.readline())
    builder = SparkSession.builder.master("local[%d]" % setup["threads"]).appName("glint")
    for k, v in setup["conf"].items():
        builder = builder.config(k, v)
    try:
        root = builder.getOrCreate()
    except Exception as e:  # noqa: BLE001 - no Java, a wrong Java, a setting that Spark refuses
        answer({"error": mistake(e)})
        return
    root.sparkContext.setLogLevel("OFF")
    session = Session(root)
    answer(session.hello(None))
    for line in sys.stdin:
        began = time.monotonic()
        try:
            q = json.loads(line)
            a = getattr(session, q["do"])(q)
        except Exception as e:  # noqa: BLE001 - what Spark refuses is an answer
            a = {"error": mistake(e)}
        a["ms"] = int((time.monotonic() - began) * 1000)
        answer(a)


main()

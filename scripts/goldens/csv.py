#!/usr/bin/env python3
"""Writes shared/sparkcsv/testdata/*.json: what Spark's CSV reader makes of
files, field by field. Run it from the repository's root with PySpark 3.5
installed; the Go tests compare the normaliser with what it wrote.

Time parser policy CORRECTED: with Spark's default, EXCEPTION, a few malformed
dates end the whole query instead of becoming NULL; every value is the same.
"""

import base64
import json
import os
import random
import sys
import tempfile

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

OUT = "shared/sparkcsv/testdata"

INTS = """0 1 -1 +1 007 -0 +0 -007 127 128 -128 -129 255 32767 32768 -32768 -32769 2147483647 2147483648 -2147483648
-2147483649 9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809 +9223372036854775807
00000000000000000000000000000000000012 -00000000000000000000000128 1.0 1.6 1. .5 1e3 1E3 1_000 1,000 0x10 0b1 1L 1l 1d
- + -- ++1 +-1 --1 1- 1+ abc 1a a1 ½ ٣ ٣٤ -٣ １２ 𝟏 ² NaN Inf true yes 12e 1e 99999999999999999999999999999999999999999""".split() + [
    " 5", "5 ", " 5 ", "\t5", "5\t", "5\u00a0", "\u00a05", "1 2", "- 1", "\x005", "5\x00", " ", "", "\u200b5", "\u22125", "5\u2028"]

DOUBLES = """0 -0 +0 0.0 -0.0 1 -1 +1 1.5 +1.5 -1.5 1. .5 -.5 +.5 . - + e5 1e 1e+ 1e5 1E5 1e+5 1e-5 1.5e10 1.5E+10 1.5e-10 1e308 1.8e308 1e309 -1e309
4.9e-324 2.4703282292062327e-324 2.4703282292062328e-324 2.5e-324 1e-400 1e400 1e99999999999 1e-99999999999 0e99999999999 1.7976931348623157e308 1.7976931348623159e308
2.2250738585072011e-308 2.2250738585072014e-308 9007199254740993 0.1 0.30000000000000004 123456789012345678901234567890 0.000000000000000000000000000001
NaN nan NAN -NaN +NaN Inf inf INF +Inf -Inf -inf Infinity infinity +Infinity -Infinity INFINITY 1d 1D 1f 1F 1.5d -1.5F 1e5d 1e5f d f 1dd 1L 0x1p3 0x1.8p1 0x1.fffffffffffffp1023
0X1P-1 0x1p3d -0x1p3 0x10 0x.8p0 0xp3 0x1_0p3 0x1p 1_000 1_0.5 1,5 1,234.5 1e5.5 1.5.5 abc true 00012.500 1e05 1e+05 1e-05 1e0005 3.4028235e38 3.4028236e38 3.4028235677973366e38 1e39 1.17549435e-38
1e-45 7e-46 7.1e-46 16777217 0.1f 33554433 1.401298464324817e-45 ١ １ 1½ 1e１""".split() + [
    " 1.5", "1.5 ", " 1.5 ", "\t1.5", "1.5\x00", "1.5\u00a0", "1 5", " NaN", "NaN ", " Inf", "- 1", " ", "", "0." + "3" * 800, "9" * 320, "1" + "0" * 308, "1" + "0" * 309, "0" * 400 + "1.5",
    "0." + "0" * 400 + "1", "1e" + "0" * 30 + "5"]

DECIMALS = """0 -0 +0 1 -1 +1 1.5 +1.5 -1.5 1. .5 -.5 +.5 . - + e 1e 1e2 1E2 1e+2 1e-2 1.5e1 15e-1 1e10 1e-10 1e-1000 1e1000 1e2147483647 1e-2147483647 1e2147483648 1e99999999999
0e10 0e-10 0.00 0.000 1.005 1.004 1.0049999 1.015 -1.005 -1.004 2.5 0.5 99999999.99 99999999.994 99999999.995 -99999999.99 -99999999.995 100000000 123456789.12 999999999999999999999999999999999999.99
99999999999999999999999999999999999999 999999999999999999999999999999999999995 0.5e0 0.4999999999999999999999999999999999999999999999 0.5000000000000000000000000000000001
1,234.5 1,2,3 ,1 1, ,,, 12,34,56.7,8 1,e2 1 234 1_000 0x10 1d 1f NaN Inf -Inf Infinity abc ٣ ٣.٥ １２.５ 𝟏 00012.500 0000000000000000000000000000000000000000000000000000000000000000001.25 1.50000000000000000000000000000000000000000000000000000000000
$5 5% (5) 1-2 +-1 --1 1e1.5 1.2.3 1e+ 1e- 1e+-2 1e001 1e+001""".split() + [" 1.5", "1.5 ", "\t1", " ", "", "1 000", "1\u00a0000", "1\x00"]

BOOLS = "true false TRUE FALSE True False tRuE t f T F yes no y n Y N 1 0 on off truee tru nul NULL ＴＲＵＥ trué".split() + [" true", "true ", " ", "", "\ttrue"]

DATES = """2024-01-05 2024-1-5 2024-01-5 2024-1-05 2024-1 2024-01 2024 24-01-05 024-01-05 02024-01-05 12024-01-05 +2024-01-05 -2024-01-05 +12024-01-05 2024-13-01 2024-00-01 2024-01-00 2024-01-32 2024-02-29 2023-02-29 2000-02-29
1900-02-29 2100-02-29 2024-04-31 0000-01-01 0001-01-01 0000-00-00 9999-12-31 10000-01-01 99999-01-01 294247-01-10 999999-12-31 9999999-01-01 5881580-07-11 5881580-07-12 -5877641-06-23 -0001-01-01 +9999-12-31 1582-10-04 1582-10-05 1582-10-15 1969-12-31 1970-01-01
2024-01-05T 2024-01-05T10:00:00 2024-01-05Tabc 2024-01-05T10:00:00Z 2024-01-05Z 2024-01-05abc 2024/01/05 01/05/2024 05.01.2024 20240105 2024-01-05- 2024--05 -2024 +2024 - + T 2024-T 2024-01T 2024-01- 2024- 2024-1-1T
2024-001-05 2024-01-005 2024-Jan-05 now today epoch ２０２４-01-05 2024‑01‑05 2024-01-0५ 1e3 12345678 1234567 123456 12345 123 12 1""".split() + [
    "2024-01-05 ", " 2024-01-05", " 2024-01-05 ", "2024-01-05 10:00:00", "2024-01-05 abc", "2024-01-05  x", "2024-1 x", "2024 ", "2024-01 ", "\t2024-01-05", "2024-01-05\x7f", "\x002024-01-05", "2024-01-05\u00a0", " ", "", "2024 -01-05", "2024- 01-05", "2024-01 -05"]

ZONES = """Z z UTC GMT UT +0 -0 +00 +0000 +00:00 -00:00 +1 +01 +0100 +01:00 +1:00 +1:30 +01:3 +01:30 +0130 +013 +5:3 -05:00 -5 -0530 +18:00 +18:01 +19:00 -18:00 -18:01 +05:30:15 +053015 +05:3015 +5:30:15 +24:00 +99
GMT+1 GMT+01 GMT+01:00 GMT-5 GMT+0100 GMT0 UTC+1 UTC+01:30 UTC-05:00 UT+1 UT+01:00 UTC0 GMT+ UTC+25 PST EST CST MST HST IST BST CET EET WET JST AEST EDT PDT MSK ACT AET AST ECT NST SST EST5EDT PST8PDT
Europe/Berlin America/New_York Asia/Kolkata Asia/Kathmandu Australia/Lord_Howe America/St_Johns Pacific/Apia Etc/GMT+5 Etc/UTC Zulu Universal europe/berlin Europe/Nowhere Berlin Local posixrules ROC ROK NZ-CHAT US/Pacific [Europe/Berlin] +01:00[Europe/Berlin] A Europe/ ../etc abc :00 +1: +: + - AM PM""".split()
STAMPS = """2024-01-05 2024-1-5 2024-01 2024 2024-01-05T 2024-01-05T10 2024-01-05T10: 2024-01-05T10:20 2024-01-05T10:20: 2024-01-05T10:20:30 2024-01-05T1:2:3 2024-01-05T10:20:30. 2024-01-05T10:20:30.1 2024-01-05T10:20:30.12 2024-01-05T10:20:30.123
2024-01-05T10:20:30.123456 2024-01-05T10:20:30.1234567 2024-01-05T10:20:30.123456789 2024-01-05T10:20:30.123456789012 2024-01-05T10:20:30.000 2024-01-05T10:20:30,123 2024-01-05T24:00:00 2024-01-05T23:59:59.999999 2024-01-05T23:59:60 2024-01-05T10:60:00 2024-01-05T25:00:00
2024-02-30T00:00:00 2023-02-29T00:00:00 2024-13-01T00:00:00 0000-01-01T00:00:00 0001-01-01T00:00:00 9999-12-31T23:59:59.999999 10000-01-01T00:00:00 99999-01-01T00:00:00 294247-01-10T04:00:54.775807 294247-01-10T04:00:54.775808 999999-01-01T00:00:00 -0001-01-01T00:00:00 +2024-01-05T10:20:30 -2024-01-05T10:20:30
+12024-01-05T10:20:30 -290308-12-21T19:59:05.224192 -290308-12-21T19:59:05.224191 1582-10-10T00:00:00 1700-01-01T00:00:00 1969-12-31T23:59:59.999999 1970-01-01T00:00:00 T T10:20 2024-01-05T10:20Z 2024-01-05T10Z 2024-01-05Z 2024-01-05T10:20:30Z 2024-01-05T10:20:30.Z 2024-01-05T10:20:30.123Z 2024-01-05t10:20:30
2024-01-05T10:20:30.123+01:00 2024-01-05T10:20:30.123GMT+01:00 2024-01-05T10:20:30GMT 20240105 20240105T102030 2024/01/05 01/05/2024 1704450030 1704450030000 abc now epoch 024-01-05T10:20:30 2024-01-05T010:20:30 2024-01-05T10:020:30 2024-01-05_10:20:30 ２024-01-05T10:20:30
2024-01-05T10:20:30:40 2024-01-05T10:20:30.1:2 2024-01-05T10:20:30+01:00:00:00 2024-01-05T10:20:30GMT+1GMT 2024-GMT01-05 GMT""".split() + [
    "2024-01-05 10:20:30", "2024-01-05  10:20:30", " 2024-01-05 10:20:30", "2024-01-05 10:20:30 ", "2024-01-05 10:20:30 Z", "2024-01-05 10:20:30.5 Z", "2024-01-05 10:20:30.5  +01:00 ", "2024-01-05 10:20", "2024-01-05 10", "2024-01-05 ", "2024-01-05 abc", "\t2024-01-05 10:20:30\x00",
    "2024-03-31 02:30:00", "2024-10-27 02:30:00", "2024-10-27 01:30:00", "1850-01-01 00:00:00", "2024-01-05 10:20:30\u00a0", " ", "", "2024-01-05 10:20:30 America/New_York", "2024-01-05 10:20:30.123 Asia/Kolkata", "2024-01-05 10:20:30 +1:00", "2024-01-05 10:20:30 GMT +1", "2024-01-05 10:20:30 foo bar"] + [
    "2024-01-05T10:20:30" + z for z in ZONES] + ["2024-07-05 10:20:30.5" + z for z in ZONES[:60]]

STRINGS = ["a", "", " ", " a", "a ", "a b", "é", "日本", "𝟏", "\u00a0", "\x00", "a\x00b", "'", "a'b", "\\", "a\\b", "\\n", "\\N", "NULL", "null", "a;b", "#a", "\x7f", "\u2028", "\u0085", "a\tb", "\ufeffa", "NaN", "\x0b", "\x1fa"]

TYPES = {
    "byte": INTS, "short": INTS, "int": INTS, "long": INTS, "float": DOUBLES, "double": DOUBLES, "decimal(10,2)": DECIMALS, "decimal(38,0)": DECIMALS, "decimal(38,18)": DECIMALS,
    "decimal(5,5)": DECIMALS, "decimal(18,4)": DECIMALS, "boolean": BOOLS, "date": DATES, "timestamp": STAMPS, "timestamp_ntz": STAMPS, "string": STRINGS,
}

DATE_FORMATS = {
    "yyyy-MM-dd": DATES, "dd/MM/yyyy": "05/01/2024 5/1/2024 05/01/24 31/02/2024 29/02/2024 05-01-2024 05/01/02024 05/01/+12024 05/01/-2024 05/01/2024x".split() + [" 05/01/2024", "05/01/2024 "],
    "M/d/yyyy": "1/5/2024 01/05/2024 001/5/2024 +1/5/2024 -1/5/2024 13/1/2024 1/5/24 1/5/12024".split(), "yyyyMMdd": "20240105 2024015 202401051 0020240105 +20240105 -20240105 +120240105 2024-01-05 20241301".split(),
    "dd-MMM-yyyy": "05-Jan-2024 05-jan-2024 05-JAN-2024 5-Jan-2024 05-January-2024 05-Foo-2024 05-Sep-2024 05-Sept-2024 05-May-2024".split(), "d MMMM yyyy": ["5 January 2024", "5 january 2024", "5 Jan 2024", "15 September 2024", "5 May 2024", "05 June 2024"],
    "yy-MM-dd": "24-01-05 99-01-05 00-01-05 2024-01-05 4-01-05".split(), "dd.MM.yyyy": "05.01.2024 5.1.2024 31.04.2024".split(), "yyyy/MM/dd": "2024/01/05 2024/1/5 2024-01-05".split(), "MM-yyyy": "01-2024 1-2024 13-2024".split(),
    "yyyy": "2024 24 02024 +12024".split(), "yyyy-MM-dd['T'HH:mm]": "2024-01-05 2024-01-05T10:20 2024-01-05T 2024-01-05T10:2".split(), "''yy''": ["'24'", "24"], "uuuu-MM-dd": "2024-01-05 -0001-01-05 0000-01-01".split(), "MM/dd": "02/29 02/28 1/1 12/31".split(),
    "yyyy-M-d": "2024-1-5 2024-01-05 2024-11-31 2024-001-005".split(), "ddMMyyyy": "05012024 5012024 050120245".split(), "EEE, d MMM yyyy": ["Fri, 5 Jan 2024", "Mon, 5 Jan 2024", "fri, 05 jan 2024"],
}
STAMP_FORMATS = {
    "yyyy-MM-dd HH:mm:ss": STAMPS + ["2024-01-05 10:20:30.5", "2024-01-05 1:20:30", "2024-01-05 24:00:00", "2024-01-05 23:59:60"], "yyyy-MM-dd'T'HH:mm:ss.SSSXXX": STAMPS, "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]": STAMPS, "yyyy-MM-dd HH:mm:ss.SSS": ["2024-01-05 10:20:30.123", "2024-01-05 10:20:30.1", "2024-01-05 10:20:30.1234", "2024-01-05 10:20:30", "2024-01-05 10:20:30."],
    "yyyy-MM-dd HH:mm:ss.SSSSSS": ["2024-01-05 10:20:30.123456", "2024-01-05 10:20:30.1", "2024-01-05 10:20:30.1234567"], "yyyy-MM-dd HH:mm:ss.SSSSSSSSS": ["2024-01-05 10:20:30.123456789", "1969-12-31 23:59:59.123456789"], "dd/MM/yyyy HH:mm": ["05/01/2024 10:20", "5/1/2024 10:20", "05/01/2024 1:20", "05/01/2024 24:00"], "M/d/yyyy h:mm a": ["1/5/2024 1:20 PM", "1/5/2024 1:20 pm", "1/5/2024 12:00 AM", "1/5/2024 12:00 PM", "1/5/2024 13:00 PM", "1/5/2024 0:00 AM", "1/5/2024 1:20", "01/05/2024 01:20 AM"],
    "MM/dd/yyyy hh:mm:ss a": ["01/05/2024 01:20:30 PM", "01/05/2024 12:20:30 AM", "1/5/2024 1:20:30 PM"], "yyyyMMddHHmmss": "20240105102030 2024010510203 202401051020300 0020240105102030".split(), "yyyyMMdd'T'HHmmss": "20240105T102030 20240105t102030".split(), "yyyy-MM-dd'T'HH:mm:ssX": ["2024-01-05T10:20:30" + z for z in ZONES[:45]],
    "yyyy-MM-dd'T'HH:mm:ssXX": ["2024-01-05T10:20:30" + z for z in ZONES[:45]], "yyyy-MM-dd'T'HH:mm:ssXXX": ["2024-01-05T10:20:30" + z for z in ZONES[:45]], "yyyy-MM-dd'T'HH:mm:ssxxx": ["2024-01-05T10:20:30" + z for z in ZONES[:45]], "yyyy-MM-dd'T'HH:mm:ssZ": ["2024-01-05T10:20:30" + z for z in ZONES[:45]], "yyyy-MM-dd": ["2024-01-05", "2024-01-05 10:20:30"],
    "HH:mm": ["10:20", "1:20"], "dd-MMM-yy HH.mm.ss": ["05-Jan-24 10.20.30", "05-JAN-99 01.02.03"], "yyyy-MM-dd HH:mm:ss z": ["2024-01-05 10:20:30 UTC", "2024-01-05 10:20:30 PST"], "yyyy-MM-dd HH:mm:ss VV": ["2024-01-05 10:20:30 " + z for z in ZONES], "hh:mm": ["10:20", "13:20"], "yyyy-MM-dd a": ["2024-01-05 PM", "2024-01-05 AM"], "kk:mm": ["24:20", "0:20"], "yyyy-MM-dd HH:mm:ss,SSS": ["2024-01-05 10:20:30,123"],
}


def quoted(v):
    """v as a field that means v whatever is in it, where Spark's reader allows it."""
    if v == "" or not any(c in v for c in ',"\n\r') and not v.startswith("#"):
        return v
    return '"' + v.replace("\\", "\\\\").replace('"', '\\"') + '"'


def column(values, **options):
    """One typed column after an id that keeps the line from being blank."""
    lines = ["id,v"] + ["%d,%s" % (i, quoted(v)) for i, v in enumerate(values)]
    return "\n".join(lines) + "\n"


def cases():
    for t, values in TYPES.items():
        yield "values", t, [("id", "string"), ("v", t)], {}, column(values)
        if t in ("string", "int", "double", "date", "decimal(10,2)", "boolean", "timestamp"):
            lines = ["id,v"] + ['%d,"%s"' % (i, v) for i, v in enumerate(values) if '"' not in v and "\\" not in v]
            yield "values", t + " quoted", [("id", "string"), ("v", t)], {}, "\n".join(lines) + "\n"
            yield "values", t + " trimmed", [("id", "string"), ("v", t)], {"ignoreLeadingWhiteSpace": "true", "ignoreTrailingWhiteSpace": "true"}, column(values)
            yield "values", t + " null value", [("id", "string"), ("v", t)], {"nullValue": "1"}, column(values)
    for zone in ("Europe/Berlin", "America/New_York", "+05:30", "Asia/Kathmandu"):
        yield "values", "timestamp in " + zone, [("id", "string"), ("v", "timestamp")], {"timeZone": zone}, column(STAMPS)
    for f, values in DATE_FORMATS.items():
        yield "formats", "date " + f, [("id", "string"), ("v", "date")], {"dateFormat": f}, column(values)
    for f, values in STAMP_FORMATS.items():
        yield "formats", "timestamp " + f, [("id", "string"), ("v", "timestamp")], {"timestampFormat": f}, column(values)
        if "X" not in f:
            yield "formats", "timestamp in Berlin " + f, [("id", "string"), ("v", "timestamp")], {"timestampFormat": f, "timeZone": "Europe/Berlin"}, column(values)
    yield "values", "nan names", [("id", "string"), ("v", "double")], {"nanValue": "1", "positiveInf": "2.5", "negativeInf": "-"}, column(DOUBLES + ["2.5", "1", "-"])
    yield from edges()
    yield from fuzz()


ABC = [("a", "string"), ("b", "string"), ("c", "string")]
MIX = [("a", "int"), ("b", "string"), ("c", "double")]


def edges():
    bodies = {
        "plain": b"a,b,c\n1,2,3\n4,5,6\n", "no last newline": b"a,b,c\n1,2,3\n4,5,6", "crlf": b"a,b,c\r\n1,2,3\r\n4,5,6\r\n", "cr": b"a,b,c\r1,2,3\r4,5,6\r", "mixed ends": b"a,b,c\n1,2,3\r\n4,5,6\r7,8,9\n\r1,2,3\r\r\n4,5,6\n\n",
        "bom": b"\xef\xbb\xbfa,b,c\n1,2,3\n", "bom crlf quoted": b'\xef\xbb\xbf"a","b","c"\r\n"1","2","3"\r\n', "blank lines": b"\n\na,b,c\n\n1,2,3\n\n   \n\t\n4,5,6\n \x00 \n", "few": b"a,b,c\n1\n1,2\n1,2,3\n,\n", "many": b"a,b,c\n1,2,3,4\n1,2,3,\n1,2,3,,\n",
        "few bad": b"a,b,c\nx\nx,2\nx,2,y\nx,2,y,z\n1,x\n", "empties": b'a,b,c\n,,\n"","",""\n"",,\n,"",\n,,""\n" "," "," "\n', "only header": b"a,b,c\n", "only header no newline": b"a,b,c", "empty": b"", "only blank": b"\n\n\n", "trailing comma": b"a,b,c\n1,2,\n1,,\n,,\n,2,\n",
        "quotes": b'a,b,c\n"1","2","3"\n"1,1","2,2","3,3"\n1,"2",3\n"1",2,"3"\n', "doubled": b'a,b,c\n"1","a""b","3"\n"1","""","3"\n"1","""a""","3"\n"1","a""","3"\n"1","""a",3\n', "backslash": b'a,b,c\n1,"a\\"b",3\n1,"a\\\\",3\n1,"a\\\\\\"b",3\n1,"a\\nb",3\n1,a\\"b,3\n1,a\\,b,3\n1,"a\\",3\n1,"\\a",3\n1,\\,3\n1,"\\\\b",3\n1,"\\"",3\n',
        "inner quotes": b'a,b,c\n1,a"b,3\n1,a"b"c,3\n1,a",3\n1,a"",3\n1,"a"b,3\n1,"a"b"c",3\n1,"a" b,3\n1,"a" ,3\n1,"a" "b",3\n1, "a",3\n1, "a,b",3\n1,"a"b,c",3\n', "open quote": b'a,b,c\n1,"2,3\n4,5,6\n1,2,"3\n4,5,"\n"4,5,6\n"\n1,2,"3"x\n1,2,"3" \n1,2,"3" x\n', "quoted newline": b'a,b,c\n1,"x\ny",3\n4,"x\r\ny",6\n7,"x\ry",9\n1,"\n",2\n"1\n2",3,4\n1,2,"3\n4"\n',
        "quoted crlf": b'a,b,c\r\n1,"x\r\ny",3\r\n4,"x\ny",6\r\n7,"x\ry",9\r\n1,2\r,3\r\n1,2\n,3\r\n', "spaces": b'a,b,c\n 1, 2, 3\n1 ,2 ,3 \n 1 , 2 , 3 \n " 1"," 2 "," 3 "\n\t1,\t2,\t3\t\n  ,  ,  \n"1" ,"2"\t,"3"  \n , "2",\n',
        "comments": b"#first\na,b,c\n#x\n1,2,3\n #4,5,6\n4,#5,6\n\"#7\",8,9\n#\n", "utf8": "a,b,c\n1,é,3\n2,日本,3\n3,a\u2028b,3\n4,\U0001F600,3\n".encode(), "bad utf8": b"a,b,c\n1,\xff,3\n2,a\xe2\x82z,3\n3,\xed\xa0\x80,3\n4,\xf0\x9f\x98,3\n5,\xc0\x80,3\n6,\xe9,3\n7,\xf5\x80\x80\x80,3\n8,\xe0\x80\x80,3\n9,\xf0\x80\x80\x80x,3\n1,\xf4\x90\x80\x80,3\n2,\xf0\x9f\xff,3\n3,\xe2\x28\xa1,3\n4,\x80\x80\x80,3\n5,\xfe\xfe,3\n6,\xc3\xc3\xa9,3\n7,\xe2\x82\n8,\xf8\x88\x80\x80\x80,3\n",
        "latin1": b"a,b,c\n1,\xe9\xff\x80\x85,3\n2,a\xa0,3\n", "nul": b"a,b,c\n1,\x00,3\n\x001,2,3\n1,a\x00b,3\n\x00,2,3\n", "semicolon": b"a;b;c\n1;2,2;3\n1;\"2;2\";3\n", "tab": b"a\tb\tc\n1\t2,2\t3\n\t\t\n1\t\t\n\t2\t\n1\t\"x\ty\"\t3\n", "pipe": b"a|b|c\n1|2|3\n1|'x|y'|3\n'1'|'it''s'|3\n",
        "header differs": b"x,b\n1,2,3\n", "header quoted newline": b'"a\n1",b,c\n1,2,3\n', "null text": b"a,b,c\nNULL,NULL,NULL\nnull,null,null\n\"NULL\",\"NULL\",\"NULL\"\n , ,\n,,\n\\N,\\N,\\N\n", "big": b"a,b,c\n1," + b"x" * 2000 + b",3\n1,\"" + b"y" * 2000 + b"\",3\n", "only delimiters": b"a,b,c\n,\n,,\n,,,\n,,,,\n",
        "row of quotes": b'a,b,c\n"\n""\n"""\n""""\n"","\n"",""\n""","\n', "ends in delimiter": b"a,b,c\n1,2,3\n4,5,", "ends in quote": b'a,b,c\n1,2,"3"', "ends in open quote": b'a,b,c\n1,2,"3', "ends in cr": b"a,b,c\n1,2,3\r", "ends in spaces": b"a,b,c\n1,2,3\n  ", "ends in escape": b'a,b,c\n1,2,"3\\', "ends quoted empty": b'a,b,c\n1,2,""', "ends in lone quote": b'a,b,c\n1,2,"',
    }
    options = {
        "": {}, "multi": {"multiLine": "true"}, "no header": {"header": "false"}, "multi no header": {"multiLine": "true", "header": "false"}, "trim": {"ignoreLeadingWhiteSpace": "true", "ignoreTrailingWhiteSpace": "true"}, "trim left": {"ignoreLeadingWhiteSpace": "true"}, "trim right": {"ignoreTrailingWhiteSpace": "true"},
        "multi trim": {"multiLine": "true", "ignoreLeadingWhiteSpace": "true", "ignoreTrailingWhiteSpace": "true"}, "escape is quote": {"escape": '"'}, "multi escape is quote": {"escape": '"', "multiLine": "true"}, "no escape": {"escape": ""}, "no quote": {"quote": ""}, "null NULL": {"nullValue": "NULL"}, "null NULL empty E": {"nullValue": "NULL", "emptyValue": "E"}, "empty E": {"emptyValue": "E"},
        "comment": {"comment": "#"}, "multi comment": {"comment": "#", "multiLine": "true"}, "trim comment": {"comment": "#", "ignoreLeadingWhiteSpace": "true"}, "drop": {"mode": "DROPMALFORMED"}, "multi drop": {"mode": "DROPMALFORMED", "multiLine": "true"}, "latin1": {"encoding": "ISO-8859-1"}, "multi latin1": {"encoding": "ISO-8859-1", "multiLine": "true"}, "ascii": {"encoding": "US-ASCII"},
        "semicolon": {"sep": ";"}, "tab": {"sep": "\t"}, "tab spelled": {"sep": "\\t"}, "multi tab": {"sep": "\t", "multiLine": "true"}, "pipe": {"sep": "|", "quote": "'", "escape": "'"}, "tab trim": {"sep": "\t", "ignoreLeadingWhiteSpace": "true", "ignoreTrailingWhiteSpace": "true"},
    }
    for o, opts in options.items():
        for b, body in bodies.items():
            if o in ("semicolon", "pipe") and b not in ("semicolon", "pipe", "quotes", "inner quotes", "open quote", "spaces", "few", "many"):
                continue
            if b == "big" and o not in ("", "multi"):
                continue
            yield "edges", b + " / " + o, (MIX if (len(b) + len(o)) % 2 else ABC), opts, body
    yield "edges", "one column", [("v", "int")], {}, b"v\n1\n\nx\n2,3\n\"\"\n,\n"
    yield "edges", "one string column", [("v", "string")], {}, b"v\n1\n\nx\n \n\"\"\n,\n\"a\n"
    yield "edges", "one string column multi", [("v", "string")], {"multiLine": "true"}, b"v\n1\n\nx\n \n\"\"\n,\n\"a\n"


FUZZ_OPTIONS = [{}, {"escape": '"'}, {"ignoreLeadingWhiteSpace": "true", "ignoreTrailingWhiteSpace": "true"}, {"ignoreTrailingWhiteSpace": "true"}, {"multiLine": "true"}, {"multiLine": "true", "escape": '"'}, {"multiLine": "true", "ignoreLeadingWhiteSpace": "true", "ignoreTrailingWhiteSpace": "true"}, {"escape": "a"}, {"quote": "", "escape": ""}, {"nullValue": "a", "emptyValue": "b"}, {"sep": " "}, {"sep": " ", "ignoreLeadingWhiteSpace": "true", "ignoreTrailingWhiteSpace": "true"}, {"escape": ""}, {"comment": "a"}, {"comment": "a", "multiLine": "true"}]


def fuzz():
    rnd = random.Random(7)
    for k, opts in enumerate(FUZZ_OPTIONS):
        if opts.get("multiLine"):
            # A quote that is never closed takes the rest of its file: many small files.
            for f in range(80):
                end = rnd.choice([["\n"], ["\r\n"], ["\r"], ["\n", "\r\n", "\r"]])
                body = "".join(rnd.choice(['a', 'b', '"', '"', '\\', ',', ',', ' ']) if rnd.random() < 0.85 else rnd.choice(end) for _ in range(rnd.randrange(40)))
                yield "fuzz", "%d.%d" % (k, f), ABC, dict(opts, header="false"), body.encode()
        else:
            lines = ["".join(rnd.choice(['a', 'b', '"', '"', '\\', ',', ',', ' ']) for _ in range(rnd.randrange(1, 14))) for _ in range(1500)]
            if opts == {"ignoreTrailingWhiteSpace": "true"}:
                lines = [l.lstrip() or "a" for l in lines]  # Spark trims past the line's beginning, and dies
            yield "fuzz", "%d" % k, ABC, dict(opts, header="false"), "\n".join(lines).encode()


def shown(name, t):
    c = F.col("`%s`" % name)
    if t == "date":
        return F.expr("unix_date(`%s`)" % name).cast("string")
    if t == "timestamp":
        return F.expr("unix_micros(`%s`)" % name).cast("string")
    if t == "timestamp_ntz":
        return F.expr("unix_micros(cast(`%s` as timestamp))" % name).cast("string")
    return c.cast("string")


def main():
    spark = (SparkSession.builder.master("local[1]").config("spark.sql.session.timeZone", "UTC").config("spark.sql.ansi.enabled", "false").config("spark.ui.enabled", "false")
             .config("spark.sql.legacy.timeParserPolicy", "CORRECTED").config("spark.sql.codegen.wholeStage", "false").config("spark.driver.extraJavaOptions", "-Duser.timezone=UTC -Dfile.encoding=UTF-8").getOrCreate())
    spark.sparkContext.setLogLevel("OFF")
    groups = {}
    with tempfile.TemporaryDirectory() as tmp:
        for i, (group, name, cols, opts, body) in enumerate(cases()):
            path = os.path.join(tmp, "f%d.csv" % i)
            body = body if isinstance(body, bytes) else body.encode()
            with open(path, "wb") as f:
                f.write(body)
            case = {"name": name, "columns": [list(c) for c in cols], "options": opts}
            try:
                case["input"] = body.decode()
            except UnicodeDecodeError:
                case["base64"] = base64.b64encode(body).decode()
            try:
                reader = spark.read.schema(", ".join("`%s` %s" % c for c in cols)).options(**dict({"header": "true"}, **opts))
                df = reader.csv(path).select(*[shown(*c).alias(c[0]) for c in cols])
                case["rows"] = [list(r) for r in df.collect()]
            except Exception as e:  # noqa: BLE001 - what Spark refuses is part of the golden
                lines = [l for l in str(e).splitlines() if l.strip()]
                cause = [l for l in lines if "Caused by" in l]
                case["error"] = (cause[-1] if cause else lines[0])[:200].replace(tmp, "")
            groups.setdefault(group, []).append(case)
            if i % 200 == 0:
                print(i, group, name, file=sys.stderr)
    for group, all_cases in groups.items():
        with open("%s/%s.json" % (OUT, group), "w", encoding="utf-8") as f:
            f.write('{"spark": "%s", "cases": [\n' % spark.version)
            f.write(",\n".join(json.dumps(c, ensure_ascii=True) for c in all_cases))
            f.write("\n]}\n")
    spark.stop()


if __name__ == "__main__":
    main()

-- A session that is not in UTC, and one that is again.

CREATE TEMP VIEW m AS SELECT k, CAST(s AS TIMESTAMP) AS ts FROM VALUES (1, '2024-07-01 12:00:00Z'), (2, '2024-12-31 23:30:00Z'), (3, NULL), (4, '1900-01-01 00:00:00Z') AS t(k, s);
SELECT k, ts, CAST(ts AS DATE) AS d, CAST(ts AS STRING) AS s, hour(ts) AS h FROM m ORDER BY k;
SET spark.sql.session.timeZone = Europe/Berlin;
SELECT k, ts, CAST(ts AS DATE) AS d, CAST(ts AS STRING) AS s, hour(ts) AS h, year(ts) AS y FROM m ORDER BY k;
SELECT TIMESTAMP '2024-03-31 02:30:00' AS gap, TIMESTAMP '2024-10-27 02:30:00' AS twice, CAST('2024-07-01' AS TIMESTAMP) AS midnight, CAST(date'2024-07-01' AS TIMESTAMP) AS d;
SELECT CAST(TIMESTAMP '2024-07-01 12:00:00' AS BIGINT) AS s, CAST(0 AS TIMESTAMP) AS epoch, CAST(TIMESTAMP '2024-07-01 00:30:00' AS TIMESTAMP_NTZ) AS ntz;
SELECT array(ts) AS a, struct(ts, CAST(ts AS TIMESTAMP_NTZ) AS n) AS s FROM m ORDER BY k;
SELECT k FROM m WHERE ts >= '2024-07-01 14:00:00' ORDER BY k;
SELECT CAST(ts AS DATE) AS d, count(*) AS n FROM m GROUP BY CAST(ts AS DATE) ORDER BY d;
SET spark.sql.session.timeZone = America/New_York;
SELECT k, ts, CAST(ts AS DATE) AS d, date_format(ts, 'yyyy-MM-dd HH:mm') AS f FROM m ORDER BY k;
SELECT unix_timestamp('2024-07-01 00:00:00') AS u, from_unixtime(0) AS f, to_date(TIMESTAMP '2024-07-01 23:59:59') AS d;
SET spark.sql.session.timeZone = +05:30;
SELECT k, ts, CAST(ts AS DATE) AS d FROM m ORDER BY k;
SET spark.sql.session.timeZone = UTC;
SELECT k, ts FROM m ORDER BY k;

-- Functions that manifests use every day: NULL, empty and boundary values,
-- other types than theirs, and columns.

CREATE OR REPLACE TEMP VIEW t AS SELECT k, s, n, x, d, ts FROM VALUES
  (1, 'Abc', 10, 1.5D, date'2024-02-29', timestamp'2024-02-29 13:14:15.123456'), (2, '', -3, -0.0D, date'1969-12-31', timestamp'1969-12-31 23:59:59.999999'),
  (3, NULL, NULL, NULL, NULL, NULL), (4, '  ÄÖ ß ', 2147483647, CAST('NaN' AS DOUBLE), date'0001-01-01', timestamp'0001-01-01 00:00:00'),
  (5, 'a''b"c', 0, 1e300D, date'9999-12-31', timestamp'9999-12-31 23:59:59.999999') AS t(k, s, n, x, d, ts);

SELECT k, btrim(s), ltrim(s), rtrim(s), trim(s) FROM t ORDER BY k;
SELECT btrim('xxhixx', 'x'), ltrim('x', 'xxhi'), rtrim('x', 'hixx'), btrim(5), btrim(CAST(NULL AS STRING));
SELECT k, lcase(s), ucase(s), lower(s), upper(s) FROM t ORDER BY k;
SELECT k, len(s), length(s), char_length(s), character_length(s), len(n) FROM t ORDER BY k;
SELECT k, substr(s, 2), substr(s, 2, 1), substr(s, -2), substr(s, 0, 2), substr(s, 10), substr(s, 1, -1) FROM t ORDER BY k;
SELECT substr(12345, 2, 3), substr(CAST(NULL AS STRING), 1), substr('abc', NULL), substr('', 1, 1);
SELECT k, replace(s, 'b', 'X'), replace(s, 'b'), replace(s, '', 'X') FROM t ORDER BY k;
SELECT replace('aaa', 'aa', 'b'), replace(NULL, 'a', 'b'), replace('a', NULL, 'b'), replace(121, 1, 3);
SELECT k, rpad(s, 5, '*'), rpad(s, 2), lpad(s, 5, 'xy'), rpad(n, 4, '0') FROM t ORDER BY k;
SELECT rpad('a', -1, 'b'), rpad('a', 0, 'b'), rpad('a', 3, ''), rpad(NULL, 3, 'a');
SELECT k, isnull(s), isnotnull(s), isnull(n + 1), isnotnull(x) FROM t ORDER BY k;
SELECT k, s rlike 'b', rlike(s, '^[A-Z]'), rlike(s, 'zz') FROM t ORDER BY k;
SELECT rlike('a', NULL), rlike(CAST(NULL AS STRING), 'a'), rlike('', ''), rlike('a1', '[0-9]');
SELECT k, bigint(n), int(x), smallint(k), tinyint(k), double(n), float(n), string(n), boolean(n) FROM t WHERE k < 4 ORDER BY 1;
SELECT bigint('12'), int('x'), int('1.9'), smallint(70000), tinyint(200), binary('ab'), boolean('t'), boolean('maybe'), boolean(NULL), binary(NULL);
SELECT k, date(ts), timestamp(d), date('2024-01-31'), timestamp('2024-01-31 10:00:00') FROM t ORDER BY k;
SELECT date('nope'), timestamp('nope'), date(NULL), timestamp(CAST(NULL AS STRING));
SELECT decimal('1.5'), decimal(2.5), decimal(NULL);
SELECT mean(n), mean(x), avg(k), mean(CAST(NULL AS INT)) FROM t WHERE k <> 4;
SELECT mean(n), mean(d) IS NULL FROM (SELECT 1.50 AS n, NULL AS d UNION ALL SELECT 2.25, NULL);
SELECT first(k), last(k), first(s), last(s) FROM (SELECT k, s FROM t ORDER BY k);
SELECT first(n, true), last(s, true), first_value(k), last_value(k) FROM (SELECT * FROM t WHERE k = 3);
SELECT k, dense_rank() OVER (ORDER BY isnull(s)) AS r FROM t ORDER BY k;
SELECT k, dense_rank() OVER (PARTITION BY k % 2 ORDER BY n DESC) AS r FROM t ORDER BY k;
SELECT curdate() = current_date() AS a, current_date() <= current_date AS b, now() = current_timestamp() AS c, current_timestamp() <= current_timestamp AS d, localtimestamp() <= localtimestamp() AS e;
SELECT rand() >= 0 AS a, rand() < 1 AS b, random() < 1 AS c;
SELECT randn() IS NOT NULL AS a;
SELECT length(uuid()) AS a;
SELECT size(shuffle(array(1, 2, 3))) AS a;
SELECT current_timezone();
SELECT raise_error('stop');
SELECT k, CASE WHEN k < 0 THEN raise_error('stop') ELSE k END AS v FROM t ORDER BY k;
SELECT k, unix_date(d), unix_seconds(ts), unix_millis(ts), unix_micros(ts) FROM t ORDER BY k;
SELECT date_from_unix_date(0), date_from_unix_date(-719162), date_from_unix_date(NULL), timestamp_seconds(1.5D), timestamp_millis(-1), timestamp_micros(1), timestamp_seconds(NULL);
SELECT k, dayofmonth(d), dayofyear(d), weekday(d), weekofyear(d), date_part('year', d), datepart('month', d), extract(DAY FROM d) FROM t ORDER BY k;
SELECT date_diff(date'2024-03-01', date'2024-02-28'), dateadd(date'2024-02-28', 2), date_diff(NULL, date'2024-01-01'), dateadd(NULL, 1);
SELECT make_date(2024, 2, 29), make_date(2023, 2, 29), make_date(NULL, 1, 1), make_timestamp(2024, 2, 29, 1, 2, 3.5), make_timestamp(2024, 13, 1, 0, 0, 0);
SELECT make_timestamp_ntz(2024, 2, 29, 1, 2, 3.5), make_timestamp_ltz(2024, 2, 29, 1, 2, 3.5), make_timestamp_ntz(2024, 2, 30, 1, 2, 3);
SELECT to_unix_timestamp('2024-02-29 00:00:00'), to_unix_timestamp(date'1970-01-02'), to_unix_timestamp('nope'), to_unix_timestamp(NULL);
SELECT to_timestamp_ntz('2024-02-29 01:02:03'), to_timestamp_ltz('2024-02-29 01:02:03'), try_to_timestamp('nope'), try_to_timestamp('2024-02-29');
SELECT to_utc_timestamp(timestamp'2024-07-01 12:00:00', 'Europe/Berlin'), from_utc_timestamp(timestamp'2024-07-01 12:00:00', 'America/New_York'), from_utc_timestamp(NULL, 'UTC');
SELECT convert_timezone('Europe/Berlin', 'UTC', timestamp_ntz'2024-07-01 12:00:00');
SELECT make_ym_interval(1, 2), make_dt_interval(1, 2, 3, 4.5), make_ym_interval(NULL, 1), make_dt_interval();
SELECT id, a FROM VALUES (1, array(struct(1 AS p, 'x' AS q))), (2, NULL) AS v(id, list) LATERAL VIEW OUTER inline(list) w AS a, b ORDER BY id;
SELECT inline_outer(array(struct(1, 'a'), struct(2, 'b')));

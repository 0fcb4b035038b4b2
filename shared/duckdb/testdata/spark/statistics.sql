-- What depends on the order in which rows come, and on the last digits.

SELECT k AS lca, lca + 1 AS col FROM VALUES (1) v1(k) GROUP BY k, col;
SELECT max(struct(a,b)), min(struct(a,b)), max(array(a,b)), max_by(b, struct(a,b)) FROM VALUES (1,2),(1,NULL),(NULL,3),(2,NULL),(2,NULL) t(a,b);
SELECT struct(a,b) s FROM VALUES (1,2),(1,NULL),(NULL,3),(2,NULL),(2,1) t(a,b) ORDER BY s;
SELECT struct(a,b) s FROM VALUES (1,2),(1,NULL),(NULL,3),(2,NULL),(2,1) t(a,b) ORDER BY s DESC;
SELECT a, rank() OVER (ORDER BY array(a,b)) FROM VALUES (1,2),(1,NULL),(NULL,3),(2,NULL),(2,1) t(a,b) ORDER BY 1,2;
SELECT collect_set(a), collect_list(a), collect_set(b), collect_set(c) FROM VALUES (1,'x',1L),(17,'hello',2L),(33,'foo',999999999999L),(-5,'bar',-4L),(NULL,NULL,NULL),(1,'x',1L),(100000,'zzzz',0L) t(a,b,c);
SELECT collect_set(id % 100), collect_set(cast(id*7.5 as double)), collect_set('k'||id), collect_set(cast(id as string)) from range(0, 300, 1, 1);
SELECT mode(a), mode(b) FROM VALUES (1,'x'),(2,'y'),(3,'z'),(4,'aa') t(a,b);
SELECT mode(id % 97), mode('k' || (id % 89)), mode(id % 50 / 3.0D) from range(0, 388, 1, 1);
SELECT percentile_approx(id, 0.5), percentile_approx(id, array(0.1,0.5,0.9)), percentile_approx(id, 0.5, 100), percentile_approx(id, array(0.001,0.25,0.333,0.999), 50) from range(0, 1000, 1, 1);
SELECT percentile_approx(id*id % 10007, array(0.1,0.25,0.5,0.75,0.9,0.99), 100), percentile_approx(id*id % 10007, array(0.1,0.25,0.5,0.75,0.9,0.99), 1000), percentile_approx(id*id % 10007, array(0.1,0.25,0.5,0.75,0.9,0.99)) from range(0, 20000, 1, 1);
SELECT percentile_approx(id*id % 10007, array(0.1,0.25,0.5,0.75,0.9,0.99), 100), percentile_approx(id*id % 10007, array(0.1,0.25,0.5,0.75,0.9,0.99), 1000), percentile_approx(id*id % 10007, array(0.1,0.25,0.5,0.75,0.9,0.99)) from range(0, 120000, 1, 1);
SELECT percentile_approx(d, 0.5), percentile_approx(t, 0.3), percentile_approx(dec, 0.5), percentile_approx(s, 0.5) FROM VALUES (DATE '2020-01-01', TIMESTAMP '2020-01-01 01:02:03', 1.5, '7'),(DATE '2020-01-02', TIMESTAMP '2021-01-01 01:02:03', 2.5, '8') t(d,t,dec,s);
SELECT histogram_numeric(id*id % 1009, 5), histogram_numeric(id*0.5D, 4) from range(0,200,1,1);
SELECT percentile(a, 0.3), percentile(a, array(0.1, 0.77)), percentile(a, 0.4, b), percentile(a, array(0.4,0.6), b), median(a), percentile(DISTINCT a, 0.5) FROM VALUES (1,2),(5,1),(5,3),(9,1),(NULL,4),(20,0) t(a,b);
SELECT stddev(a), std(a), stddev_pop(a), var_pop(a), variance(a), skewness(a), kurtosis(a), corr(a,b), covar_pop(a,b), covar_samp(a,b), regr_slope(a,b), regr_intercept(a,b), regr_r2(a,b), regr_sxx(a,b), regr_sxy(a,b), regr_syy(a,b), regr_count(a,b), regr_avgx(a,b), regr_avgy(a,b) FROM VALUES (1,2),(5,1),(5,3),(9,1),(NULL,4),(20,0),(3,NULL) t(a,b);
SELECT stddev(a), stddev_pop(a), var_pop(a), variance(a), skewness(a), kurtosis(a), corr(a,b), covar_pop(a,b), covar_samp(a,b), regr_slope(a,b), regr_intercept(a,b), regr_r2(a,b), regr_r2(b,a), regr_sxx(a,b), regr_sxy(a,b), regr_syy(a,b), regr_count(a,b), regr_avgx(a,b), regr_avgy(a,b), regr_slope(b,a), regr_intercept(b,a) FROM VALUES (1,2),(1,3) t(a,b);
SELECT stddev(a), stddev_pop(a), var_pop(a), variance(a), skewness(a), kurtosis(a), corr(a,b), covar_pop(a,b), covar_samp(a,b), regr_slope(a,b), regr_intercept(a,b), regr_r2(a,b), regr_r2(b,a), regr_sxx(a,b), regr_sxy(a,b), regr_syy(a,b), regr_count(a,b), regr_avgx(a,b), regr_avgy(a,b), regr_slope(b,a), regr_intercept(b,a) FROM VALUES (1,2) t(a,b);
SELECT stddev(a), stddev_pop(a), var_pop(a), variance(a), skewness(a), kurtosis(a), corr(a,b), covar_pop(a,b), covar_samp(a,b), regr_slope(a,b), regr_intercept(a,b), regr_r2(a,b), regr_r2(b,a), regr_sxx(a,b), regr_sxy(a,b), regr_syy(a,b), regr_count(a,b), regr_avgx(a,b), regr_avgy(a,b), regr_slope(b,a), regr_intercept(b,a) FROM VALUES (1,2) t(a,b) WHERE a > 5;
SELECT stddev(a), stddev_pop(a), var_pop(a), variance(a), skewness(a), kurtosis(a), corr(a,b), covar_pop(a,b), avg(a), sum(a), max(a), min(a) FROM VALUES (double('inf'),2),(1.0,3),(double('nan'),1) t(a,b);
SELECT stddev(a), var_samp(a), var_pop(a), corr(a,a) FROM VALUES (double('inf')) t(a);
SELECT corr(DISTINCT a, b), stddev(DISTINCT a), avg(DISTINCT a), sum(DISTINCT a), count(DISTINCT a, b), max(DISTINCT a) FROM VALUES (1,2),(1,2),(2,3),(3,3),(NULL,1) t(a,b) ;
SELECT first(a), last(a), first(a, true), last(a, true), any_value(a), first(a) IGNORE NULLS, first(a) FILTER (WHERE b > 1), max_by(a, b), min_by(a, b), max_by(a,b) FILTER (WHERE b < 3) FROM VALUES (NULL,1),(1,2),(2,3),(NULL,3) t(a,b);
SELECT bit_and(a), bit_or(a), bit_xor(a), bit_and(b), count_if(a>1), every(a>1), some(a>1), bit_xor(c) FROM VALUES (1,2L,cast(3 as tinyint)),(3,6L,cast(5 as tinyint)),(NULL,NULL,NULL) t(a,b,c);
SELECT sum(a), avg(a), sum(b), avg(b), sum(c), avg(c), try_sum(a), try_avg(b) FROM VALUES (9223372036854775807L, cast('9999999999' as decimal(10,0)), cast('1.25' as decimal(38,2))),(1L, 1, 2) t(a,b,c);
SELECT sum(a), avg(a) FROM VALUES (cast('99999999999999999999999999999999999999' as decimal(38,0))),(1) t(a);
SELECT sum(a), avg(a), sum(b), avg(b) FROM VALUES (cast(1.1 as float), 1.123456789012345678BD),(cast(2.2 as float), 2.5BD) t(a,b);

-- rows that are equal in an order stay in the order in which they were read
SELECT id, row_number() OVER (ORDER BY id % 7) r, first(id) OVER (ORDER BY id % 7) f, last(id) OVER (ORDER BY id % 7) l, lag(id) OVER (ORDER BY id % 7) g FROM range(0,100,1,1) ORDER BY id;
SELECT id, row_number() OVER (PARTITION BY id % 3 ORDER BY id % 7) r, first(id) OVER (PARTITION BY id % 3 ORDER BY id % 7) f, last(id) OVER (PARTITION BY id % 3 ORDER BY id % 7) l FROM range(0,300,1,1) ORDER BY id;
SELECT id, row_number() OVER (PARTITION BY id % 3 ORDER BY id % 7 DESC) r, lag(id) OVER (PARTITION BY id % 3 ORDER BY id % 7 DESC) l FROM range(0,300,1,1) ORDER BY id;
SELECT id, row_number() OVER (PARTITION BY id % 3 ORDER BY 'x' || (id % 7) DESC) r FROM range(0,300,1,1) ORDER BY id;
SELECT id, row_number() OVER (ORDER BY k) r FROM (SELECT id, id % 2 k FROM range(0,6,1,1) UNION ALL SELECT id + 100, id % 2 FROM range(0,4,1,1)) ORDER BY id;
SELECT y, row_number() OVER (ORDER BY id) r, first(y) OVER (ORDER BY id) f FROM (select x.id, x.id as y from range(0,6,1,1) as x union all select null, 42 union all select null, 43) ORDER BY y;
SELECT id, row_number() OVER (ORDER BY k) r FROM (SELECT id, id % 2 k FROM range(0,6,1,1)) ORDER BY k, id;
SELECT first(id), last(id), collect_list(id) FROM (SELECT id FROM range(0,300,1,1) ORDER BY id % 5);
SELECT approx_count_distinct(x), approx_count_distinct(x, 0.05), approx_count_distinct(NULL) FROM VALUES (1),(2),(2),(NULL) AS t(x);
SELECT approx_count_distinct(id), approx_count_distinct(id % 300), approx_count_distinct(id % 450), approx_count_distinct(cast(id as string)), approx_count_distinct(id * 1.5D), approx_count_distinct(cast(id as decimal(20,3))) FROM range(500);
SELECT approx_count_distinct(id), approx_count_distinct(id % 1700), approx_count_distinct(id % 1280), approx_count_distinct(concat('k', id)), approx_count_distinct(date_add(DATE '2020-01-01', cast(id as int))), approx_count_distinct(id > 5) FROM range(2000);
SELECT approx_count_distinct(id), approx_count_distinct(-id), approx_count_distinct(id % 2559), approx_count_distinct(id % 2600), approx_count_distinct(id % 5000) FROM range(20000);
SELECT k, approx_count_distinct(v), approx_count_distinct(v) FILTER (WHERE v > 5) FROM (SELECT id % 3 AS k, id AS v FROM range(100)) GROUP BY k ORDER BY k;
SELECT approx_count_distinct(id) FROM range(0);
SELECT v, approx_count_distinct(v % 3) OVER (PARTITION BY v % 2) AS n, approx_count_distinct(v) OVER (ORDER BY v) AS m FROM (SELECT id AS v FROM range(6)) ORDER BY v;
SELECT id * 100 AS n, (SELECT approx_count_distinct(r.id) FROM range(400) r) AS a FROM range(2) ORDER BY 1;
SELECT approx_count_distinct(f), approx_count_distinct(d), approx_count_distinct(t), approx_count_distinct(b) FROM VALUES (float(0), 0D, timestamp '2020-01-01 00:00:00', X'00'), (float(-0.0), -0D, timestamp '2020-01-02 00:00:00', X'01'), (float('NaN'), double('NaN'), NULL, NULL) AS v(f, d, t, b);
SELECT approx_count_distinct(DISTINCT id) FROM range(10);

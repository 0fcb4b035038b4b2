-- Queries by their shape: what can stand where, what is visible where, and what
-- the columns of the result are called.

CREATE OR REPLACE TEMP VIEW emp AS SELECT id, name, dept, pay, boss, hired FROM VALUES
  (1, 'ann', 'ops', 100.50, NULL, date'2020-01-01'), (2, 'bob', 'ops', 80.25, 1, date'2020-03-01'), (3, 'cid', 'dev', 120.00, 1, date'2019-05-05'),
  (4, 'dan', 'dev', 120.00, 3, date'2021-07-07'), (5, 'eve', 'dev', NULL, 3, NULL), (6, 'fay', NULL, 50.00, 2, date'2022-02-22')
  AS t(id, name, dept, pay, boss, hired);
CREATE OR REPLACE TEMP VIEW dept AS SELECT code, title FROM VALUES ('ops', 'Operations'), ('dev', 'Development'), ('law', 'Legal') AS t(code, title);
CREATE OR REPLACE TEMP VIEW nums AS SELECT a, b FROM VALUES (1, 10L), (2, 20L), (2, 21L), (3, NULL), (NULL, 40L) AS t(a, b);

-- select lists and names
SELECT 1, 'a', 2.5, 1e2, NULL, true;
SELECT 1 + 2, -3, 4 * 5.0, 7 / 2, 7 % 3, 7 DIV 2;
SELECT id, ID, Id AS iD FROM emp WHERE id = 1;
SELECT emp.id, e2.id FROM emp JOIN emp e2 ON emp.boss = e2.id ORDER BY 1;
SELECT emp.*, 1 AS one FROM emp ORDER BY id;
SELECT e.*, d.* FROM emp e JOIN dept d ON e.dept = d.code ORDER BY e.id;
SELECT upper(name), length(name) + 1, name = 'ann', pay > 100 AND dept = 'dev' FROM emp ORDER BY id;
SELECT id AS `the id`, name AS `a.b`, pay `p` FROM emp ORDER BY `the id`;
SELECT DISTINCT dept FROM emp ORDER BY dept NULLS LAST;
SELECT DISTINCT dept, pay FROM emp ORDER BY dept DESC NULLS FIRST, pay;
SELECT count(*), count(1), count(dept), count(DISTINCT dept) FROM emp;
SELECT 'x' AS a, 'x' AS a;
SELECT CASE id WHEN 1 THEN 'one' WHEN 2 THEN 'two' END, CASE WHEN pay IS NULL THEN 0 ELSE pay END FROM emp ORDER BY id;
SELECT id + 1 AS next, next * 2 AS twice FROM emp ORDER BY id;

-- where
SELECT id FROM emp WHERE dept = 'ops' OR pay BETWEEN 100 AND 120 ORDER BY id;
SELECT id FROM emp WHERE dept <> 'ops' ORDER BY id;
SELECT id FROM emp WHERE NOT (dept = 'ops') ORDER BY id;
SELECT id FROM emp WHERE dept IN ('ops', 'law', NULL) ORDER BY id;
SELECT id FROM emp WHERE dept NOT IN ('ops') ORDER BY id;
SELECT id FROM emp WHERE dept NOT IN ('ops', NULL) ORDER BY id;
SELECT id FROM emp WHERE dept <=> NULL ORDER BY id;
SELECT id FROM emp WHERE name LIKE '_a%' OR name RLIKE 'e$' ORDER BY id;
SELECT id FROM emp WHERE hired >= '2020-01-01' AND hired < date'2021-01-01' ORDER BY id;
SELECT id FROM emp WHERE pay IS NOT NULL AND boss IS NULL ORDER BY id;
SELECT id FROM emp WHERE (dept, id) IN (('ops', 1), ('dev', 4)) ORDER BY id;
SELECT id FROM emp WHERE false;
SELECT id FROM emp WHERE id = '3';
SELECT id FROM emp WHERE pay = '120' ORDER BY id;

-- joins
SELECT e.name, d.title FROM emp e INNER JOIN dept d ON e.dept = d.code ORDER BY e.name;
SELECT e.name, d.title FROM emp e LEFT OUTER JOIN dept d ON e.dept = d.code ORDER BY e.name;
SELECT e.name, d.title FROM emp e RIGHT OUTER JOIN dept d ON e.dept = d.code ORDER BY d.title, e.name;
SELECT e.name, d.title FROM emp e FULL JOIN dept d ON e.dept = d.code ORDER BY e.name, d.title;
SELECT e.name FROM emp e LEFT SEMI JOIN dept d ON e.dept = d.code ORDER BY e.name;
SELECT e.name FROM emp e LEFT ANTI JOIN dept d ON e.dept = d.code ORDER BY e.name;
SELECT count(*) FROM emp CROSS JOIN dept;
SELECT count(*) FROM emp, dept, nums;
SELECT e.name, b.name AS boss FROM emp e LEFT JOIN emp b ON e.boss = b.id ORDER BY e.name;
SELECT a.id, b.id AS other FROM emp a JOIN emp b ON a.dept = b.dept AND a.id < b.id ORDER BY a.id, b.id;
SELECT * FROM (SELECT id, dept AS code FROM emp) e JOIN dept USING (code) ORDER BY id;
SELECT * FROM (SELECT id, dept AS code FROM emp) e LEFT JOIN dept USING (code) ORDER BY id;
SELECT * FROM (SELECT id, dept AS code FROM emp) e FULL JOIN dept USING (code) ORDER BY id, code;
SELECT * FROM (SELECT id, dept AS code FROM emp) e NATURAL JOIN dept ORDER BY id;
SELECT x.a, y.b FROM nums x JOIN nums y ON x.a <=> y.a ORDER BY 1, 2;
SELECT e.id, n.b FROM emp e LEFT JOIN nums n ON e.id = n.a AND n.b > 20 ORDER BY e.id, n.b;
SELECT e.id FROM emp e JOIN dept d ON e.dept = d.code JOIN nums n ON e.id = n.a WHERE d.title LIKE 'D%' ORDER BY e.id;

-- groups
SELECT dept, count(*), sum(pay), avg(pay), min(name), max(hired) FROM emp GROUP BY dept ORDER BY dept;
SELECT dept AS d, count(*) AS n FROM emp GROUP BY d ORDER BY n DESC, d;
SELECT dept, year(hired), count(*) FROM emp GROUP BY 1, 2 ORDER BY 1, 2;
SELECT dept, count(*) FROM emp GROUP BY ALL ORDER BY dept;
SELECT upper(dept), sum(id) FROM emp GROUP BY upper(dept) ORDER BY 1;
SELECT length(dept) + 1 AS n, count(*) FROM emp GROUP BY length(dept) ORDER BY n;
SELECT a + 1 AS n, count(*) FROM nums GROUP BY a ORDER BY n;
SELECT CAST(dept AS INT) AS n, CAST(concat(dept, '1') AS DATE) AS d FROM emp GROUP BY dept ORDER BY n, dept;
SELECT a * 2 + count(*) AS n, -a AS m FROM nums GROUP BY a ORDER BY n;
SELECT b - 1 AS n FROM nums GROUP BY b HAVING b - 1 > 10 ORDER BY b - 1;
SELECT pay * 2 AS twice, pay / 3 AS third FROM emp GROUP BY pay ORDER BY pay;
SELECT sum(a + b) AS s, max(a * b) AS m, sum(a + 1) + 1 AS t FROM nums GROUP BY a + 1 ORDER BY a + 1;
SELECT dept FROM emp GROUP BY dept HAVING count(*) > 1 ORDER BY dept;
SELECT dept, sum(pay) AS total FROM emp GROUP BY dept HAVING total > 150 ORDER BY total;
SELECT count(*) FROM emp HAVING count(*) > 100;
SELECT sum(pay) FROM emp WHERE false;
SELECT dept, sum(pay) FROM emp WHERE false GROUP BY dept;
SELECT dept, count(DISTINCT pay), sum(DISTINCT pay) FROM emp GROUP BY dept ORDER BY dept;
SELECT dept, sum(pay) FILTER (WHERE id > 2) AS late, count(*) FILTER (WHERE boss IS NULL) FROM emp GROUP BY dept ORDER BY dept;
SELECT dept, boss, count(*) FROM emp GROUP BY ROLLUP (dept, boss) ORDER BY dept, boss, count(*);
SELECT dept, boss, count(*) FROM emp GROUP BY CUBE (dept, boss) ORDER BY dept, boss, count(*);
SELECT dept, boss, sum(pay), grouping(dept), grouping_id() FROM emp GROUP BY GROUPING SETS ((dept), (boss), ()) ORDER BY grouping_id(), dept, boss;
SELECT max(n) FROM (SELECT dept, count(*) AS n FROM emp GROUP BY dept);
SELECT dept, count(*) FROM emp GROUP BY dept ORDER BY count(*) DESC, dept LIMIT 2;
SELECT max(pay) - min(pay), round(avg(pay), 1) FROM emp;
SELECT a, sum(b), count(*) FROM nums GROUP BY a ORDER BY a NULLS LAST;

-- windows
SELECT id, row_number() OVER (PARTITION BY dept ORDER BY id) AS n FROM emp ORDER BY id;
SELECT id, rank() OVER (ORDER BY pay DESC), dense_rank() OVER (ORDER BY pay DESC) FROM emp ORDER BY id;
SELECT id, sum(pay) OVER (PARTITION BY dept) AS total FROM emp ORDER BY id;
SELECT id, sum(id) OVER (ORDER BY id) AS running, count(*) OVER () AS n FROM emp ORDER BY id;
SELECT id, sum(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS near FROM emp ORDER BY id;
SELECT id, max(pay) OVER (PARTITION BY dept ORDER BY id ROWS UNBOUNDED PRECEDING) AS best FROM emp ORDER BY id;
SELECT id, sum(id) OVER (ORDER BY id RANGE BETWEEN 2 PRECEDING AND CURRENT ROW) AS r FROM emp ORDER BY id;
SELECT id, first_value(name) OVER w AS f, last_value(name) OVER w AS l FROM emp WINDOW w AS (PARTITION BY dept ORDER BY id) ORDER BY id;
SELECT id, lag(name) OVER (ORDER BY id) AS before, lead(name, 2, '-') OVER (ORDER BY id) AS after FROM emp ORDER BY id;
SELECT dept, sum(sum(pay)) OVER (ORDER BY dept) AS running FROM emp GROUP BY dept ORDER BY dept;
SELECT id, percent_rank() OVER (ORDER BY id), cume_dist() OVER (ORDER BY id), ntile(4) OVER (ORDER BY id) FROM emp ORDER BY id;
SELECT * FROM (SELECT id, dept, row_number() OVER (PARTITION BY dept ORDER BY pay DESC NULLS LAST, id) AS rn FROM emp) WHERE rn = 1 ORDER BY id;
SELECT id, pay - avg(pay) OVER (PARTITION BY dept) AS off FROM emp ORDER BY id;
SELECT id, nth_value(name, 2) OVER (ORDER BY id) AS second FROM emp ORDER BY id;

-- subqueries
SELECT (SELECT max(id) FROM emp) AS m, (SELECT title FROM dept WHERE code = 'none') AS none;
SELECT name FROM emp WHERE pay = (SELECT max(pay) FROM emp) ORDER BY name;
SELECT name FROM emp WHERE dept IN (SELECT code FROM dept) ORDER BY name;
SELECT name FROM emp WHERE id NOT IN (SELECT boss FROM emp WHERE boss IS NOT NULL) ORDER BY name;
SELECT name FROM emp WHERE id NOT IN (SELECT boss FROM emp) ORDER BY name;
SELECT name FROM emp e WHERE EXISTS (SELECT 1 FROM emp b WHERE b.boss = e.id) ORDER BY name;
SELECT name FROM emp e WHERE NOT EXISTS (SELECT 1 FROM dept d WHERE d.code = e.dept) ORDER BY name;
SELECT name, (SELECT count(*) FROM emp b WHERE b.boss = e.id) AS reports FROM emp e ORDER BY name;
SELECT name FROM emp e WHERE pay > (SELECT avg(pay) FROM emp x WHERE x.dept = e.dept) ORDER BY name;
SELECT t.n FROM (SELECT count(*) AS n FROM (SELECT DISTINCT dept FROM emp) a) t;
SELECT e.id, x.top FROM emp e, LATERAL (SELECT max(b) AS top FROM nums WHERE nums.a = e.id) x ORDER BY e.id;

-- common table expressions
WITH a AS (SELECT id FROM emp WHERE id < 3) SELECT * FROM a ORDER BY id;
WITH a AS (SELECT id, dept FROM emp), b AS (SELECT dept, count(*) AS n FROM a GROUP BY dept) SELECT a.id, b.n FROM a JOIN b ON a.dept <=> b.dept ORDER BY a.id;
WITH a(x, y) AS (SELECT id, name FROM emp) SELECT x, y FROM a WHERE x > 4 ORDER BY x;
WITH emp AS (SELECT 99 AS id) SELECT id FROM emp;
SELECT * FROM (WITH a AS (SELECT 1 AS x) SELECT x + 1 AS y FROM a) t;
WITH a AS (SELECT 1 AS x), b AS (WITH a AS (SELECT 2 AS x) SELECT x FROM a) SELECT a.x, b.x FROM a, b;

-- set operations
SELECT a FROM nums UNION SELECT id FROM emp ORDER BY a;
SELECT a FROM nums UNION ALL SELECT 5 UNION ALL SELECT 5 ORDER BY a;
SELECT a FROM nums INTERSECT SELECT id FROM emp ORDER BY a;
SELECT id FROM emp EXCEPT SELECT a FROM nums ORDER BY id;
SELECT a FROM nums EXCEPT ALL SELECT 2 ORDER BY a;
SELECT a FROM nums INTERSECT ALL SELECT a FROM nums ORDER BY a;
SELECT 1 AS x UNION SELECT 2.5 ORDER BY x;
SELECT 1 AS x UNION ALL SELECT 'a' ORDER BY x;
(SELECT id FROM emp ORDER BY id DESC LIMIT 1) UNION ALL (SELECT id FROM emp ORDER BY id LIMIT 1);
SELECT 1 UNION SELECT 2 INTERSECT SELECT 2 ORDER BY 1;
SELECT dept FROM emp MINUS SELECT code FROM dept;

-- order, limit, rows written out, generators
SELECT id FROM emp ORDER BY pay, id;
SELECT id FROM emp ORDER BY pay DESC, id;
SELECT id FROM emp ORDER BY pay ASC NULLS LAST, id;
SELECT id FROM emp ORDER BY pay DESC NULLS FIRST, id;
SELECT id, name FROM emp ORDER BY 2 DESC;
SELECT id AS k FROM emp ORDER BY k * -1;
SELECT id FROM emp ORDER BY length(dept), name LIMIT 3;
SELECT id FROM emp ORDER BY id LIMIT 2 OFFSET 3;
SELECT * FROM VALUES (1, 'a'), (2, NULL);
VALUES (1, 2.5), (3, 4);
SELECT t.x, t.y FROM VALUES (1, array(1, 2)), (2, NULL) AS t(x, y) ORDER BY x;
SELECT id, e FROM VALUES (1, array('x', 'y')), (2, array()) AS t(id, arr) LATERAL VIEW explode(arr) v AS e ORDER BY id, e;
SELECT id, e FROM VALUES (1, array('x', 'y')), (2, array()) AS t(id, arr) LATERAL VIEW OUTER explode(arr) v AS e ORDER BY id, e;
SELECT id, p, e FROM VALUES (1, array('x', 'y')) AS t(id, arr) LATERAL VIEW posexplode(arr) v AS p, e ORDER BY p;
SELECT explode(map('a', 1, 'b', 2));
SELECT stack(2, 1, 'a', 2, 'b') AS (n, s);
SELECT inline(array(struct(1, 'a'), struct(2, 'b')));
SELECT id, explode(array(id, id * 10)) AS v FROM nums JOIN emp ON a = id ORDER BY id, v;
SELECT * FROM range(3);
SELECT id * 2 AS d FROM range(5, 0, -2) ORDER BY d;
SELECT /*+ BROADCAST(d) */ e.id FROM emp e JOIN dept d ON e.dept = d.code ORDER BY e.id;
SELECT id FROM emp DISTRIBUTE BY dept SORT BY id;
SELECT * FROM (SELECT dept, boss, pay FROM emp) PIVOT (sum(pay) FOR dept IN ('ops', 'dev')) ORDER BY boss;
SELECT * FROM VALUES (1, 10, 20), (2, 30, NULL) AS t(id, x, y) UNPIVOT (v FOR k IN (x, y)) ORDER BY id, k;

-- what Spark refuses too
SELECT nothing FROM emp;
SELECT id FROM nowhere;
SELECT id, count(*) FROM emp;
SELECT dept, id FROM emp GROUP BY dept;
SELECT id FROM emp, dept e, emp;
SELECT a.id FROM emp e;
SELECT id FROM emp UNION SELECT id, name FROM emp;
SELECT id FROM emp WHERE count(*) > 1;
SELECT (SELECT id FROM emp);
SELECT sum(name) OVER FROM emp;
SELECT id FROM emp ORDER BY 2;
SELECT row_number() FROM emp;
SELECT id FROM emp WHERE row_number() OVER (ORDER BY id) = 1;
SELECT e.id FROM emp e JOIN emp f ON id = 1;
SELECT max(max(id)) FROM emp;
SELECT upper(id, name) FROM emp;
SELEC 1;
SELECT 1 +;

-- Statements of the kind that manifests hold: cleaning, deduplication, joins of
-- facts and dimensions, casts of text, dates and money.

CREATE OR REPLACE TEMP VIEW raw_city AS
SELECT city_id, zip_code, city_name, county_name, state_code, state_name, population, updated_at FROM VALUES
  ('CITY1', '36006', 'Billingsley', 'Autauga County', 'AL', 'Alabama', '1,204', '2022-01-05 10:20:30'),
  ('CITY2', '36008', ' Booth ', 'Autauga County', 'al', 'Alabama', '90', '2022-01-06'),
  ('CITY2', '36008', 'Booth', 'Autauga County', 'AL', 'Alabama', '91', '2022-02-01 00:00:00'),
  ('CITY3', NULL, 'Deatsville', '', 'AL', NULL, 'n/a', 'yesterday'),
  (NULL, '99501', 'Anchorage', 'Anchorage Municipality', 'AK', 'Alaska', '', NULL),
  ('CITY5', '0850', 'Phoenix', 'Maricopa County', 'AZ', 'Arizona', '1608139', '2022-03-01T05:06:07.891Z')
  AS t(city_id, zip_code, city_name, county_name, state_code, state_name, population, updated_at);

CREATE OR REPLACE TEMP VIEW customer AS
SELECT id, name, email, city, birthdate, joined, score, active FROM VALUES
  (1, 'Ann Lee', 'ANN@EXAMPLE.COM', 'CITY1', date'1980-02-29', timestamp'2020-01-01 00:00:00', 4.5D, true),
  (2, 'Bob', 'bob@example.com ', 'CITY2', date'1990-12-31', timestamp'2020-06-15 13:45:10', NULL, false),
  (3, 'Cy  Dee', NULL, 'CITY9', NULL, timestamp'2021-12-31 23:59:59.999', 0.1D, true),
  (4, NULL, 'dee@mail.example.org', NULL, date'2001-01-01', NULL, -1.25D, NULL),
  (5, 'Eve', '', 'CITY5', date'1999-07-04', timestamp'2022-02-28 08:00:00', 3D, true)
  AS t(id, name, email, city, birthdate, joined, score, active);

CREATE OR REPLACE TEMP VIEW orders AS
SELECT order_id, customer_id, product, qty, CAST(price AS DECIMAL(10,2)) AS price, CAST(order_date AS DATE) AS order_date, status FROM VALUES
  ('O1', 1, 'pen', 10, '1.50', '2022-01-01', 'SHIPPED'), ('O2', 1, 'ink', 1, '12.00', '2022-01-15', 'shipped'),
  ('O3', 2, 'pen', 3, '1.45', '2022-02-02', 'CANCELLED'), ('O4', 3, 'desk', 1, '199.99', '2022-02-14', NULL),
  ('O5', 3, 'lamp', 2, NULL, '2022-03-01', 'OPEN'), ('O6', 9, 'pen', 100, '1.20', '2022-03-31', 'OPEN'),
  ('O7', 5, 'chair', 4, '49.90', NULL, 'SHIPPED'), ('O8', 5, 'chair', NULL, '49.90', '2021-12-31', 'RETURNED')
  AS t(order_id, customer_id, product, qty, price, order_date, status);

SELECT * FROM raw_city ORDER BY city_id, updated_at;
SELECT *, upper(state_code) AS state FROM raw_city WHERE city_id IS NOT NULL ORDER BY city_id, updated_at;
SELECT city_id, trim(city_name) AS city_name, CAST(zip_code AS INT) AS zip, CAST(updated_at AS TIMESTAMP) AS ts FROM raw_city ORDER BY 1, 2;
SELECT city_id, CAST(regexp_replace(population, ',', '') AS BIGINT) AS population FROM raw_city ORDER BY city_id, population;
SELECT city_id, coalesce(nullif(county_name, ''), 'unknown') AS county, coalesce(state_name, state_code) AS state FROM raw_city ORDER BY city_id, county, state;
SELECT city_id, zip_code, updated_at FROM (SELECT *, row_number() OVER (PARTITION BY city_id ORDER BY updated_at DESC) AS rn FROM raw_city) t WHERE rn = 1 ORDER BY city_id;
WITH ranked AS (SELECT *, rank() OVER (PARTITION BY state_code ORDER BY zip_code DESC NULLS LAST) r FROM raw_city) SELECT state_code, city_id, r FROM ranked ORDER BY state_code, r, city_id;
SELECT DISTINCT upper(state_code) AS state FROM raw_city ORDER BY state;
SELECT state_code, count(*) AS cities, count(DISTINCT city_id) AS ids, count(zip_code) AS zips FROM raw_city GROUP BY state_code ORDER BY state_code;
SELECT concat(city_name, ', ', state_code) AS label, concat_ws(', ', city_name, county_name, state_name) AS address FROM raw_city ORDER BY label, address;
SELECT city_id, CASE WHEN state_code = 'AL' THEN 'south' WHEN state_code IN ('AK', 'AZ') THEN 'west' ELSE 'other' END AS part FROM raw_city ORDER BY city_id, part;
SELECT city_id, lpad(zip_code, 5, '0') AS zip5, length(zip_code) AS n FROM raw_city ORDER BY city_id, zip5;
SELECT city_id, to_date(updated_at) AS d, date_format(CAST(updated_at AS TIMESTAMP), 'yyyy/MM/dd HH:mm') AS f FROM raw_city ORDER BY city_id, d;
SELECT id, lower(trim(email)) AS email, split(lower(trim(email)), '@')[1] AS host FROM customer ORDER BY id;
SELECT id, initcap(name) AS name, substring(name, 1, 3) AS short, instr(name, ' ') AS gap FROM customer ORDER BY id;
SELECT id, regexp_extract(email, '@(.+)$', 1) AS host, email RLIKE '^[a-z]+@' AS lower_case FROM customer ORDER BY id;
SELECT id, year(birthdate) AS y, month(birthdate) AS m, day(birthdate) AS d, dayofweek(birthdate) AS w, quarter(birthdate) AS q FROM customer ORDER BY id;
SELECT id, floor(months_between(date'2022-06-01', birthdate) / 12) AS age FROM customer ORDER BY id;
SELECT id, datediff(date'2022-03-01', CAST(joined AS DATE)) AS days, add_months(birthdate, 12) AS next_year, last_day(birthdate) AS month_end FROM customer ORDER BY id;
SELECT id, date_trunc('MONTH', joined) AS month, trunc(birthdate, 'YEAR') AS year FROM customer ORDER BY id;
SELECT id, unix_timestamp(joined) AS s, from_unixtime(unix_timestamp(joined)) AS back FROM customer ORDER BY id;
SELECT id, date_format(joined, 'yyyy-MM') AS ym, date_format(joined, 'EEE, d MMM yyyy') AS day, hour(joined) AS h, minute(joined) AS mi, second(joined) AS s FROM customer ORDER BY id;
SELECT id, ifnull(score, 0) AS score, round(score, 1) AS r, CAST(score AS INT) AS i, score * 100 AS pct FROM customer ORDER BY id;
SELECT id, active, NOT active AS inactive, if(active, 'yes', 'no') AS word, CAST(active AS INT) AS bit, CAST(active AS STRING) AS text FROM customer ORDER BY id;
SELECT count(*) AS n, avg(score) AS mean, min(score) AS low, max(score) AS high, sum(score) AS total, count(score) AS known FROM customer;
SELECT o.order_id, c.name, o.qty * o.price AS amount FROM orders o JOIN customer c ON o.customer_id = c.id ORDER BY o.order_id;
SELECT o.order_id, c.name FROM orders o LEFT JOIN customer c ON o.customer_id = c.id ORDER BY o.order_id;
SELECT c.id, o.order_id FROM orders o RIGHT JOIN customer c ON o.customer_id = c.id ORDER BY c.id, o.order_id;
SELECT coalesce(c.id, o.customer_id) AS id, o.order_id FROM orders o FULL OUTER JOIN customer c ON o.customer_id = c.id ORDER BY id, o.order_id;
SELECT c.id FROM customer c LEFT SEMI JOIN orders o ON o.customer_id = c.id ORDER BY c.id;
SELECT c.id FROM customer c LEFT ANTI JOIN orders o ON o.customer_id = c.id ORDER BY c.id;
SELECT c.name, r.city_name, r.state_code FROM customer c LEFT JOIN (SELECT DISTINCT city_id, trim(city_name) AS city_name, upper(state_code) AS state_code FROM raw_city) r ON c.city = r.city_id ORDER BY c.name;
SELECT customer_id, sum(qty * price) AS revenue, avg(price) AS mean, max(order_date) AS latest FROM orders GROUP BY customer_id ORDER BY customer_id;
SELECT date_format(order_date, 'yyyy-MM') AS month, sum(coalesce(qty, 0)) AS qty, sum(price) AS price FROM orders GROUP BY date_format(order_date, 'yyyy-MM') ORDER BY month;
SELECT lower(status) AS status, count(1) AS n FROM orders GROUP BY lower(status) HAVING count(1) > 1 ORDER BY status;
SELECT order_id, sum(qty) OVER (PARTITION BY customer_id ORDER BY order_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS running FROM orders ORDER BY order_id;
SELECT order_id, lag(order_date) OVER (PARTITION BY customer_id ORDER BY order_date) AS before, lead(order_id, 1, 'none') OVER (PARTITION BY customer_id ORDER BY order_date) AS after FROM orders ORDER BY order_id;
SELECT order_id, dense_rank() OVER (ORDER BY price DESC) AS place, ntile(3) OVER (ORDER BY order_id) AS third FROM orders ORDER BY order_id;
SELECT order_id, first_value(product) OVER (PARTITION BY customer_id ORDER BY order_date, order_id) AS first FROM orders ORDER BY order_id;
SELECT 'order' AS kind, order_id AS id FROM orders UNION ALL SELECT 'customer', CAST(id AS STRING) FROM customer ORDER BY kind, id;
SELECT product FROM orders UNION SELECT product FROM orders WHERE qty > 1 ORDER BY product;
SELECT customer_id FROM orders EXCEPT SELECT id FROM customer;
SELECT customer_id FROM orders INTERSECT SELECT id FROM customer ORDER BY 1;
WITH totals AS (SELECT customer_id, sum(qty * price) AS total FROM orders GROUP BY customer_id), best AS (SELECT max(total) AS total FROM totals) SELECT t.customer_id, t.total FROM totals t JOIN best b ON t.total = b.total;
SELECT order_id FROM orders WHERE customer_id IN (SELECT id FROM customer WHERE active) ORDER BY order_id;
SELECT id, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) AS n FROM customer c ORDER BY id;
SELECT order_id, CAST(price * 100 AS INT) AS cents, CAST(price AS DOUBLE) AS d, CAST(price AS STRING) AS s, price / 3 AS third, qty / 3 AS part, qty % 3 AS rest FROM orders ORDER BY order_id;
SELECT order_id, order_date BETWEEN date'2022-01-01' AND '2022-02-28' AS early, order_date >= '2022-02' AS late FROM orders ORDER BY order_id;
SELECT order_id, nvl(status, 'UNKNOWN') AS status, nvl2(status, 1, 0) AS known, decode(lower(status), 'open', 'o', 'shipped', 's', '?') AS letter FROM orders ORDER BY order_id;
SELECT order_id, greatest(qty, 5) AS most, least(qty, 5, NULL) AS least, abs(-qty) AS size FROM orders ORDER BY order_id;
SELECT md5(concat(order_id, '|', coalesce(product, ''))) AS key, sha2(order_id, 256) AS sha FROM orders ORDER BY order_id;
SELECT order_id, product LIKE 'p%' AS p, product LIKE '_en' AS en, product NOT LIKE '%a%' AS no_a FROM orders ORDER BY order_id;
SELECT collect_list(product) AS all_products, size(collect_set(product)) AS n FROM (SELECT product FROM orders WHERE customer_id = 5);
SELECT customer_id, concat_ws(',', sort_array(collect_set(product))) AS products FROM orders GROUP BY customer_id ORDER BY customer_id;
SELECT sum(CASE WHEN status = 'OPEN' THEN 1 ELSE 0 END) AS open, count(CASE WHEN status = 'SHIPPED' THEN order_id END) AS shipped, count(DISTINCT product, status) AS kinds FROM orders;
SELECT order_id, named_struct('product', product, 'qty', qty) AS item, array(qty, customer_id) AS numbers, map('status', status) AS attributes FROM orders ORDER BY order_id;
SELECT s.order_id, s.item.product FROM (SELECT order_id, struct(product, qty) AS item FROM orders) s WHERE s.item.qty > 2 ORDER BY s.order_id;
SELECT order_id, word FROM (SELECT order_id, concat(product, ' ', status) AS words FROM orders) LATERAL VIEW explode(split(words, ' ')) w AS word ORDER BY order_id, word;
SELECT customer_id, product, sum(qty) AS qty FROM orders GROUP BY customer_id, product WITH ROLLUP ORDER BY customer_id NULLS LAST, product NULLS LAST, qty;
SELECT product, sum(qty) FILTER (WHERE status = 'OPEN') AS open_qty FROM orders GROUP BY product ORDER BY product;
SELECT DISTINCT customer_id, year(order_date) * 100 + month(order_date) AS period FROM orders WHERE order_date IS NOT NULL ORDER BY customer_id, period;
SELECT order_id, date_add(order_date, 30) AS due, date_sub(order_date, 1) AS eve, order_date + INTERVAL 1 MONTH AS later, next_day(order_date, 'Mon') AS monday FROM orders ORDER BY order_id;
SELECT to_timestamp('2022-01-05 10:20', 'yyyy-MM-dd HH:mm') AS a, to_date('05/01/2022', 'dd/MM/yyyy') AS b, to_date('not a date') AS c, to_timestamp('2022-01-05T10:20:30+02:00') AS d;
SELECT CAST('12.7' AS INT) AS a, CAST('abc' AS INT) AS b, CAST(' 5 ' AS INT) AS c, CAST('1e3' AS DOUBLE) AS d, CAST('yes' AS BOOLEAN) AS e, CAST(12.75 AS DECIMAL(3,1)) AS f, CAST(1234 AS DECIMAL(3,1)) AS g, CAST('2022-1-5' AS DATE) AS h;
SELECT p.product, o.qty AS other FROM (SELECT product, max(order_id) AS order_id FROM orders GROUP BY product) p JOIN orders o USING (order_id) ORDER BY p.product;
SELECT replace(product, 'e', '3') AS r, reverse(product) AS b, upper(left(product, 1)) AS l, right(product, 2) AS e, repeat(product, 2) AS t, translate(product, 'pen', 'PEN') AS tr FROM orders ORDER BY order_id;
SELECT get_json_object('{"a": {"b": [1, 2]}, "c": "x"}', '$.a.b[1]') AS v, get_json_object('{"c": "x"}', '$.c') AS c;
SELECT monotonically_increasing_id() IS NOT NULL AS has_id, current_date() <= current_date() AS ok, length(uuid()) AS n;

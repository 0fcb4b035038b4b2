-- The 22 queries of TPC-H, in the specification's own order, over tables of the
-- same columns that a few expressions make up, so that every query finds rows.

CREATE OR REPLACE TEMP VIEW region AS
SELECT CAST(id AS INT) AS r_regionkey, array('AFRICA', 'AMERICA', 'ASIA', 'EUROPE', 'MIDDLE EAST')[CAST(id AS INT)] AS r_name, 'none' AS r_comment
FROM range(5);

CREATE OR REPLACE TEMP VIEW nation AS
SELECT n_nationkey, n_name, n_regionkey, 'none' AS n_comment FROM VALUES
  (0, 'ALGERIA', 0), (1, 'ARGENTINA', 1), (2, 'BRAZIL', 1), (3, 'CANADA', 1), (4, 'EGYPT', 4), (5, 'ETHIOPIA', 0), (6, 'FRANCE', 3),
  (7, 'GERMANY', 3), (8, 'INDIA', 2), (9, 'INDONESIA', 2), (10, 'IRAN', 4), (11, 'IRAQ', 4), (12, 'JAPAN', 2), (13, 'JORDAN', 4),
  (14, 'KENYA', 0), (15, 'MOROCCO', 0), (16, 'MOZAMBIQUE', 0), (17, 'PERU', 1), (18, 'CHINA', 2), (19, 'ROMANIA', 3),
  (20, 'SAUDI ARABIA', 4), (21, 'VIETNAM', 2), (22, 'RUSSIA', 3), (23, 'UNITED KINGDOM', 3), (24, 'UNITED STATES', 1)
  AS t(n_nationkey, n_name, n_regionkey);

CREATE OR REPLACE TEMP VIEW supplier AS
SELECT id + 1 AS s_suppkey, concat('Supplier#', CAST(id + 1 AS STRING)) AS s_name, concat('street ', CAST(id * 31 % 97 AS STRING)) AS s_address,
  CAST(id * 7 % 25 AS INT) AS s_nationkey, concat(CAST(10 + id * 7 % 25 AS STRING), '-555-', CAST(1000 + id AS STRING)) AS s_phone,
  CAST((id * 7919 % 1099999 - 99999) / 100 AS DECIMAL(12,2)) AS s_acctbal,
  CASE WHEN id % 9 = 4 THEN 'slow Customer, many Complaints' ELSE 'carefully regular' END AS s_comment
FROM range(60);

CREATE OR REPLACE TEMP VIEW customer AS
SELECT id + 1 AS c_custkey, concat('Customer#', CAST(id + 1 AS STRING)) AS c_name, concat('road ', CAST(id * 13 % 89 AS STRING)) AS c_address,
  CAST(id * 11 % 25 AS INT) AS c_nationkey, concat(CAST(10 + id * 11 % 25 AS STRING), '-555-', CAST(2000 + id AS STRING)) AS c_phone,
  CAST((id * 104729 % 1099999 - 99999) / 100 AS DECIMAL(12,2)) AS c_acctbal,
  array('BUILDING', 'AUTOMOBILE', 'MACHINERY', 'HOUSEHOLD', 'FURNITURE')[CAST(id % 5 AS INT)] AS c_mktsegment, 'pending' AS c_comment
FROM range(150);

CREATE OR REPLACE TEMP VIEW part AS
SELECT id + 1 AS p_partkey,
  concat(array('green', 'forest', 'blue', 'ivory', 'lime')[CAST(id % 5 AS INT)], ' ', array('almond', 'misty', 'rose')[CAST(id % 3 AS INT)]) AS p_name,
  concat('Manufacturer#', CAST(1 + id % 5 AS STRING)) AS p_mfgr, concat('Brand#', CAST(1 + id % 5 AS STRING), CAST(1 + id * 3 % 5 AS STRING)) AS p_brand,
  concat(array('STANDARD', 'SMALL', 'MEDIUM', 'ECONOMY', 'PROMO')[CAST(id * 3 % 5 AS INT)], ' ', array('ANODIZED', 'POLISHED', 'PLATED')[CAST(id % 3 AS INT)], ' ',
    array('BRASS', 'STEEL', 'COPPER', 'TIN')[CAST(id % 4 AS INT)]) AS p_type,
  CAST(1 + id * 17 % 50 AS INT) AS p_size,
  concat(array('SM', 'LG', 'MED', 'JUMBO')[CAST(id % 4 AS INT)], ' ', array('CASE', 'BOX', 'BAG', 'PACK', 'PKG')[CAST(id * 2 % 5 AS INT)]) AS p_container,
  CAST(900 + id % 200 + id / 10 AS DECIMAL(12,2)) AS p_retailprice, 'final' AS p_comment
FROM range(200);

CREATE OR REPLACE TEMP VIEW partsupp AS
SELECT p.id + 1 AS ps_partkey, (p.id + s.id * 15) % 60 + 1 AS ps_suppkey, CAST(1 + (p.id * 127 + s.id * 311) % 9999 AS INT) AS ps_availqty,
  CAST((100 + (p.id * 433 + s.id * 97) % 99900) / 100 AS DECIMAL(12,2)) AS ps_supplycost, 'none' AS ps_comment
FROM range(200) p CROSS JOIN range(4) s;

CREATE OR REPLACE TEMP VIEW orders AS
SELECT id * 4 + 1 AS o_orderkey, (id * 37 % 100) + 1 AS o_custkey, array('F', 'O', 'P')[CAST(id % 3 AS INT)] AS o_orderstatus,
  CAST((100000 + id * 15485863 % 40000000) / 100 AS DECIMAL(12,2)) AS o_totalprice, date_add(DATE '1992-01-01', CAST(id * 101 % 2406 AS INT)) AS o_orderdate,
  array('1-URGENT', '2-HIGH', '3-MEDIUM', '4-NOT SPECIFIED', '5-LOW')[CAST(id % 5 AS INT)] AS o_orderpriority,
  concat('Clerk#', CAST(id % 10 AS STRING)) AS o_clerk, 0 AS o_shippriority,
  CASE WHEN id % 11 = 3 THEN 'many special pending requests here' ELSE 'quick' END AS o_comment
FROM range(1500);

CREATE OR REPLACE TEMP VIEW lineitem AS
SELECT o.id * 4 + 1 AS l_orderkey, (o.id * 7 + l.id * 41) % 200 + 1 AS l_partkey,
  ((o.id * 7 + l.id * 41) % 200 + (o.id DIV 3 + l.id) % 4 * 15) % 60 + 1 AS l_suppkey,
  CAST(l.id + 1 AS INT) AS l_linenumber, CAST(1 + (o.id * 13 + l.id * 7) % 50 AS DECIMAL(12,2)) AS l_quantity,
  CAST((90000 + (o.id * 6151 + l.id * 3571) % 9000000) / 100 AS DECIMAL(12,2)) AS l_extendedprice,
  CAST((o.id + l.id) % 11 / 100 AS DECIMAL(12,2)) AS l_discount, CAST((o.id * 3 + l.id) % 9 / 100 AS DECIMAL(12,2)) AS l_tax,
  array('R', 'A', 'N')[CAST((o.id + l.id) % 3 AS INT)] AS l_returnflag, array('O', 'F')[CAST((o.id + l.id) % 2 AS INT)] AS l_linestatus,
  date_add(DATE '1992-01-01', CAST(o.id * 101 % 2406 + 1 + (o.id + l.id * 29) % 121 AS INT)) AS l_shipdate,
  date_add(DATE '1992-01-01', CAST(o.id * 101 % 2406 + 30 + (o.id * 7 + l.id * 11) % 61 AS INT)) AS l_commitdate,
  date_add(DATE '1992-01-01', CAST(o.id * 101 % 2406 + 2 + (o.id + l.id * 29) % 121 + (o.id * 3 + l.id) % 30 AS INT)) AS l_receiptdate,
  array('DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN')[CAST((o.id + l.id) % 4 AS INT)] AS l_shipinstruct,
  array('REG AIR', 'AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB')[CAST((o.id * 5 + l.id) % 7 AS INT)] AS l_shipmode, 'furiously' AS l_comment
FROM range(1500) o CROSS JOIN range(7) l WHERE l.id <= o.id % 7;

-- 1
SELECT l_returnflag, l_linestatus, sum(l_quantity) AS sum_qty, sum(l_extendedprice) AS sum_base_price,
  sum(l_extendedprice * (1 - l_discount)) AS sum_disc_price, sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)) AS sum_charge,
  avg(l_quantity) AS avg_qty, avg(l_extendedprice) AS avg_price, avg(l_discount) AS avg_disc, count(*) AS count_order
FROM lineitem WHERE l_shipdate <= date '1998-12-01' - interval '90' day
GROUP BY l_returnflag, l_linestatus ORDER BY l_returnflag, l_linestatus;

-- 2
SELECT s_acctbal, s_name, n_name, p_partkey, p_mfgr, s_address, s_phone, s_comment
FROM part, supplier, partsupp, nation, region
WHERE p_partkey = ps_partkey AND s_suppkey = ps_suppkey AND p_size < 25 AND p_type LIKE '%BRASS' AND s_nationkey = n_nationkey
  AND n_regionkey = r_regionkey AND r_name = 'EUROPE'
  AND ps_supplycost = (SELECT min(ps_supplycost) FROM partsupp, supplier, nation, region
    WHERE p_partkey = ps_partkey AND s_suppkey = ps_suppkey AND s_nationkey = n_nationkey AND n_regionkey = r_regionkey AND r_name = 'EUROPE')
ORDER BY s_acctbal DESC, n_name, s_name, p_partkey LIMIT 100;

-- 3
SELECT l_orderkey, sum(l_extendedprice * (1 - l_discount)) AS revenue, o_orderdate, o_shippriority
FROM customer, orders, lineitem
WHERE c_mktsegment = 'BUILDING' AND c_custkey = o_custkey AND l_orderkey = o_orderkey AND o_orderdate < date '1995-03-15' AND l_shipdate > date '1995-03-15'
GROUP BY l_orderkey, o_orderdate, o_shippriority ORDER BY revenue DESC, o_orderdate, l_orderkey LIMIT 10;

-- 4
SELECT o_orderpriority, count(*) AS order_count FROM orders
WHERE o_orderdate >= date '1993-07-01' AND o_orderdate < date '1993-07-01' + interval '3' month
  AND EXISTS (SELECT * FROM lineitem WHERE l_orderkey = o_orderkey AND l_commitdate < l_receiptdate)
GROUP BY o_orderpriority ORDER BY o_orderpriority;

-- 5
SELECT n_name, sum(l_extendedprice * (1 - l_discount)) AS revenue
FROM customer, orders, lineitem, supplier, nation, region
WHERE c_custkey = o_custkey AND l_orderkey = o_orderkey AND l_suppkey = s_suppkey AND c_nationkey = s_nationkey AND s_nationkey = n_nationkey
  AND n_regionkey = r_regionkey AND r_name = 'ASIA' AND o_orderdate >= date '1994-01-01' AND o_orderdate < date '1994-01-01' + interval '1' year
GROUP BY n_name ORDER BY revenue DESC;

-- 6
SELECT sum(l_extendedprice * l_discount) AS revenue FROM lineitem
WHERE l_shipdate >= date '1994-01-01' AND l_shipdate < date '1994-01-01' + interval '1' year AND l_discount BETWEEN .06 - 0.01 AND .06 + 0.01 AND l_quantity < 24;

-- 7
SELECT supp_nation, cust_nation, l_year, sum(volume) AS revenue
FROM (SELECT n1.n_name AS supp_nation, n2.n_name AS cust_nation, year(l_shipdate) AS l_year, l_extendedprice * (1 - l_discount) AS volume
  FROM supplier, lineitem, orders, customer, nation n1, nation n2
  WHERE s_suppkey = l_suppkey AND o_orderkey = l_orderkey AND c_custkey = o_custkey AND s_nationkey = n1.n_nationkey AND c_nationkey = n2.n_nationkey
    AND ((n1.n_name = 'FRANCE' AND n2.n_name = 'GERMANY') OR (n1.n_name = 'GERMANY' AND n2.n_name = 'FRANCE'))
    AND l_shipdate BETWEEN date '1995-01-01' AND date '1996-12-31') AS shipping
GROUP BY supp_nation, cust_nation, l_year ORDER BY supp_nation, cust_nation, l_year;

-- 8
SELECT o_year, sum(CASE WHEN nation = 'BRAZIL' THEN volume ELSE 0 END) / sum(volume) AS mkt_share
FROM (SELECT year(o_orderdate) AS o_year, l_extendedprice * (1 - l_discount) AS volume, n2.n_name AS nation
  FROM part, supplier, lineitem, orders, customer, nation n1, nation n2, region
  WHERE p_partkey = l_partkey AND s_suppkey = l_suppkey AND l_orderkey = o_orderkey AND o_custkey = c_custkey AND c_nationkey = n1.n_nationkey
    AND n1.n_regionkey = r_regionkey AND r_name = 'AMERICA' AND s_nationkey = n2.n_nationkey AND o_orderdate BETWEEN date '1995-01-01' AND date '1996-12-31'
    AND p_type LIKE 'ECONOMY%STEEL') AS all_nations
GROUP BY o_year ORDER BY o_year;

-- 9
SELECT nation, o_year, sum(amount) AS sum_profit
FROM (SELECT n_name AS nation, year(o_orderdate) AS o_year, l_extendedprice * (1 - l_discount) - ps_supplycost * l_quantity AS amount
  FROM part, supplier, lineitem, partsupp, orders, nation
  WHERE s_suppkey = l_suppkey AND ps_suppkey = l_suppkey AND ps_partkey = l_partkey AND p_partkey = l_partkey AND o_orderkey = l_orderkey
    AND s_nationkey = n_nationkey AND p_name LIKE '%green%') AS profit
GROUP BY nation, o_year ORDER BY nation, o_year DESC;

-- 10
SELECT c_custkey, c_name, sum(l_extendedprice * (1 - l_discount)) AS revenue, c_acctbal, n_name, c_address, c_phone, c_comment
FROM customer, orders, lineitem, nation
WHERE c_custkey = o_custkey AND l_orderkey = o_orderkey AND o_orderdate >= date '1993-10-01' AND o_orderdate < date '1993-10-01' + interval '3' month
  AND l_returnflag = 'R' AND c_nationkey = n_nationkey
GROUP BY c_custkey, c_name, c_acctbal, c_phone, n_name, c_address, c_comment ORDER BY revenue DESC, c_custkey LIMIT 20;

-- 11
SELECT ps_partkey, sum(ps_supplycost * ps_availqty) AS value FROM partsupp, supplier, nation
WHERE ps_suppkey = s_suppkey AND s_nationkey = n_nationkey AND n_name = 'GERMANY'
GROUP BY ps_partkey HAVING sum(ps_supplycost * ps_availqty) > (
  SELECT sum(ps_supplycost * ps_availqty) * 0.01 FROM partsupp, supplier, nation
  WHERE ps_suppkey = s_suppkey AND s_nationkey = n_nationkey AND n_name = 'GERMANY')
ORDER BY value DESC, ps_partkey;

-- 12
SELECT l_shipmode, sum(CASE WHEN o_orderpriority = '1-URGENT' OR o_orderpriority = '2-HIGH' THEN 1 ELSE 0 END) AS high_line_count,
  sum(CASE WHEN o_orderpriority <> '1-URGENT' AND o_orderpriority <> '2-HIGH' THEN 1 ELSE 0 END) AS low_line_count
FROM orders, lineitem
WHERE o_orderkey = l_orderkey AND l_shipmode IN ('MAIL', 'SHIP') AND l_commitdate < l_receiptdate AND l_shipdate < l_commitdate
  AND l_receiptdate >= date '1994-01-01' AND l_receiptdate < date '1994-01-01' + interval '1' year
GROUP BY l_shipmode ORDER BY l_shipmode;

-- 13
SELECT c_count, count(*) AS custdist
FROM (SELECT c_custkey, count(o_orderkey) AS c_count FROM customer LEFT OUTER JOIN orders ON c_custkey = o_custkey AND o_comment NOT LIKE '%special%requests%'
  GROUP BY c_custkey) AS c_orders
GROUP BY c_count ORDER BY custdist DESC, c_count DESC;

-- 14
SELECT 100.00 * sum(CASE WHEN p_type LIKE 'PROMO%' THEN l_extendedprice * (1 - l_discount) ELSE 0 END) / sum(l_extendedprice * (1 - l_discount)) AS promo_revenue
FROM lineitem, part WHERE l_partkey = p_partkey AND l_shipdate >= date '1995-09-01' AND l_shipdate < date '1995-09-01' + interval '1' month;

-- 15
WITH revenue AS (
  SELECT l_suppkey AS supplier_no, sum(l_extendedprice * (1 - l_discount)) AS total_revenue FROM lineitem
  WHERE l_shipdate >= date '1996-01-01' AND l_shipdate < date '1996-01-01' + interval '3' month GROUP BY l_suppkey)
SELECT s_suppkey, s_name, s_address, s_phone, total_revenue FROM supplier, revenue
WHERE s_suppkey = supplier_no AND total_revenue = (SELECT max(total_revenue) FROM revenue) ORDER BY s_suppkey;

-- 16
SELECT p_brand, p_type, p_size, count(DISTINCT ps_suppkey) AS supplier_cnt FROM partsupp, part
WHERE p_partkey = ps_partkey AND p_brand <> 'Brand#45' AND p_type NOT LIKE 'MEDIUM POLISHED%' AND p_size IN (49, 14, 23, 45, 19, 3, 36, 9)
  AND ps_suppkey NOT IN (SELECT s_suppkey FROM supplier WHERE s_comment LIKE '%Customer%Complaints%')
GROUP BY p_brand, p_type, p_size ORDER BY supplier_cnt DESC, p_brand, p_type, p_size;

-- 17
SELECT sum(l_extendedprice) / 7.0 AS avg_yearly FROM lineitem, part
WHERE p_partkey = l_partkey AND p_brand = 'Brand#11' AND p_container LIKE '% CASE'
  AND l_quantity < (SELECT 0.2 * avg(l_quantity) FROM lineitem WHERE l_partkey = p_partkey);

-- 18
SELECT c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice, sum(l_quantity) FROM customer, orders, lineitem
WHERE o_orderkey IN (SELECT l_orderkey FROM lineitem GROUP BY l_orderkey HAVING sum(l_quantity) > 200) AND c_custkey = o_custkey AND o_orderkey = l_orderkey
GROUP BY c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice ORDER BY o_totalprice DESC, o_orderdate, o_orderkey LIMIT 100;

-- 19
SELECT sum(l_extendedprice * (1 - l_discount)) AS revenue FROM lineitem, part
WHERE (p_partkey = l_partkey AND p_brand = 'Brand#11' AND p_container IN ('SM CASE', 'SM BOX', 'SM PACK', 'SM PKG') AND l_quantity >= 1 AND l_quantity <= 11
    AND p_size BETWEEN 1 AND 15 AND l_shipmode IN ('AIR', 'REG AIR'))
  OR (p_partkey = l_partkey AND p_brand = 'Brand#24' AND p_container IN ('MED BAG', 'MED BOX', 'MED PKG', 'MED PACK') AND l_quantity >= 10 AND l_quantity <= 40
    AND p_size BETWEEN 1 AND 40 AND l_shipmode IN ('AIR', 'REG AIR'))
  OR (p_partkey = l_partkey AND p_brand = 'Brand#32' AND p_container IN ('LG CASE', 'LG BOX', 'LG PACK', 'LG PKG') AND l_quantity >= 5 AND l_quantity <= 45
    AND p_size BETWEEN 1 AND 45 AND l_shipmode IN ('AIR', 'REG AIR'));

-- 20
SELECT s_name, s_address FROM supplier, nation
WHERE s_suppkey IN (SELECT ps_suppkey FROM partsupp WHERE ps_partkey IN (SELECT p_partkey FROM part WHERE p_name LIKE 'forest%')
    AND ps_availqty > (SELECT 0.5 * sum(l_quantity) FROM lineitem WHERE l_partkey = ps_partkey AND l_suppkey = ps_suppkey
      AND l_shipdate >= date '1994-01-01' AND l_shipdate < date '1994-01-01' + interval '1' year))
  AND s_nationkey = n_nationkey AND n_name = 'GERMANY' ORDER BY s_name;

-- 21
SELECT s_name, count(*) AS numwait FROM supplier, lineitem l1, orders, nation
WHERE s_suppkey = l1.l_suppkey AND o_orderkey = l1.l_orderkey AND o_orderstatus = 'F' AND l1.l_receiptdate > l1.l_commitdate
  AND EXISTS (SELECT * FROM lineitem l2 WHERE l2.l_orderkey = l1.l_orderkey AND l2.l_suppkey <> l1.l_suppkey)
  AND NOT EXISTS (SELECT * FROM lineitem l3 WHERE l3.l_orderkey = l1.l_orderkey AND l3.l_suppkey <> l1.l_suppkey AND l3.l_receiptdate > l3.l_commitdate)
  AND s_nationkey = n_nationkey AND n_name = 'ETHIOPIA'
GROUP BY s_name ORDER BY numwait DESC, s_name LIMIT 100;

-- 22
SELECT cntrycode, count(*) AS numcust, sum(c_acctbal) AS totacctbal
FROM (SELECT substring(c_phone, 1, 2) AS cntrycode, c_acctbal FROM customer
  WHERE substring(c_phone, 1, 2) IN ('13', '31', '23', '29', '30', '18', '17')
    AND c_acctbal > (SELECT avg(c_acctbal) FROM customer WHERE c_acctbal > 0.00 AND substring(c_phone, 1, 2) IN ('13', '31', '23', '29', '30', '18', '17'))
    AND NOT EXISTS (SELECT * FROM orders WHERE o_custkey = c_custkey)) AS custsale
GROUP BY cntrycode ORDER BY cntrycode;

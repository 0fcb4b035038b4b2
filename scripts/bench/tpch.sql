TABLE region (r_regionkey INT, r_name STRING, r_comment STRING) AS
SELECT i, ['AFRICA', 'AMERICA', 'ASIA', 'EUROPE', 'MIDDLE EAST'][i + 1], 'none' FROM range(5) t(i);

TABLE nation (n_nationkey INT, n_name STRING, n_regionkey INT, n_comment STRING) AS
SELECT i, ['ALGERIA', 'ARGENTINA', 'BRAZIL', 'CANADA', 'EGYPT', 'ETHIOPIA', 'FRANCE', 'GERMANY', 'INDIA', 'INDONESIA', 'IRAN', 'IRAQ', 'JAPAN', 'JORDAN',
  'KENYA', 'MOROCCO', 'MOZAMBIQUE', 'PERU', 'CHINA', 'ROMANIA', 'SAUDI ARABIA', 'VIETNAM', 'RUSSIA', 'UNITED KINGDOM', 'UNITED STATES'][i + 1],
  [0, 1, 1, 1, 4, 0, 3, 3, 2, 2, 4, 4, 2, 4, 0, 0, 0, 1, 2, 3, 4, 2, 3, 3, 1][i + 1], 'none' FROM range(25) t(i);

TABLE supplier (s_suppkey BIGINT, s_name STRING, s_address STRING, s_nationkey INT, s_phone STRING, s_acctbal DECIMAL(15,2), s_comment STRING) AS
SELECT i, 'Supplier#' || lpad(i::VARCHAR, 9, '0'), md5(i::VARCHAR)[:20], rnd(i) % 25, (10 + rnd(i) % 25)::VARCHAR || '-' || (100 + rnd(i + 1) % 900)::VARCHAR || '-555-1234',
  (rnd(i + 2) % 1099999 - 99999.0) / 100,
  CASE WHEN i % 2000 = 7 THEN 'slyly Customer about the Complaints' ELSE 'carefully regular deposits nag ' || md5((i + 3)::VARCHAR) END
FROM range(1, %d + 1) t(i);

TABLE customer (c_custkey BIGINT, c_name STRING, c_address STRING, c_nationkey INT, c_phone STRING, c_acctbal DECIMAL(15,2), c_mktsegment STRING, c_comment STRING) AS
SELECT i, 'Customer#' || lpad(i::VARCHAR, 9, '0'), md5(i::VARCHAR)[:25], rnd(i) % 25, (10 + rnd(i) % 25)::VARCHAR || '-' || (100 + rnd(i + 1) % 900)::VARCHAR || '-555-4321',
  (rnd(i + 2) % 1099999 - 99999.0) / 100, ['BUILDING', 'AUTOMOBILE', 'MACHINERY', 'HOUSEHOLD', 'FURNITURE'][1 + rnd(i + 3) % 5],
  'furiously even instructions ' || md5((i + 4)::VARCHAR) || md5((i + 5)::VARCHAR)[:10]
FROM range(1, %d * 15 + 1) t(i);

TABLE part (p_partkey BIGINT, p_name STRING, p_mfgr STRING, p_brand STRING, p_type STRING, p_size INT, p_container STRING, p_retailprice DECIMAL(15,2), p_comment STRING) AS
SELECT i, c[1 + rnd(i) % 20] || ' ' || c[1 + rnd(i + 1) % 20] || ' ' || c[1 + rnd(i + 2) % 20], 'Manufacturer#' || (1 + rnd(i + 3) % 5)::VARCHAR,
  'Brand#' || (1 + rnd(i + 3) % 5)::VARCHAR || (1 + rnd(i + 4) % 5)::VARCHAR,
  ['STANDARD', 'SMALL', 'MEDIUM', 'LARGE', 'ECONOMY', 'PROMO'][1 + rnd(i + 5) % 6] || ' ' || ['ANODIZED', 'BURNISHED', 'PLATED', 'POLISHED', 'BRUSHED'][1 + rnd(i + 6) % 5] || ' ' ||
    ['TIN', 'NICKEL', 'BRASS', 'STEEL', 'COPPER'][1 + rnd(i + 7) % 5],
  1 + rnd(i + 8) % 50, ['SM', 'LG', 'MED', 'JUMBO', 'WRAP'][1 + rnd(i + 9) % 5] || ' ' || ['CASE', 'BOX', 'BAG', 'JAR', 'PKG', 'PACK', 'CAN', 'DRUM'][1 + rnd(i + 10) % 8],
  (90000 + i // 10 % 20001 + 100 * (i % 1000)) / 100, md5(i::VARCHAR)[:14]
FROM range(1, %d * 20 + 1) t(i), (SELECT ['almond', 'antique', 'aquamarine', 'azure', 'beige', 'bisque', 'black', 'blue', 'blush', 'brown', 'burlywood', 'chartreuse', 'forest', 'green', 'ivory', 'lime', 'misty',
  'rose', 'sky', 'tan'] AS c);

TABLE partsupp (ps_partkey BIGINT, ps_suppkey BIGINT, ps_availqty INT, ps_supplycost DECIMAL(15,2), ps_comment STRING) AS
SELECT p, (p + s * (%d // 4 + (p - 1) // %d)) % %d + 1, 1 + rnd(p * 4 + s) % 9999, (100 + rnd(p * 4 + s + 1) % 99901) / 100, 'quickly final ' || md5(p::VARCHAR) || md5(s::VARCHAR)
FROM range(1, %d * 20 + 1) t(p), range(4) u(s);

TABLE orders (o_orderkey BIGINT, o_custkey BIGINT, o_orderstatus STRING, o_totalprice DECIMAL(15,2), o_orderdate DATE, o_orderpriority STRING, o_clerk STRING, o_shippriority INT, o_comment STRING) AS
SELECT i // 8 * 32 + i % 8, (1 + rnd(i) % (%d * 5)) * 3 - rnd(i + 1) % 2, ['F', 'O', 'F', 'O', 'P'][1 + rnd(i + 2) % 5], (85000 + rnd(i + 3) % 45000000) / 100,
  DATE '1992-01-01' + (rnd(i + 4) % 2406)::INT, ['1-URGENT', '2-HIGH', '3-MEDIUM', '4-NOT SPECIFIED', '5-LOW'][1 + rnd(i + 5) % 5], 'Clerk#' || lpad((rnd(i + 6) % 1000)::VARCHAR, 9, '0'), 0,
  CASE WHEN rnd(i + 7) % 90 = 0 THEN 'ironic special pinto requests ' ELSE 'final packages boost ' END || md5(i::VARCHAR)[:20]
FROM range(1, %d * 150 + 1) t(i);

TABLE lineitem (l_orderkey BIGINT, l_partkey BIGINT, l_suppkey BIGINT, l_linenumber INT, l_quantity DECIMAL(15,2), l_extendedprice DECIMAL(15,2), l_discount DECIMAL(15,2), l_tax DECIMAL(15,2),
  l_returnflag STRING, l_linestatus STRING, l_shipdate DATE, l_commitdate DATE, l_receiptdate DATE, l_shipinstruct STRING, l_shipmode STRING, l_comment STRING) AS
SELECT o_orderkey, p, (p + h % 4 * (%d // 4 + (p - 1) // %d)) % %d + 1, n, q, q * (90000 + p // 10 % 20001 + 100 * (p % 1000)) / 100, (h // 4 % 11) / 100, (h // 64 % 9) / 100,
  CASE WHEN shipped + 15 > DATE '1995-06-17' THEN 'N' WHEN h // 256 % 2 = 0 THEN 'R' ELSE 'A' END, CASE WHEN shipped > DATE '1995-06-17' THEN 'O' ELSE 'F' END,
  shipped, o_orderdate + (30 + h // 1024 % 61)::INT, shipped + (1 + h // 65536 % 30)::INT,
  ['DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN'][1 + h // 4194304 % 4], ['REG AIR', 'AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB'][1 + h // 16777216 % 7], md5(h::VARCHAR)[:27]
FROM (SELECT o_orderkey, o_orderdate, n, h, 1 + rnd(h) % (%d * 20) AS p, 1 + rnd(h + 1) % 50 AS q, o_orderdate + (1 + rnd(h + 2) % 121)::INT AS shipped
  FROM (SELECT o_orderkey, o_orderdate, unnest(range(1, 2 + (rnd(o_orderkey) % 7)::INT)) AS n, rnd(o_orderkey * 8 + n) AS h FROM orders));

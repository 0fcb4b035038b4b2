-- JSON as structured values, and other texts that hold them.
select from_json('{"a":1,"b":"x"}', 'a INT, b STRING') j;
select from_json('{"a":1.5,"b":2}', 'a INT, b STRING') j, from_json('{"a":"1"}', 'a INT') k;
select from_json('{"a":', 'a INT') j, from_json('', 'a int') k, from_json(null, 'a int') l, from_json('null','a int') m, from_json('[1]', 'a int') n, from_json('7','a int') o;
select from_json('[1,2,null]', 'array<int>') j, from_json('{"a":1}', 'array<struct<a:int>>') k, from_json('{"k":1,"z":2}', 'map<string,int>') m, from_json('x', 'array<int>') n;
select from_json('{"a":{"b":[1,"x"]},"c":{"d":null}}', 'a struct<b:array<int>>, c map<string,string>') j;
select from_json('{"t":"2020-01-01 10:00:00","d":"2020-02-03","n":1.239,"f":"NaN","g":1e3,"z":true}', 't timestamp, d date, n decimal(10,2), f double, g float, z boolean') j;
select from_json('{"s":{"x":1, "y":[1,2]},"n":1.50,"b":true}', 's string, n string, b string') j;
select from_json('{"a":1,"a":2}', 'a int') j, from_json("{'a':1}", 'a int') k, from_json('{"A":1}', 'a int') l, from_json('{"a":1} trailing', 'a int') m;
select from_json(c, 'a int').a x from values ('{"a":1}'), ('{"a":"z"}'), (null) t(c) order by x;
select from_json('{"a":3000000000}', 'a int') j, from_json('{"a":3000000000}', 'a bigint') k, from_json('{"a":"\\u00e9\\n"}', 'a string') l;
select to_json(named_struct('a',1,'b','x"y','c',null)) j, to_json(array(1,null,2)) k, to_json(map('k',1.5d,'z',null)) l, to_json(named_struct('d',date'2020-01-01','t',timestamp'2020-01-01 10:00:00.123456','f',double('NaN'),'n',1.50)) m;
select to_json(array(named_struct('a',array(1,2)))) j, to_json(cast(null as struct<a:int>)) k, to_json(map(1,'x')) m, to_json(array()) n;
select schema_of_json('{"a":1,"b":[1.5,2],"c":{"d":null},"e":"x"}') s, schema_of_json('[]') t, schema_of_json('[{"col":0.1},{"col":2}]') u;
select json_tuple('{"a":1,"b":"x","c":{"d":2}}', 'a','b','c','z');
select t.id, j.x, j.y from values (1,'{"a":1,"b":2}'),(2,'bad') t(id,s) lateral view json_tuple(s,'a','b') j as x, y order by id;
select str_to_map('a:1,b:2') a, str_to_map('a=1;b','; ') b, str_to_map('a=1;b',';','=') c, str_to_map('x') d, str_to_map(null) e, str_to_map('') f;
select from_json('{"a":1}', 'a INT', map('mode','FAILFAST')) j;
select from_json('{"a":"x"}', 'a INT', map('mode','FAILFAST')) j;

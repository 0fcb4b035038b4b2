-- Arrays, maps, structs: constructors, access, casts.
select array(1,2,null) a, array() b, array(1, 2.5d) c, array('a', null) d;
select array(1,2)[0] a, array(1,2)[5] b, array(1,2)[-1] c, array(1,2)[x] d from (select 1 x);
select struct(1, 'a') s, named_struct('a', 1, 'b', array(1,2)) t, (1, 'x') u;
select s.a, s.b, s.c.d from (select named_struct('a',1,'b','x','c',named_struct('d', 2.5d)) s);
select map('a', 1, 'b', 2) m, map('a', 1)['a'] v, map('a',1)['z'] w, map(1, 'x')[1] y, map() e;
select m.k from (select map('k', 5) m);
select a.x from (select array(named_struct('x',1,'y',2), named_struct('x',3,'y',4)) a);
select cast(array(1,2,null) as string) a, cast(map('a',1,'b',null) as string) m, cast(struct(1,'x',null) as string) s, cast(array() as string) e, cast(cast(null as array<int>) as string) n;
select cast(array('1','x') as array<int>) a, cast(named_struct('a','1') as struct<b:int>) b, cast(map('1','2') as map<int,double>) c;
select array(1,2) = array(1,2) a, struct(1,null) = struct(1,null) b, array(1) = array(1L) c, struct(1,2) <=> struct(1,3) d;
select struct(*) s from (select 1 a, 'x' b);
select struct(a, b as c, a+1) s from (select 1 a, 'x' b);
select t.s.a z, array(array(1,2),array(3))[0][1] q from (select struct(1 as a) s) t;
select case when true then array(1) else array(2L) end x, coalesce(null, array(1)) y;
select array(1) union all select array(2.5d);
select array(struct(1 as a, 2 as b)) x union all select array(struct(1L, 'a'));
select (1,2), struct(1,'a'), array(1,2)[0], map('a',1)['a'], named_struct('a',1).a;
select array(1,null)[1], map(1,null)[1] ;

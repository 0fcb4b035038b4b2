-- sequence.
select sequence(1,5), sequence(5,1), sequence(1,1), sequence(1,10,3), sequence(10,1,-3), sequence(cast(1 as tinyint), 3Y), sequence(1, 5L);
select sequence(1,5,-1);
select sequence(1,1,0), sequence(null,1), sequence(1,null), sequence(1,2,null);
select sequence(date'2020-01-01', date'2020-01-04'), sequence(date'2020-01-31', date'2020-06-01', interval 1 month), sequence(date'2020-01-03', date'2020-01-01');
select sequence(date'2020-01-01', date'2020-01-10', interval 3 days), sequence(date'2020-03-01', date'2020-01-01', interval -1 month), sequence(date'2020-01-01', date'2022-01-01', interval 1 year);
select sequence(timestamp'2020-01-01 00:00:00', timestamp'2020-01-01 03:00:00', interval 1 hour), sequence(timestamp'2020-01-01 10:00:00', timestamp'2020-01-03 09:00:00');
select explode(sequence(date'2020-02-27', date'2020-03-01')) d;
select sequence(date'2020-01-01', date'2020-01-03', interval -1 day);
select id, s from (select id, sequence(1, id) s from values 1,3,null as t(id)) order by id;
select sequence(date'2020-01-01', timestamp'2020-01-02 12:00:00');
select sequence('1', 2);

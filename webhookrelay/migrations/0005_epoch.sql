-- In which epoch of the log an operation was last on its way: what an earlier one
-- knew of it may be less than what was done, for a new epoch is a log that lost
-- something.
alter table op add column epoch text not null default '';
update op set epoch = (select cast(value as text) from meta where key = 'epoch');

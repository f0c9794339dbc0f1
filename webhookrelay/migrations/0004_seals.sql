-- What a POST's body was when it came: sha256(salt || seq || hook || at || body),
-- salted so that one that was erased cannot be confirmed by guessing, and gone
-- with the row. Those that are here already have none and cannot be checked: they
-- end at the sequence that meta remembers.
alter table raw add column salt blob;
alter table raw add column digest blob;
insert into meta (key, value) select 'unsealed', cast(cast(coalesce(max(seq), 0) as text) as blob) from event;
-- In which epoch of the log an operation was last on its way: what an earlier one
-- knew of it may be less than what was done, for a new epoch is a log that lost
-- something.
alter table op add column epoch text not null default '';
update op set epoch = (select cast(value as text) from meta where key = 'epoch');

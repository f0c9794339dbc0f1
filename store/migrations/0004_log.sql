-- What the promises about dead tokens and about replies that wait need.

-- The paused accounts of which one message may find out whether they work again.
-- asked: a person wants to be told, also where they do not.
create table intent_try (
    account text    primary key,
    asked   integer not null default 0
) strict, without rowid;

-- How the team was last told that a send waits on this terminal. Once it has
-- left, the log knows more.
create table intent_told (
    op    text primary key,
    state text not null
) strict, without rowid;
create trigger intent_told_left after update of state on intent_job when new.state not in ('queued', 'held', 'sending') begin
    delete from intent_told where op = new.op;
end;
create trigger intent_told_gone after delete on intent_job begin
    delete from intent_told where op = old.op;
end;
-- What the promise needs that a log which went back is noticed.

-- The hash of the relay's chain at seq, in hex; empty where it is not known.
alter table log add column hash text not null default '';

-- What the promises about dead tokens need.

-- The paused accounts of which one message may find out whether they work again.
-- asked: a person wants to be told, also where they do not.
create table intent_try (
    account text    primary key,
    asked   integer not null default 0
) strict, without rowid;

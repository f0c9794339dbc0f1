-- How often this agent used what the team shares, to offer the usual first. It is
-- nobody else's business.
create table intent_use (
    what      text    not null,
    name      text    not null,
    uses      integer not null,
    last_used integer not null,
    primary key (what, name)
) strict, without rowid;

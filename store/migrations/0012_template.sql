-- When the network was last asked, which is no fact of the log: a list that stays the
-- same is told once.
alter table template_list add column looked_at integer not null default 0;

-- Parts of a list that are here while others are not.
create table template_page (
    account   text    not null,
    list      text    not null,
    part      integer not null,
    parts     integer not null,
    templates text    not null,
    primary key (account, list, part)
) strict, without rowid;

-- Who submitted or changed a template last, and what became of it.
create table template_author (
    account  text    not null,
    name     text    not null,
    language text    not null,
    agent    text    not null,
    at       integer not null,
    status   text    not null,
    reason   text    not null,
    primary key (account, name, language)
) strict, without rowid;

-- What the promises about broken stores, events that cannot be applied, and
-- erasure need.

-- scrub: text of somebody erased may still be in the files.
-- store names this very file, so that a journal of another is not taken for its
-- own; writes makes every journal hold that name.
alter table log add column scrub integer not null default 0;
alter table log add column store text not null default '';
alter table log add column writes integer not null default 0;
update log set store = lower(hex(randomblob(8)));

-- Facts this program could not apply: kept as they came, counted, and applied
-- by a rebuild with a program that can.
create table aside (
    seq          integer primary key,
    conversation text not null,
    kind         text not null,
    reason       text not null,
    event        text not null
) strict;

-- The events of late as they came, a run per row, to be given back to a relay
-- that lost them.
create table journal (
    first  integer primary key,
    last   integer not null,
    at     integer not null,
    events text    not null
) strict;

-- Who was erased, by the keyed hash alone: receipts that come later belong to
-- nobody.
create table erased (
    conversation text primary key,
    seq          integer not null
) strict, without rowid;

alter table waiting add column conversation text not null default '';
create index waiting_conversation on waiting (conversation) where conversation <> '';

-- A thread is in the order of the log, whatever any clock said.
drop index message_thread;
create index message_thread on message (conversation) where kind <> 'reaction';

insert into message_fts (message_fts, rank) values ('secure-delete', 1);

-- Whose the rows of intent are, by public name: facts may be broken or fetched
-- again, and their keys with them.
create table intent_conversation (
    conversation integer primary key,
    id           text not null,
    account      text not null,
    chat         text not null
) strict;
insert into intent_conversation
    select c.key, c.id, a.id, c.chat from conversation c join account a on a.key = c.account
    where c.key in (select conversation from intent_draft union select conversation from intent_publication
        union select conversation from intent_job union select conversation from intent_seen);
create trigger intent_draft_named after insert on intent_draft begin
    insert or replace into intent_conversation select c.key, c.id, a.id, c.chat
        from conversation c join account a on a.key = c.account where c.key = new.conversation;
end;
create trigger intent_draft_moved after update of conversation on intent_draft begin
    insert or replace into intent_conversation select c.key, c.id, a.id, c.chat
        from conversation c join account a on a.key = c.account where c.key = new.conversation;
end;
create trigger intent_publication_named after insert on intent_publication begin
    insert or replace into intent_conversation select c.key, c.id, a.id, c.chat
        from conversation c join account a on a.key = c.account where c.key = new.conversation;
end;
create trigger intent_publication_moved after update of conversation on intent_publication begin
    insert or replace into intent_conversation select c.key, c.id, a.id, c.chat
        from conversation c join account a on a.key = c.account where c.key = new.conversation;
end;
create trigger intent_seen_named after insert on intent_seen begin
    insert or replace into intent_conversation select c.key, c.id, a.id, c.chat
        from conversation c join account a on a.key = c.account where c.key = new.conversation;
end;

-- Intent that was saved out of another store and waits for its conversations
-- to be here again.
create table intent_carried (
    key  integer primary key,
    item text not null
) strict;

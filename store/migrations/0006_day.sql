-- What an agent's day needs beyond messages: what comes next in a conversation,
-- who is on it, what the team knows of a person, and what the team shares.

-- Of a snoozed one: until when; 0 where only the customer's next message ends it.
alter table conversation add column snoozed_until integer not null default 0;
alter table conversation add column priority integer not null default 0;
alter table conversation add column priority_seq integer not null default 0;
alter table conversation add column team text not null default '';
alter table conversation add column followers text not null default '[]';
-- The conversation whose contact this one's is too; empty for itself.
alter table conversation add column contact text not null default '';
alter table conversation add column contact_seq integer not null default 0;
-- What the team knows of the person, as person.
alter table conversation add column person text not null default '{}';
-- Since when it is open: the customer's first word, or a reopening, after the last
-- resolution that one of them followed; 0 for never. One that was undone ended
-- nothing.
alter table conversation add column opened_at integer not null default 0;
with said as (
    select conversation, key, at, content_kind <> 'conversation.resolved' as opens,
        content_kind = 'conversation.reopened' and json_extract(activity, '$.undone') is not null as undoes
    from message where direction = 'in' and kind = 'message' and sent_at > 0
        or kind = 'activity' and content_kind in ('conversation.resolved', 'conversation.reopened')
), meant as (
    select *, lead(undoes, 1, 0) over (partition by conversation order by key) as undone from said
), step as (
    select *, lag(opens, 1, 0) over (partition by conversation order by key) as opened from meant
    where not undoes and (opens or not undone)
), run as (
    select conversation, max(key) as key from step where opens and not opened group by conversation
)
update conversation set opened_at = coalesce((select m.at from run r join message m on m.key = r.key where r.conversation = conversation.key), 0);
create index view_snoozed on conversation (snoozed_until, id) where status = 'snoozed';
create index conversation_contact on conversation (contact) where contact <> '';

-- Of a scheduled send: when it is to go. The message to many it is one of.
alter table message add column due integer not null default 0;
alter table message add column broadcast text not null default '';
create index message_due on message (due) where job = 'scheduled';
create index message_broadcast on message (broadcast) where broadcast <> '';

alter table agent add column role text not null default '';
alter table agent add column available text not null default '';
alter table agent add column available_at integer not null default 0;

create table mention (
    agent        text    not null,
    message      integer not null,
    conversation integer not null,
    seq          integer not null,
    primary key (agent, message)
) strict, without rowid;
create index mention_of on mention (conversation);

-- The last word on what the team shares.
create table setting (
    what  text    not null,
    name  text    not null,
    value text    not null,
    by    text    not null,
    at    integer not null,
    seq   integer not null,
    primary key (what, name)
) strict, without rowid;

-- Messages to many, as event.Broadcast, and where they stand.
create table broadcast (
    id      text    primary key,
    account text    not null,
    body    text    not null,
    stage   text    not null default 'running',
    why     text    not null default '',
    by      text    not null,
    at      integer not null,
    seq     integer not null
) strict, without rowid;

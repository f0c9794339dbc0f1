-- What customers let be sent to them, as the log says: the gateway asks it before
-- the wire. It is made of the log and can be made again.
create table consent (
  conversation text primary key,
  no_marketing text not null default '', -- since when; empty where nothing was said
  no_messages  text not null default '',
  blocked      integer not null default 0
) strict, without rowid;
-- Conversations of one person: joined by the team, or two ids of one chat.
create table consent_link (
  conversation text not null,
  other        text not null,
  joined       integer not null,
  primary key (conversation, other, joined)
) strict, without rowid;
create index consent_link_other on consent_link (other);
-- How far it was made, and the team's words for no more, where they set some.
create table consent_read (
  id    integer primary key check (id = 1),
  seq   integer not null,
  words blob
) strict;
-- Where a broadcast stands is an aspect of it, as others are of a conversation.
insert into aspect (conversation, aspect, seq)
  select 'broadcast:' || json_extract(cast(json as text), '$.body.id'), 'broadcast', max(seq) from event
  where conversation is null and json_extract(cast(json as text), '$.kind') in ('broadcast.defined', 'broadcast.state') group by 1;

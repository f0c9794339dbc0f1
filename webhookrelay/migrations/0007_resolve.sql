-- Resolutions that an account's network is told of, each once: seq is that of the
-- team's word. A row stands for as long as it may be asked what became of it.
create table resolution (
  seq          integer primary key,
  account      text    not null,
  conversation text    not null,
  state        text    not null, -- waiting, telling, told, failed, unsure, dropped
  due_at       text    not null,
  epoch        text    not null, -- of the log that it was taken up in
  tries        integer not null default 0
) strict;
create index resolution_open on resolution (due_at) where state in ('waiting', 'telling');
create index resolution_conversation on resolution (conversation);
-- How far the log was looked through for them: what is older was told, or never.
insert into meta (key, value) select 'resolved', cast(cast(coalesce(max(seq), 0) as text) as blob) from event;

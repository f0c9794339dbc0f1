-- Files of messages that the relay fetches itself: networks keep them for days.
-- sum is the kept file's SHA-256 in hex, empty until it is there.
create table media (
  account      text not null,
  id           text not null,
  conversation text not null,
  want         text not null, -- the hash the message names; empty for none
  state        text not null, -- due, kept, gone
  sum          text not null default '',
  tries        integer not null default 0,
  first_at     text not null,
  next_at      text not null, -- when it is tried again
  primary key (account, id)
) strict, without rowid;
create index media_due on media (next_at) where state = 'due';
create index media_conversation on media (conversation);
create index media_sum on media (sum) where sum <> '';

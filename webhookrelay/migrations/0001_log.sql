-- The relay's log. One file, one writer.
create table meta (
  key   text primary key,
  value blob not null
) strict;

-- One row per sequence number. json is the event as it is streamed; salt keeps
-- the chain of hashes from giving away what an erased row said.
create table event (
  seq    integer primary key,
  dedupe blob not null unique, -- keyed hash of (account, event id): an id can hold a phone number
  raw    integer,              -- the first sequence of the POST it came in; null for team facts
  salt   blob not null,
  json   blob not null,
  hash   blob not null         -- sha256(hash before || seq || sha256(salt || json))
) strict;

-- A webhook's body as it came, once per POST.
create table raw (
  seq  integer primary key, -- the first sequence it made
  hook text not null,
  at   text not null,
  body blob not null
) strict;

-- Which sequence last changed a part of a conversation: all that a
-- precondition needs, and all the relay knows of a conversation.
create table aspect (
  conversation text not null,
  aspect       text not null,
  seq          integer not null,
  primary key (conversation, aspect)
) strict, without rowid;

create table token (
  id         text primary key,
  name       text not null,
  role       text not null,
  hash       blob not null, -- sha256 of the secret
  created_at text not null,
  revoked_at text
) strict;

-- The gateway's operations: one row per operation id, written before the wire.
create table op (
  op         text primary key,
  account    text not null,
  chat       text not null,
  agent      text not null,
  state      text not null, -- sending, sent, failed, unsure, discarded
  attempt    integer not null,
  message    text not null default '',
  error      blob,
  send       blob,          -- the SendState, until the outcome is known
  updated_at text not null
) strict;
create index op_open on op (state) where state in ('sending', 'unsure');

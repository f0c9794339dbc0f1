-- Files of ours that the relay offers to a network which takes them by address
-- alone. The address ends in a secret, of which only the SHA-256 is kept.
create table offer (
  secret       blob primary key,
  account      text not null,
  conversation text not null, -- empty where it is not known whom it is for
  sum          text not null, -- the kept file's SHA-256 in hex
  mime         text not null,
  name         text not null,
  expires_at   text not null
) strict, without rowid;
create index offer_expires on offer (expires_at);
create index offer_conversation on offer (conversation);
create index offer_sum on offer (sum);

-- Files that the team's canned responses go with.
create table file (
  sum    text primary key, -- the kept file's SHA-256 in hex
  size   integer not null,
  put_at text not null     -- when it was last handed in; empty once it is to go
) strict, without rowid;
-- Which of them each canned response names now: the last word of the log on it.
create table canned_file (
  name text not null,
  sum  text not null,
  primary key (name, sum)
) strict, without rowid;
create index canned_file_sum on canned_file (sum);

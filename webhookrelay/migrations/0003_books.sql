-- What the relay counted, one row per hook, moved in the commit of what it
-- counts. posts_received = stored + duplicate + quarantined + refused, and the
-- same of events. rejected is outside: nothing of it was ever read as ours.
create table book (
  hook               text primary key, -- '' for addresses that are no hook
  posts_received     integer not null default 0,
  posts_stored       integer not null default 0,
  posts_duplicate    integer not null default 0,
  posts_quarantined  integer not null default 0,
  posts_refused      integer not null default 0,
  events_received    integer not null default 0,
  events_stored      integer not null default 0,
  events_duplicate   integer not null default 0,
  events_quarantined integer not null default 0,
  events_refused     integer not null default 0,
  again_stored       integer not null default 0, -- events that reprocessing found
  again_quarantined  integer not null default 0, -- and what it could not place
  rejected           integer not null default 0
) strict, without rowid;

-- What was signed and could not be placed, by the sequence of its
-- hook.quarantined. The body is the POST's in raw.
create table quarantine (
  seq     integer primary key,
  raw     integer not null,
  settled integer -- the sequence of its hook.reprocessed
) strict;
create index quarantine_open on quarantine (raw) where settled is null;

-- A log from before the books: what it holds is what it received.
insert into quarantine (seq, raw)
  select seq, raw from event where raw is not null and json ->> '$.kind' = 'hook.quarantined';
insert into book (hook, posts_received, posts_stored, posts_quarantined, events_received, events_stored, events_quarantined)
  select hook, count(*), sum(strange = 0), sum(strange > 0), sum(events), sum(events - strange), sum(strange)
  from (select r.hook, r.seq, count(*) as events, count(q.seq) as strange
        from raw r join event e on e.raw = r.seq left join quarantine q on q.seq = e.seq
        group by r.hook, r.seq)
  group by hook;

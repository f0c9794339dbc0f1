-- Resolutions of which a network is to hear from this terminal, which holds its
-- credential: seq is that of the team's word, telling is set while it is on the wire.
create table intent_resolution (
    seq          integer primary key,
    conversation text    not null,
    due          integer not null,
    telling      integer not null default 0,
    tries        integer not null default 0
) strict;

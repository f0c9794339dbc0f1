-- How many rows the big views have, kept by whoever writes a conversation:
-- counting an index of 100,000 rows takes longer than a frame.

create table tally (
    view text    primary key,
    n    integer not null
) strict, without rowid;
insert into tally (view, n)
    select 'unassigned', count(*) from conversation where status = 'open' and assignee = ''
    union all select 'all', count(*) from conversation where status <> 'resolved'
    union all select 'unread', count(*) from conversation where unread > 0 or marked > 0
    union all select 'resolved', count(*) from conversation where status = 'resolved'
    union all select 'mine/' || assignee, count(*) from conversation
        where status in ('open', 'pending') and assignee <> '' group by assignee;

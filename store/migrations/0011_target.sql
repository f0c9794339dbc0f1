-- What the team's targets are judged by, so that no row of a list is worked out
-- when it is drawn.

-- The customer's first message that no person has answered, by the network's time:
-- neither a rule nor a message to many is an answer. 0 for none.
alter table conversation add column asked_at integer not null default 0;
-- When a person first answered since it is open; 0 for not yet.
alter table conversation add column answered_at integer not null default 0;
-- The first instant at which a target of the team's is missed, and which; 0 and
-- empty for none.
alter table conversation add column target_at integer not null default 0;
alter table conversation add column target_of text not null default '';
with flow as (
    select m.conversation, m.key, m.at, m.sent_at, m.direction = 'in' as asks
    from message m join conversation c on c.key = m.conversation
    where m.at >= c.opened_at and m.kind = 'message' and (m.direction = 'in' and m.sent_at > 0
            and not (m.content_kind = 'choice' and coalesce(json_extract(m.content, '$.chosen.id'), '') like 'csat:%')
        or m.direction = 'out' and m.job in ('sending', 'sent', 'unsure') and m.status <> 2 and m.broadcast = ''
            and json_extract(m.plan, '$.rule') is null)
), step as (
    select *, lag(asks, 1, 0) over (partition by conversation order by key) as asked from flow
), last as (
    select conversation, max(key) filter (where asks and not asked) as asks, max(key) filter (where not asks) as answers,
        min(key) filter (where not asks and asked) as first from step group by conversation
)
update conversation set
    asked_at = coalesce((select m.sent_at from last l join message m on m.key = l.asks
        where l.conversation = conversation.key and l.asks > coalesce(l.answers, 0)), 0),
    answered_at = coalesce((select m.at from last l join message m on m.key = l.first where l.conversation = conversation.key), 0)
where key in (select conversation from last);
-- The status is in it so that counting what is late reads no row.
create index view_due on conversation (target_at, id, status) where target_at > 0;

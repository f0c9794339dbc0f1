-- What a scheduled send says of itself, as plan; null for all others.
alter table message add column plan text;
create index message_scheduled on message (conversation, due) where job = 'scheduled';
-- What customers chose: among it, how they were served.
create index message_choice on message (at) where direction = 'in' and content_kind = 'choice';
-- What was resolved of late: whom to ask how it was.
create index conversation_resolved_at on conversation (resolved_at) where status = 'resolved' and resolved_at > 0;

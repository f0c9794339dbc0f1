-- What is due of one broadcast, and what is due besides.
create index message_broadcast_due on message (broadcast, due) where job = 'scheduled';
create index message_due_alone on message (due) where job = 'scheduled' and broadcast = '';

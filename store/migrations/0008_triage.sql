-- What was resolved and is to be looked at again, soonest first; and where labels are.
create index view_followup on conversation (unixepoch(json_extract(resolution, '$.follow_up')), id) where status = 'resolved' and resolution <> '{}';
create index conversation_labeled on conversation (labels) where labels <> '[]';

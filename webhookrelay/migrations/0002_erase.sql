-- Erasing a contact: which events are of a conversation, and what is kept of
-- one that was erased. Where digest is set, json is the tombstone that is
-- streamed instead, digest is sha256(salt || json) of what stood there, so that
-- the chain still holds, and salt is the tombstone's own checksum.
alter table event add column conversation text;
alter table event add column digest blob;
update event set conversation = json_extract(cast(json as text), '$.conversation');
-- Not partial: what is of no conversation is looked through as well.
create index event_conversation on event (conversation);
-- What is too old is found by its time.
create index raw_at on raw (at);

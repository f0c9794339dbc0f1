-- What networks say beyond messages and receipts.

-- Who or what wrote a message of ours that did not go through this program;
-- empty for all others.
alter table message add column elsewhere text not null default '';
-- When its writer changed it, and took it back: milliseconds, 0 for never.
alter table message add column edited_at integer not null default 0;
alter table message add column revoked_at integer not null default 0;
-- The message this one is a further part of: what becomes of that one becomes of
-- it; null for none.
alter table message add column part_of text;
create index message_part_of on message (part_of, account) where part_of is not null;
-- What the customer lets us do, as Standing.
alter table conversation add column standing text not null default '{}';
-- How the network says the account stands, as provider.Health; null before it
-- said anything.
alter table account add column health text;

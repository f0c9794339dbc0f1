-- What networks say beyond messages and receipts.

-- Who or what wrote a message of ours that did not go through this program;
-- empty for all others.
alter table message add column elsewhere text not null default '';
-- When its writer changed it, and took it back: milliseconds, 0 for never.
alter table message add column edited_at integer not null default 0;
alter table message add column revoked_at integer not null default 0;
-- What the customer lets us do, as Standing.
alter table conversation add column standing text not null default '{}';
-- How the network says the account stands, as provider.Health; null before it
-- said anything.
alter table account add column health text;

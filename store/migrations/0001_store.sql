-- Facts: written by Apply alone, and derivable from the relay's log. Times are
-- milliseconds since 1970 (0: none); JSON is in the forms of package provider.

create table log (
    id          integer primary key check (id = 1),
    epoch       text    not null default '',
    team_key    blob    not null default x'',
    seq         integer not null default 0,
    offset_ms   integer not null default 0,
    quarantined integer not null default 0
) strict;
insert into log (id) values (1);

create table account (
    key       integer primary key,
    id        text    not null unique,
    network   text    not null default '',
    driver    text    not null default '',
    name      text    not null default '',
    address   text    not null default '',
    defined   integer not null default 0,
    trouble   text,
    trouble_at integer not null default 0
) strict;

create table agent (
    id   text primary key,
    name text not null default ''
) strict, without rowid;

create table template_list (
    account   text primary key,
    templates text    not null,
    synced_at integer not null
) strict, without rowid;

create table conversation (
    key           integer primary key,
    id            text    not null unique,
    account       integer not null references account (key),
    chat          text    not null default '',
    name          text    not null default '',
    team_name     text    not null default '',
    phone         text    not null default '',
    username      text    not null default '',
    language      text    not null default '',
    zone          text    not null default '',
    status        text    not null default 'open',
    status_seq    integer not null default 0,
    assignee      text    not null default '',
    assignee_seq  integer not null default 0,
    labels        text    not null default '[]',
    labels_seq    integer not null default 0,
    link          text    not null default '{}',
    link_seq      integer not null default 0,
    resolution    text    not null default '{}',
    resolved_at   integer not null default 0,
    unread        integer not null default 0,
    marked        integer not null default 0,
    inbound       integer not null default 0,
    last_seq      integer not null default 0,
    last_at       integer not null default 0,
    waiting_since integer not null default 0,
    last_inbound  integer not null default 0,
    closes_at     integer not null default 0,
    preview       integer not null default 0,
    preview_at    integer not null default 0,
    failed        integer not null default 0,
    unsure        integer not null default 0,
    pending       integer not null default 0,
    rev           integer not null default 1
) strict;

create index conversation_chat on conversation (account, chat);
create index conversation_phone on conversation (phone) where phone <> '';
-- One index per view: its condition is the view's, its order is the view's.
create index view_mine on conversation (assignee, last_at, id) where status in ('open', 'pending');
create index view_unassigned on conversation (last_at, id) where status = 'open' and assignee = '';
create index view_closing on conversation (closes_at, id) where status in ('open', 'pending');
create index view_all on conversation (last_at, id) where status <> 'resolved';
create index view_unread on conversation (last_at, id) where unread > 0 or marked > 0;
create index view_failed on conversation (last_at, id) where failed > 0 or unsure > 0;
create index view_resolved on conversation (last_at, id) where status = 'resolved';

-- Other ids of a conversation: facts that name one belong to it.
create table conversation_alias (
    alias        text primary key,
    conversation integer not null references conversation (key)
) strict, without rowid;
create index conversation_alias_of on conversation_alias (conversation);

create table message (
    key          integer primary key,
    conversation integer not null references conversation (key),
    account      integer not null,
    direction    text    not null,
    kind         text    not null,
    network_id   text,
    op           text,
    seq          integer not null default 0,
    by           text    not null default '',
    content_kind text    not null default '',
    -- What is read, found and previewed of it; the text itself for plain text.
    text         text    not null default '',
    -- The text as it is indexed, where that differs.
    indexed      text,
    -- The whole content, where it is more than plain text.
    content      text,
    reply_to     text,
    at           integer not null,
    sent_at      integer not null default 0,
    status       integer not null default 0,
    job          text    not null default '',
    job_since    integer not null default 0,
    error        text,
    retries      text,
    -- The operation that tries this one again.
    retried_by   text,
    -- A person has dealt with its failure.
    settled      integer not null default 0,
    reactions    text,
    activity     text,
    rev          integer not null default 1
) strict;

create unique index message_network_id on message (network_id, account) where network_id is not null;
create unique index message_op on message (op) where op is not null;
create index message_thread on message (conversation, at, key) where kind <> 'reaction';
create index message_trouble on message (conversation)
    where direction = 'out' and settled = 0 and (job in ('failed', 'unsure') or status = 2);

-- Every event behind a message.
create table message_event (
    message integer not null,
    seq     integer not null,
    kind    text    not null,
    v       integer not null,
    at      integer not null,
    by      text    not null,
    body    text    not null,
    primary key (message, seq)
) strict, without rowid;

-- Receipts and reactions whose message has not come yet.
create table waiting (
    seq        integer primary key,
    account    integer not null,
    network_id text,
    op         text,
    kind       text    not null,
    at         integer not null,
    by         text    not null,
    body       text    not null
) strict;
create index waiting_network_id on waiting (network_id) where network_id is not null;
create index waiting_op on waiting (op) where op is not null;

create view message_text as select key, coalesce(indexed, text) as body from message;
create virtual table message_fts using fts5 (
    body, content = 'message_text', content_rowid = 'key',
    tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'", prefix = '2 3'
);
create virtual table contact_fts using fts5 (
    body, content = '', contentless_delete = 1,
    tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'", prefix = '2 3'
);

-- Intent: what this agent wants and the team does not know yet. It exists
-- nowhere else, so it is written with synchronous=FULL.

create table intent_job (
    key          integer primary key,
    op           text    not null unique,
    message      integer not null unique,
    conversation integer not null,
    account      text    not null,
    send         text    not null,
    state        text    not null,
    attempt      integer not null default 0,
    queued_at    integer not null,
    next_at      integer not null default 0,
    retries      text    not null default '',
    -- A person let it go although it stood behind an unsure one.
    released     integer not null default 0
) strict;
create index intent_job_queue on intent_job (key) where state = 'queued';
create index intent_job_due on intent_job (next_at) where state = 'queued';
create index intent_job_open on intent_job (conversation, key) where state in ('queued', 'held', 'sending', 'unsure');
create index intent_job_state on intent_job (state) where state in ('queued', 'held', 'sending', 'unsure', 'failed');

create table intent_pause (
    account text primary key,
    error   text    not null,
    since   integer not null
) strict, without rowid;

create table intent_publication (
    key          integer primary key,
    id           text    not null unique,
    account      text    not null,
    conversation integer not null,
    kind         text    not null,
    body         text    not null,
    at           integer not null,
    aspect       text    not null default '',
    expect       integer not null default 0,
    -- Set when the relay took it; an action stays until its event comes back.
    accepted     integer not null default 0
) strict;
create index intent_publication_of on intent_publication (conversation, key);
create index intent_publication_new on intent_publication (key) where accepted = 0;

-- What is certain of a conversation while actions of ours are not confirmed.
create table intent_base (
    conversation integer primary key,
    state        text    not null
) strict;

create table intent_seen (
    conversation integer primary key,
    seq          integer not null,
    inbound      integer not null
) strict;

create table intent_draft (
    conversation integer not null,
    mode         text    not null,
    text         text    not null,
    at           integer not null,
    primary key (conversation, mode)
) strict, without rowid;

create table intent_template (
    account   text    not null,
    name      text    not null,
    language  text    not null,
    last_used integer not null,
    field_values text not null,
    primary key (account, name, language)
) strict, without rowid;

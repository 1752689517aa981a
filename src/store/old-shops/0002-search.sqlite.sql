create table "entries" ("catalogue" text not null, "kind" text not null, "entry_id" text not null, "place" bigint not null, "entry" text not null, constraint "entries_key" primary key ("catalogue", "kind", "entry_id"));
create table "keys" ("hash" text primary key, "sealed" blob not null, "rights" text not null, "created_at_ms" bigint not null, "deleted_at_ms" bigint);
alter table "exposures" add column "query" text;
alter table "exposures" add column "skipped" bigint default 0 not null;

create table "entries" ("catalogue" text collate "C" not null, "kind" text collate "C" not null, "entry_id" text collate "C" not null, "place" bigint not null, "entry" text collate "C" not null, constraint "entries_key" primary key ("catalogue", "kind", "entry_id"));
create table "keys" ("hash" text collate "C" primary key, "sealed" bytea not null, "rights" text collate "C" not null, "created_at_ms" bigint not null, "deleted_at_ms" bigint);
alter table "exposures" add column "query" text collate "C";
alter table "exposures" add column "skipped" bigint default 0 not null;

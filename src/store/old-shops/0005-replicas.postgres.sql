create table "changes" ("number" bigint primary key, "what" text collate "C" not null);
create table "leases" ("name" text collate "C" primary key, "holder" text collate "C" not null, "number" bigint not null, "until_ms" bigint not null);
alter table "events" add column "imported" integer default 0 not null;

create table "changes" ("number" bigint primary key, "what" text not null);
create table "leases" ("name" text primary key, "holder" text not null, "number" bigint not null, "until_ms" bigint not null);
alter table "events" add column "imported" integer default 0 not null;

alter table "events" add column "refused" integer default 0 not null;
alter table "exposures" add column "refused" integer default 0 not null;
create table "consents" ("user_id" text collate "C" primary key, "refused" integer not null, "at_ms" bigint not null);
create table "logins" ("visitor" text collate "C" not null, "account" text collate "C" not null, "at_ms" bigint not null, constraint "logins_key" primary key ("visitor", "account"));
create index "logins_by_account" on "logins" ("account");
create table "audit" ("sequence" bigint primary key, "at_ms" bigint not null, "who" text collate "C" not null, "what" text collate "C" not null, "subject" text collate "C" not null, "details" text collate "C" not null, "hash" text collate "C" not null);
create table "erasures" ("subject" text collate "C" primary key, "at_ms" bigint not null, "certificate" text collate "C" not null);
create table "secrets" ("name" text collate "C" primary key, "sealed" bytea not null, "created_at_ms" bigint not null);

alter table "events" add column "refused" integer default 0 not null;
alter table "exposures" add column "refused" integer default 0 not null;
create table "consents" ("user_id" text primary key, "refused" integer not null, "at_ms" bigint not null);
create table "logins" ("visitor" text not null, "account" text not null, "at_ms" bigint not null, constraint "logins_key" primary key ("visitor", "account"));
create index "logins_by_account" on "logins" ("account");
create table "audit" ("sequence" bigint primary key, "at_ms" bigint not null, "who" text not null, "what" text not null, "subject" text not null, "details" text not null, "hash" text not null);
create table "erasures" ("subject" text primary key, "at_ms" bigint not null, "certificate" text not null);
create table "secrets" ("name" text primary key, "sealed" blob not null, "created_at_ms" bigint not null);

create table "vectors" ("model" text collate "C" not null, "hash" text collate "C" not null, "vector" bytea not null, constraint "vectors_key" primary key ("model", "hash"));

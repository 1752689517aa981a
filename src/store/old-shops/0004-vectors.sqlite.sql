create table "vectors" ("model" text not null, "hash" text not null, "vector" blob not null, constraint "vectors_key" primary key ("model", "hash"));

/* The schema as it stands in the store: what moves whole stores (backup, restore, copy) walks, so that no list of tables is kept by hand.
 *
 * Types are those that the engine tells: SQLite says TEXT where PostgreSQL says uuid or jsonb. db_type_richer() gives what both of a pair know.
 */
#pragma once
#include "db/db.h"

struct schema_column {
    struct str name;
    enum db_type type;
    bool nullable;
    int key;       /* place in the primary key from 1; 0: not part of it */
    uint32_t code; /* the engine's number of the type (an Oid); 0 on SQLite */
};

/* A foreign key: `columns[i]` here is `targets[i]` in `table`. */
struct schema_reference {
    struct str table;
    struct str_list columns;
    struct str_list targets;
};

struct schema_table {
    struct str name;
    struct schema_column *columns;
    size_t columns_count;
    struct schema_reference *references;
    size_t references_count;
};

/* Tables in an order in which each stands after those that it refers to. */
struct schema {
    struct schema_table *tables;
    size_t tables_count;
};

/* Reads the tables of the store (on PostgreSQL: of the current schema, without those of extensions) into the arena. ERR_CONFLICT when tables refer
 * to each other in a circle. */
enum err db_schema_read(struct db *db, struct arena *arena, struct schema *schema) MUST_CHECK;
/* Whether there is such a table. */
enum err db_schema_has_table(struct db *db, struct str name, bool *has) MUST_CHECK;
const struct schema_table *schema_find(const struct schema *schema, struct str name);
/* The type of a value that one engine keeps as `a` and the other as `b`: DB_UUID of DB_UUID and DB_TEXT. */
enum db_type db_type_richer(enum db_type a, enum db_type b);

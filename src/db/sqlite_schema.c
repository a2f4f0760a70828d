/* What schema.c asks, in SQLite's words. A column of a primary key is never NULL here: PRIMARY KEY of a STRICT table without NOT NULL would allow it
 * for a rowid table, and PostgreSQL does not. */
#include "db/sqlite.h"

#define OUR_TABLES "m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"

const struct sql sqlite_schema_columns = {
    "schema_columns",
    "SELECT m.name, c.name, c.type, c.\"notnull\" = 0 AND c.pk = 0, c.pk, 0 FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE " OUR_TABLES
    " ORDER BY m.name, c.cid",
    0};

const struct sql sqlite_schema_references = {
    "schema_references",
    "SELECT m.name, k.id, k.\"from\", k.\"table\", k.\"to\" FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) k WHERE " OUR_TABLES
    " ORDER BY m.name, k.id, k.seq",
    0};

const struct sql sqlite_schema_has_table = {"schema_has_table", "SELECT COUNT(*) FROM sqlite_schema m WHERE m.name = $1 AND " OUR_TABLES, 1};

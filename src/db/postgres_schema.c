/* What schema.c asks, in the words of PostgreSQL's catalogue: the tables of the current schema, without those of extensions. */
#include "db/postgres.h"

#define OUR_TABLES \
    "c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND c.relkind IN ('r', 'p') AND " \
    "NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.classid = CAST('pg_class' AS REGCLASS) AND d.deptype = 'e')"

/* An int2vector counts from 0. */
const struct sql postgres_schema_columns = {
    "schema_columns",
    "SELECT CAST(c.relname AS TEXT), CAST(a.attname AS TEXT), format_type(a.atttypid, NULL), NOT a.attnotnull, "
    "COALESCE(array_position(CAST(i.indkey AS SMALLINT[]), a.attnum) + 1, 0), CAST(a.atttypid AS BIGINT) "
    "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
    "LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary WHERE " OUR_TABLES " ORDER BY c.relname COLLATE \"C\", a.attnum",
    0};

const struct sql postgres_schema_references = {
    "schema_references",
    "SELECT CAST(c.relname AS TEXT), CAST(k.oid AS BIGINT), CAST(a.attname AS TEXT), CAST(o.relname AS TEXT), CAST(b.attname AS TEXT) "
    "FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class o ON o.oid = k.confrelid "
    "CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS pair (here, there, place) "
    "JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = pair.here JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = pair.there "
    "WHERE k.contype = 'f' AND " OUR_TABLES " ORDER BY c.relname COLLATE \"C\", k.oid, pair.place",
    0};

const struct sql postgres_schema_has_table = {
    "schema_has_table", "SELECT COUNT(*) FROM pg_class c WHERE c.relname = CAST($1 AS TEXT) AND " OUR_TABLES, 1};

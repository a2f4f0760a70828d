/* Reads the schema with two questions that each driver has in its own words. Design in schema.h. */
#include "db/schema.h"
#include "db/driver.h"

#define TABLES_MAX 500
#define COLUMNS_MAX 99 /* a statement has no more parameters */

const struct schema_table *schema_find(const struct schema *schema, struct str name)
{
    for (size_t i = 0; i < schema->tables_count; i++)
        if (str_equal(schema->tables[i].name, name)) return &schema->tables[i];
    return NULL;
}

enum db_type db_type_richer(enum db_type a, enum db_type b)
{
    bool a_is_plain = a == DB_INT || a == DB_TEXT || a == DB_BLOB;
    return a_is_plain ? b : a;
}

/* Names of types as the engines tell them; false for one that no migration makes. */
static bool type_of(struct str name, enum db_type *type)
{
    static const struct {
        struct str name;
        enum db_type type;
    } types[] = {
        {STR_INIT("TEXT"), DB_TEXT},       {STR_INIT("INTEGER"), DB_INT},
        {STR_INIT("REAL"), DB_REAL},       {STR_INIT("BLOB"), DB_BLOB},
        {STR_INIT("bigint"), DB_INT},      {STR_INIT("integer"), DB_INT},
        {STR_INIT("text"), DB_TEXT},       {STR_INIT("bytea"), DB_BLOB},
        {STR_INIT("boolean"), DB_BOOL},    {STR_INIT("uuid"), DB_UUID},
        {STR_INIT("jsonb"), DB_JSON},      {STR_INIT("double precision"), DB_REAL},
        {STR_INIT("vector"), DB_VECTOR},   {STR_INIT("timestamp with time zone"), DB_TIME},
    };
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        if (!str_equal(types[i].name, name)) continue;
        *type = types[i].type;
        return true;
    }
    return false;
}

/* Adds a row of the columns' question: table, column, type, nullable, place in the key, code. */
static enum err add_column(const struct db_rows *rows, struct arena *arena, struct schema *schema)
{
    struct str name = db_col_view(rows, 0);
    struct schema_table *table = schema->tables_count ? &schema->tables[schema->tables_count - 1] : NULL;
    if (!table || !str_equal(table->name, name)) {
        if (schema->tables_count == TABLES_MAX) return err_set(ERR_TOO_LARGE, "the store has more than %d tables", TABLES_MAX);
        table = &schema->tables[schema->tables_count++];
        table->name = str_copy(arena, name);
        table->columns = arena_array(arena, struct schema_column, COLUMNS_MAX);
    }
    if (table->columns_count == COLUMNS_MAX) return err_set(ERR_TOO_LARGE, "%.*s has more than %d columns", STR_ARG(name), COLUMNS_MAX);
    struct schema_column *column = &table->columns[table->columns_count++];
    column->name = db_col_text(rows, 1, arena);
    column->nullable = db_col_bool(rows, 3);
    column->key = (int)db_col_int(rows, 4);
    column->code = (uint32_t)db_col_int(rows, 5);
    struct str type = db_col_view(rows, 2);
    if (type_of(type, &column->type)) return OK;
    return err_set(ERR_UNSUPPORTED, "the table %.*s is none that Career Prep makes: its column %.*s has %s%.*s", STR_ARG(name), STR_ARG(column->name),
                   type.len ? "the type " : "no type", STR_ARG(type));
}

static enum err read_columns(struct db *db, struct arena *arena, struct schema *schema)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    schema->tables = arena_array(arena, struct schema_table, TABLES_MAX);
    TRY(db_query(db, db->driver->schema_columns, DB_NO_ARGS, &rows));
    while (db_next(&rows)) TRY(add_column(&rows, arena, schema));
    return db_rows_result(&rows);
}

/* Rows of the references' question: table, number of the key in it, column, other table, its column; in that order. */
static enum err read_references(struct db *db, struct arena *arena, struct schema *schema)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    struct schema_reference *reference = NULL;
    struct schema_table *last = NULL;
    int64_t number = 0;
    TRY(db_query(db, db->driver->schema_references, DB_NO_ARGS, &rows));
    while (db_next(&rows)) {
        struct schema_table *table = (struct schema_table *)schema_find(schema, db_col_view(&rows, 0));
        if (!table) continue;
        if (!table->references) table->references = arena_array(arena, struct schema_reference, COLUMNS_MAX);
        if (table != last || number != db_col_int(&rows, 1)) {
            if (table->references_count == COLUMNS_MAX) return err_set(ERR_TOO_LARGE, "%.*s has too many foreign keys", STR_ARG(table->name));
            reference = &table->references[table->references_count++];
            reference->table = db_col_text(&rows, 3, arena);
        }
        last = table;
        number = db_col_int(&rows, 1);
        str_list_add(arena, &reference->columns, db_col_text(&rows, 2, arena));
        str_list_add(arena, &reference->targets, db_col_text(&rows, 4, arena));
    }
    return db_rows_result(&rows);
}

/* Whether all that the table refers to is among the first `done`. */
static bool is_ready(const struct schema *schema, size_t done, const struct schema_table *table)
{
    struct schema placed = {schema->tables, done};
    for (size_t i = 0; i < table->references_count; i++) {
        struct str other = table->references[i].table;
        if (!str_equal(other, table->name) && !schema_find(&placed, other)) return false;
    }
    return true;
}

/* Selection sort: the next one is the first that only refers to what is placed already. */
static enum err sort_by_references(struct schema *schema)
{
    for (size_t done = 0; done < schema->tables_count; done++) {
        size_t next = done;
        while (next < schema->tables_count && !is_ready(schema, done, &schema->tables[next])) next++;
        if (next == schema->tables_count)
            return err_set(ERR_CONFLICT, "the table %.*s refers to others in a circle", STR_ARG(schema->tables[done].name));
        struct schema_table table = schema->tables[next];
        for (size_t i = next; i > done; i--) schema->tables[i] = schema->tables[i - 1];
        schema->tables[done] = table;
    }
    return OK;
}

enum err db_schema_read(struct db *db, struct arena *arena, struct schema *schema)
{
    *schema = (struct schema){0};
    TRY(read_columns(db, arena, schema));
    TRY(read_references(db, arena, schema));
    return sort_by_references(schema);
}

enum err db_schema_has_table(struct db *db, struct str name, bool *has)
{
    int64_t count = 0;
    TRY(db_query_int(db, db->driver->schema_has_table, DB_ARGS(db_text(name)), &count));
    *has = count > 0;
    return OK;
}

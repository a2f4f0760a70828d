/* The way to the engine, and the texts that both need. Design in bulk.h. */
#include "db/bulk.h"
#include "db/driver.h"

enum err bulk_snapshot(struct db *db, const struct schema *schema) { return db->driver->bulk->snapshot(db, schema); }

void bulk_snapshot_end(struct db *db) { db->driver->bulk->snapshot_end(db); }

enum err bulk_scan_open(struct db *db, const struct schema_table *table, struct bulk_scan **scan)
{
    *scan = NULL;
    return db->driver->bulk->scan_open(db, table, scan);
}

enum err bulk_scan_next(struct bulk_scan *scan, struct db_value *values, bool *more) { return scan->driver->scan_next(scan, values, more); }

void bulk_scan_close(struct bulk_scan *scan)
{
    if (scan) scan->driver->scan_close(scan);
}

enum err bulk_load_open(struct db *db, const struct schema_table *table, struct bulk_load **load)
{
    *load = NULL;
    return db->driver->bulk->load_open(db, table, load);
}

enum err bulk_load_row(struct bulk_load *load, const struct db_value *values) { return load->driver->load_row(load, values); }

enum err bulk_load_close(struct bulk_load *load, bool keep) { return load->driver->load_close(load, keep); }

enum err bulk_count(struct db *db, const struct schema_table *table, int64_t *rows) { return db->driver->bulk->count(db, table, rows); }

enum err bulk_empty(struct db *db, const struct schema *schema) { return db->driver->bulk->empty(db, schema); }

enum err bulk_alone(struct db *db) { return db->driver->bulk->alone(db); }

void bulk_append_name(struct buf *out, struct str name)
{
    buf_append_char(out, '"');
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '"') buf_append_char(out, '"');
        buf_append_char(out, name.ptr[i]);
    }
    buf_append_char(out, '"');
}

void bulk_append_columns(struct buf *out, const struct schema_table *table)
{
    for (size_t i = 0; i < table->columns_count; i++) {
        if (i) buf_append_str(out, STR(", "));
        bulk_append_name(out, table->columns[i].name);
    }
}

void bulk_append_order(struct buf *out, const struct schema_table *table)
{
    bool is_found = true;
    for (int place = 1; is_found; place++) {
        is_found = false;
        for (size_t i = 0; i < table->columns_count && !is_found; i++) {
            if (table->columns[i].key != place) continue;
            is_found = true;
            buf_append_str(out, place == 1 ? STR(" ORDER BY ") : STR(", "));
            bulk_append_name(out, table->columns[i].name);
        }
    }
}

void bulk_append_tables(struct buf *out, const struct schema *schema)
{
    for (size_t i = 0; i < schema->tables_count; i++) {
        if (i) buf_append_str(out, STR(", "));
        bulk_append_name(out, schema->tables[i].name);
    }
}

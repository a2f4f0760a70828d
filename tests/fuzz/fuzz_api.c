/* Any bytes as what the API reads outside of bodies. The first byte chooses: a cursor, If-Match, Authorization, Idempotency-Key, or the members
 * that a document of ours is cut to. What was accepted must keep what its callers rely on.
 */
#include "http/collection.h"
#include "http/conditional.h"
#include "http/idempotency.h"
#include "json/json.h"
#include "security/token.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool condition)
{
    if (!condition) abort();
}

static void read_cursor(struct arena *arena, struct str text)
{
    struct str order, key, id;
    if (cursor_read(arena, text, &order, &key, &id) == OK) must(str_is_text(order) && str_is_text(key) && str_is_text(id));
    /* What was written comes back, whatever stands in it. */
    if (!str_is_text(text) || !text.len) return;
    struct str cursor = cursor_write(arena, STR("-name"), text, STR("id"));
    must(cursor_read(arena, cursor, &order, &key, &id) == OK);
    must(str_equal(order, STR("-name")) && str_equal(key, text) && str_equal(id, STR("id")));
}

static void read_etags(struct str text)
{
    bool strong = etag_list_has(text, STR("\"a\""), true), weak = etag_list_has(text, STR("\"a\""), false);
    must(weak || !strong);
}

static void read_credentials(struct str text)
{
    struct str token;
    if (!token_of_header(text, &token)) return;
    if (token_is_well_formed(token)) must(token.len == TOKEN_LENGTH);
}

static void read_key(struct str text)
{
    struct str key;
    if (idempotency_key_read(text, &key)) must(key.len >= 1 && key.len <= IDEMPOTENCY_KEY_MAX && str_is_text(key));
}

/* The first line is what is wanted, the rest a text that stands in the document. */
static void cut_object(struct str text)
{
    size_t line = str_find_char(text, '\n', 0);
    struct buf document CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    struct json *root CLEANUP(json_free_at) = NULL;
    if (!str_is_text(text)) return; /* the store has no other */
    json_begin(&writer, &document);
    json_object_open(&writer);
    json_member_str(&writer, "a", text);
    json_key(&writer, "b");
    json_array_open(&writer);
    json_write_str(&writer, text);
    json_write_double(&writer, 1.5);
    json_array_close(&writer);
    json_member_bool(&writer, "c", true);
    json_object_close(&writer);
    object_keep_members(&document, 0, str_slice(text, 0, line));
    must(json_parse(buf_str(&document), 1 << 20, &root) == OK);
    must(json_count(root) <= 3);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    if (size == 0) return 0;
    struct str text = {(const char *)data + 1, size - 1};
    switch (data[0] & 7) {
    case 0: read_cursor(&arena, text); break;
    case 1: read_etags(text); break;
    case 2: read_credentials(text); break;
    case 3: read_key(text); break;
    default: cut_object(text); break;
    }
    return 0;
}

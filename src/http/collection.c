/* Collections. Design in collection.h. */
#include "http/collection.h"
#include "base/base64.h"
#include "base/siphash.h"
#include "base/uuid.h"
#include "http/private.h"
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CHECK_LEN 8
#define LAST_TIME INT64_C(253402300799999999) /* 9999-12-31 */
#define FIRST_ID STR("00000000-0000-0000-0000-000000000000")
#define LAST_ID STR("ffffffff-ffff-ffff-ffff-ffffffffffff")

/* ---- cursors: base64url of CHECK ORDER \n KEY \n ID ---- */

static struct str check_of(struct arena *arena, struct str content)
{
    static const uint64_t key[2] = {UINT64_C(0x637572736f72), 1};
    return str_format(arena, "%08" PRIx64, siphash(key, content) & UINT64_C(0xffffffff));
}

struct str cursor_write(struct arena *arena, struct str order, struct str key, struct str id)
{
    struct str content = str_format(arena, "%.*s\n%.*s\n%.*s", STR_ARG(order), STR_ARG(key), STR_ARG(id));
    return base64url(arena, str_format(arena, "%.*s%.*s", STR_ARG(check_of(arena, content)), STR_ARG(content)));
}

enum err cursor_read(struct arena *arena, struct str cursor, struct str *order, struct str *key, struct str *id)
{
    struct str bytes;
    TRY(base64url_read(arena, cursor, &bytes));
    struct str content = str_slice(bytes, CHECK_LEN, bytes.len);
    if (bytes.len <= CHECK_LEN || !str_equal(str_slice(bytes, 0, CHECK_LEN), check_of(arena, content)) || !str_is_text(content))
        return err_set(ERR_INVALID, "not a cursor");
    size_t first = str_find_char(content, '\n', 0), last = content.len;
    while (last > 0 && content.ptr[last - 1] != '\n') last--;
    if (first == STR_NPOS || last < first + 2) return err_set(ERR_INVALID, "not a cursor");
    *order = str_slice(content, 0, first);
    *key = str_slice(content, first + 1, last - 1);
    *id = str_slice(content, last, content.len);
    return OK;
}

/* ---- what was asked for ---- */

const struct schema *collection_item(const struct route *route)
{
    const struct schema *document = route->collection && route->answer ? route->answer->schema : NULL;
    for (size_t i = 0; document && i < document->members_count; i++)
        if (strcmp(document->members[i].name, route->collection->items) == 0) return document->members[i].object;
    return NULL;
}

const struct page *request_page(const struct request *request)
{
    assert(request->route->collection && "the route is no collection");
    return &request->private->page;
}

static bool has_name(struct str list, char separator, struct str name)
{
    struct str one;
    while (str_split_next(&list, separator, &one))
        if (str_equal(str_trim(one), name)) return true;
    return false;
}

static struct str member_names(struct arena *arena, const struct schema *item)
{
    struct str *names = arena_array(arena, struct str, item->members_count);
    for (size_t i = 0; i < item->members_count; i++) names[i] = str_from(item->members[i].name);
    return str_join(arena, names, item->members_count, STR(", "));
}

/* The members that an item may be cut to are those of its schema. */
static void check_members(struct request *request)
{
    const struct schema *item = collection_item(request->route);
    struct str rest = request_text(request, "fields"), name;
    if (!rest.len) return;
    struct str members = member_names(request->arena, item);
    while (str_split_next(&rest, ',', &name)) {
        if (has_name(members, ',', str_trim(name))) continue;
        request_add_error(request, "fields", str_format(request->arena, "fields may have these names, with commas between them: %.*s.", STR_ARG(members)));
        return;
    }
}

void collection_read(struct request_private *exchange)
{
    struct request *request = &exchange->request;
    const struct collection *collection = request->route->collection;
    struct page *page = &exchange->page;
    *page = (struct page){.limit = request_int(request, "limit", collection->limit), .order = str_from(collection->sort), .is_first = true};
    if (request_has(request, "sort") && !request_error(request, "sort").len) page->order = request_text(request, "sort");
    struct str cursor = request_text(request, "cursor");
    if (cursor.len && !request_error(request, "cursor").len) {
        struct str order;
        enum err read = cursor_read(request->arena, cursor, &order, &page->key, &page->id);
        bool fits = read == OK && (!request_has(request, "sort") || str_equal(order, page->order));
        const struct field *sort = &exchange->fields.fields[fields_find(&exchange->fields, STR("sort")) - exchange->fields.values];
        if (fits && has_name(str_from(sort->choices), '|', order)) {
            page->order = order;
            page->is_first = false;
        } else {
            request_add_error(request, "cursor", read == OK ? STR("This cursor is of another order.") : STR("This is not a cursor that was given out. Begin without one."));
        }
    }
    page->is_descending = str_starts(page->order, STR("-"));
    page->sort = str_slice(page->order, page->is_descending, page->order.len);
    if (!request_error(request, "fields").len) check_members(request);
}

struct str page_time_key(struct arena *arena, int64_t us) { return str_format(arena, "%020" PRId64, us < 0 ? 0 : us); }

int64_t page_time(const struct page *page)
{
    int64_t us;
    if (!page->is_first && str_to_int(page->key, &us) == OK && us >= 0 && us <= LAST_TIME) return us;
    return page->is_descending ? LAST_TIME : 0;
}

struct str page_id(const struct page *page)
{
    if (uuid_is_valid(page->id)) return page->id;
    return page->is_descending ? LAST_ID : FIRST_ID;
}

/* ---- in memory ---- */

static int compare(struct str key_a, struct str id_a, struct str key_b, struct str id_b)
{
    int order = str_compare(key_a, key_b);
    return order ? order : str_compare(id_a, id_b);
}

static int compare_items(const void *a, const void *b)
{
    const struct page_item *one = a, *other = b;
    return compare(one->key, one->id, other->key, other->id);
}

static int compare_items_descending(const void *a, const void *b) { return compare_items(b, a); }

size_t page_sort(const struct page *page, struct page_item *items, size_t count)
{
    size_t start = 0;
    if (count) qsort(items, count, sizeof(*items), page->is_descending ? compare_items_descending : compare_items);
    if (page->is_first) return 0;
    while (start < count) {
        int order = compare(items[start].key, items[start].id, page->key, page->id);
        if (page->is_descending ? order < 0 : order > 0) break;
        start++;
    }
    return start;
}

/* ---- writing ---- */

/* The end of the JSON value that begins at `at`, in a document of ours. */
static size_t value_end(struct str json, size_t at)
{
    size_t depth = 0;
    bool in_string = false;
    for (; at < json.len; at++) {
        char c = json.ptr[at];
        if (in_string) {
            if (c == '\\') at++;
            else if (c == '"') in_string = false;
            if (!in_string && c == '"' && depth == 0) return at + 1;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            if (depth == 0) return at;
            if (--depth == 0) return at + 1;
        } else if (c == ',' && depth == 0) {
            return at;
        }
    }
    return at;
}

void object_keep_members(struct buf *document, size_t start, struct str wanted)
{
    struct str json = buf_str(document);
    size_t open = str_find_char(json, '{', start), at = open + 1, out = open + 1;
    if (open == STR_NPOS || document->overflow) return;
    while (at < json.len && json.ptr[at] == '"') {
        size_t name_end = value_end(json, at), end = value_end(json, name_end + 1); /* past the colon */
        if (has_name(wanted, ',', str_slice(json, at + 1, name_end - 1))) {
            if (out > open + 1) document->ptr[out++] = ',';
            memmove(document->ptr + out, document->ptr + at, end - at);
            out += end - at;
        }
        at = end + (end < json.len && json.ptr[end] == ',');
    }
    document->ptr[out++] = '}';
    document->len = out;
}

void collection_open(struct collection_writer *list, struct request *request, struct json_writer *writer, struct buf *document)
{
    *list = (struct collection_writer){.request = request, .writer = writer, .wanted = request_text(request, "fields")};
    json_begin(writer, document);
    json_object_open(writer);
    json_key(writer, request->route->collection->items);
    json_array_open(writer);
    list->item_start = document->len;
}

static void end_item(struct collection_writer *list)
{
    if (list->wanted.len && list->count) object_keep_members(list->writer->out, list->item_start, list->wanted);
    list->item_start = list->writer->out->len;
}

bool collection_takes(struct collection_writer *list, struct str key, struct str id)
{
    end_item(list);
    list->has_more = list->count == request_page(list->request)->limit;
    if (list->has_more) return false;
    list->key = key;
    list->id = id;
    list->count++;
    return true;
}

static struct str next_cursor(const struct collection_writer *list)
{
    return list->has_more ? cursor_write(list->request->arena, request_page(list->request)->order, list->key, list->id) : STR("");
}

void collection_close(struct collection_writer *list)
{
    struct str cursor = next_cursor(list);
    if (!list->has_more) end_item(list);
    json_array_close(list->writer);
    json_key(list->writer, "next_cursor");
    if (cursor.len) json_write_str(list->writer, cursor);
    else json_write_null(list->writer);
}

/* The address that was asked for, with another cursor. */
static void add_link(struct collection_writer *list, struct response *response)
{
    struct request *request = list->request;
    struct str rest = request->query, part;
    struct buf link CLEANUP(buf_dispose) = {0};
    buf_append_format(&link, "<%s?", request->route->pattern);
    while (str_split_next(&rest, '&', &part)) {
        if (!part.len || str_equal(str_slice(part, 0, str_find_char(part, '=', 0)), STR("cursor"))) continue;
        buf_append_format(&link, "%.*s&", STR_ARG(part));
    }
    buf_append_format(&link, "cursor=%.*s>; rel=\"next\"", STR_ARG(next_cursor(list)));
    response_header(request, response, "Link", buf_str(&link));
}

void collection_respond(struct collection_writer *list, struct response *response)
{
    json_object_close(list->writer);
    if (list->has_more) add_link(list, response);
    respond_json(response, list->writer->out);
}

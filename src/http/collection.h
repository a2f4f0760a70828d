/* Collections read page by page: what ?limit, ?cursor, ?sort and ?fields of a route with a `struct collection` mean.
 *
 * A cursor is the sort key and the id of the last item of the page before, so the next page begins right after it whatever was added or
 * removed meanwhile (keyset pagination). It is opaque to clients, knows its order, and carries check bytes against damage; it is no
 * secret, since every statement is bound to its person anyway. The document gets "next_cursor" (null on the last page) and the answer
 * a Link header with rel="next".
 *
 *     const struct page *page = request_page(request);
 *     ... rows: at most page->limit + 1, after page->key and page->id in the page's order ...
 *     collection_open(&list, request, &writer);                     // {"roadmaps": [
 *     while (db_next(&rows) && collection_takes(&list, key, id)) write_roadmap(&writer, ...);
 *     collection_close(&list);                                      // ], "next_cursor": ...
 *     json_member_int(&writer, "total", total);                     // more members, if any
 *     collection_respond(&list, response);                          // }
 */
#pragma once
#include "http/response.h"
#include "http/schema.h"
#include "json/json.h"

struct page {
    int64_t limit;
    struct str order;   /* "-created_at" */
    struct str sort;    /* "created_at" */
    bool is_descending;
    bool is_first;      /* without a cursor */
    struct str key, id; /* of the last item of the page before; "" on the first */
};

/* What the items of a collection are, by the schema of its answer; NULL for a route that is none. */
const struct schema *collection_item(const struct route *route);

/* Of a route with a collection: read and checked before the handler runs. */
const struct page *request_page(const struct request *request);

/* Times as sort keys: digits that compare as the times do. page_time is where a page begins: beyond all times on the first one. */
struct str page_time_key(struct arena *arena, int64_t us);
int64_t page_time(const struct page *page);
/* The id beside page_time. */
struct str page_id(const struct page *page);

/* Items that are at hand in memory. Sorts them by key (bytes), then id, in the page's order, and returns where the page begins. */
struct page_item {
    struct str key, id;
    const void *item;
};
size_t page_sort(const struct page *page, struct page_item *items, size_t count);

struct collection_writer {
    struct request *request;
    struct json_writer *writer;
    struct str wanted; /* members asked for; "" for all */
    struct str key, id; /* of the last item */
    int64_t count;
    size_t item_start;
    bool has_more;
};

void collection_open(struct collection_writer *list, struct request *request, struct json_writer *writer, struct buf *document);
/* Before each item: false when the page is full, true when the caller is to write it, one object. */
bool collection_takes(struct collection_writer *list, struct str key, struct str id);
void collection_close(struct collection_writer *list);
/* Ends the document, hands it over, and adds the Link header. */
void collection_respond(struct collection_writer *list, struct response *response);

/* ---- the parts, alone ---- */

struct str cursor_write(struct arena *arena, struct str order, struct str key, struct str id);
/* ERR_INVALID for one that cursor_write did not make. */
enum err cursor_read(struct arena *arena, struct str cursor, struct str *order, struct str *key, struct str *id) MUST_CHECK;
/* Leaves only the wanted members ("id,title") of the object that our writer put at `start`. */
void object_keep_members(struct buf *document, size_t start, struct str wanted);

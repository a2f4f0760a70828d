/* Finding the job objects in a file: an envelope ("results", "jobs" or "listings"), a list of envelopes or of job objects, or one job
 * object a line. A file of lines keeps what is right when one line is wrong; any other file is JSON as a whole (json_parse_foreign) or not read.
 */
#include "features/jobs/import.h"
#include "json/json.h"

typedef enum err visit_function(void *argument, size_t index, const struct json *object, enum listing_shape shape);

struct walk {
    visit_function *visit;
    void *argument;
    size_t index;
};

static const struct {
    const char *member;
    enum listing_shape shape;
} envelopes[] = {{"results", LISTING_ADZUNA}, {"jobs", LISTING_JOOBLE}, {"listings", LISTING_OWN}};

/* The list of an envelope, NULL when the value is none. */
static const struct json *envelope_list(const struct json *value, enum listing_shape *shape)
{
    for (size_t i = 0; i < COUNT_OF(envelopes); i++) {
        const struct json *list = json_get(value, envelopes[i].member);
        if (json_type_of(list) != JSON_ARRAY) continue;
        *shape = envelopes[i].shape;
        return list;
    }
    return NULL;
}

static enum err visit_list(struct walk *walk, const struct json *list, enum listing_shape shape)
{
    for (size_t i = 0; i < json_count(list); i++) TRY(walk->visit(walk->argument, walk->index++, json_at(list, i), shape));
    return OK;
}

static enum err visit_one(struct walk *walk, const struct json *object)
{
    return walk->visit(walk->argument, walk->index++, object, listing_shape_of(object));
}

static enum err too_many(size_t count)
{
    return err_set(ERR_TOO_LARGE, "the file has %zu listings; at most %d are read at once, so split it", count, LISTINGS_MAX);
}

static enum err visit_document(struct walk *walk, const struct json *root)
{
    enum listing_shape shape;
    const struct json *list = envelope_list(root, &shape);
    if (list) return json_count(list) > LISTINGS_MAX ? too_many(json_count(list)) : visit_list(walk, list, shape);
    if (json_type_of(root) == JSON_OBJECT && listing_shape_of(root) != LISTING_UNKNOWN) return visit_one(walk, root);
    if (json_type_of(root) != JSON_ARRAY)
        return err_set(ERR_INVALID, "the file has no list of jobs: \"results\" (Adzuna), \"jobs\" (Jooble) or \"listings\" (our own)");
    size_t count = 0;
    for (size_t i = 0; i < json_count(root); i++) {
        list = envelope_list(json_at(root, i), &shape);
        count += list ? json_count(list) : 1;
    }
    if (count > LISTINGS_MAX) return too_many(count);
    for (size_t i = 0; i < json_count(root); i++) {
        list = envelope_list(json_at(root, i), &shape);
        TRY(list ? visit_list(walk, list, shape) : visit_one(walk, json_at(root, i)));
    }
    return OK;
}

static bool next_line(struct str *rest, struct str *line)
{
    while (str_split_next(rest, '\n', line)) {
        *line = str_trim(*line);
        if (line->len) return true;
    }
    return false;
}

/* A file of lines has several, and the first alone is an object. One line is a document like any other. */
static bool is_lines(struct str content)
{
    struct str rest = content, line = {0}, second = {0};
    if (!next_line(&rest, &line) || !next_line(&rest, &second)) return false;
    struct json *first CLEANUP(json_free_at) = NULL;
    return json_parse_foreign(line, LISTINGS_FILE_MAX, &first) == OK && json_type_of(first) == JSON_OBJECT;
}

static enum err visit_lines(struct walk *walk, struct str content)
{
    struct str rest = content, line;
    size_t count = 0;
    while (next_line(&rest, &line)) count++;
    if (count > LISTINGS_MAX) return too_many(count);
    rest = content;
    while (next_line(&rest, &line)) {
        struct json *object CLEANUP(json_free_at) = NULL;
        enum listing_shape shape;
        if (json_parse_foreign(line, LISTINGS_FILE_MAX, &object) != OK) {
            TRY(walk->visit(walk->argument, walk->index++, NULL, LISTING_UNKNOWN));
            continue;
        }
        const struct json *list = envelope_list(object, &shape);
        if (walk->index + json_count(list) > LISTINGS_MAX) return too_many(walk->index + json_count(list));
        TRY(list ? visit_list(walk, list, shape) : visit_one(walk, object));
    }
    return OK;
}

enum err import_each(struct str content, visit_function *visit, void *argument)
{
    struct walk walk = {.visit = visit, .argument = argument};
    if (str_starts(content, STR("\xef\xbb\xbf"))) content = str_slice(content, 3, content.len);
    if (content.len > LISTINGS_FILE_MAX) return err_set(ERR_TOO_LARGE, "the file is larger than %zu MiB", LISTINGS_FILE_MAX >> 20);
    if (is_lines(content)) return visit_lines(&walk, content);
    struct json *root CLEANUP(json_free_at) = NULL;
    TRY(json_parse_foreign(content, LISTINGS_FILE_MAX, &root));
    return visit_document(&walk, root);
}

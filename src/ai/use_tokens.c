/* Design in ai/use_tokens.h. */
#include "ai/use_tokens.h"
#include "ai/text_clean.h"

#include <stdlib.h>
#include <utf8proc.h>

#define SEPARATOR 0x2581
#define EXPANSION_MAX 18 /* code points that NFKC makes of one, at most: U+FDFA */

/* The text on its way: code points, and where each stands in the normalised text. */
struct lattice {
    uint32_t *points;  /* the first is the separator before the text */
    uint32_t *offsets; /* count + 1 of them */
    size_t count, cap;
    double *best;     /* score of the best way to each place between points, 0 where there is none */
    int32_t *ids;     /* the last token of that way */
    uint8_t *lengths; /* and its code points */
};

static void lattice_dispose(struct lattice *lattice)
{
    free(lattice->points);
    free(lattice->offsets);
    free(lattice->best);
    free(lattice->ids);
    free(lattice->lengths);
}

/* ---- normalising ---- */

static bool is_ascii(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80) return false;
    return true;
}

/* Appends one part of a word in NFKC. */
static void normalize_part(struct buf *out, struct str part)
{
    int32_t points[USE_WORD_MAX * EXPANSION_MAX];
    const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT;
    utf8proc_ssize_t count = is_ascii(part) ? -1 : utf8proc_decompose((const utf8proc_uint8_t *)part.ptr, (utf8proc_ssize_t)part.len, points, COUNT_OF(points), options);
    if (count >= 0 && (size_t)count <= COUNT_OF(points)) count = utf8proc_normalize_utf32(points, count, options);
    if (count < 0 || (size_t)count > COUNT_OF(points)) buf_append_str(out, part);
    else
        for (utf8proc_ssize_t i = 0; i < count; i++) text_append_point(out, (uint32_t)points[i]);
}

/* Spaces compose with nothing, so words can be normalised one by one. */
static void normalize(struct buf *out, struct str text)
{
    struct buf word CLEANUP(buf_dispose) = {0};
    size_t points = 0;
    for (size_t i = 0; i < text.len;) {
        if (text.ptr[i] == ' ' || points == USE_WORD_MAX) {
            normalize_part(out, buf_str(&word));
            buf_clear(&word);
            points = 0;
        }
        if (text.ptr[i] == ' ') {
            buf_append_char(out, ' ');
            i++;
            continue;
        }
        if ((unsigned char)text.ptr[i] < 0x80) buf_append_char(&word, text.ptr[i++]);
        else text_append_point(&word, str_utf8_next(text, &i));
        points++;
    }
    normalize_part(out, buf_str(&word));
}

static void lattice_begin(struct lattice *lattice, struct str text)
{
    lattice->cap = text.len + 2;
    lattice->points = mem_alloc(lattice->cap * sizeof *lattice->points);
    lattice->offsets = mem_alloc(lattice->cap * sizeof *lattice->offsets);
    lattice->points[lattice->count++] = SEPARATOR;
    for (size_t i = 0; i < text.len;) {
        lattice->offsets[lattice->count] = (uint32_t)i;
        uint32_t point = (unsigned char)text.ptr[i] < 0x80 ? (unsigned char)text.ptr[i++] : str_utf8_next(text, &i);
        lattice->points[lattice->count++] = point == ' ' ? SEPARATOR : point;
    }
    lattice->offsets[lattice->count] = (uint32_t)text.len;
    lattice->best = mem_alloc((lattice->count + 1) * sizeof *lattice->best);
    lattice->ids = mem_alloc((lattice->count + 1) * sizeof *lattice->ids);
    lattice->lengths = mem_alloc((lattice->count + 1) * sizeof *lattice->lengths);
}

/* ---- the best way through ---- */

static const struct use_node *child_of(const struct use_node *nodes, const struct use_node *node, uint32_t point)
{
    size_t low = node->first, high = low + node->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (nodes[middle].point == point) return &nodes[middle];
        if (nodes[middle].point < point) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

static void reach(struct lattice *lattice, size_t from, size_t length, int32_t id, double score)
{
    size_t to = from + length;
    score += lattice->best[from];
    if (lattice->best[to] != 0 && score < lattice->best[to]) return;
    lattice->best[to] = score;
    lattice->ids[to] = id;
    lattice->lengths[to] = (uint8_t)length;
}

static void find_ways(struct lattice *lattice, const struct use_node *nodes)
{
    for (size_t from = 0; from < lattice->count; from++) {
        bool is_known = false;
        const struct use_node *node = nodes;
        for (size_t length = 1; from + length <= lattice->count; length++) {
            node = child_of(nodes, node, lattice->points[from + length - 1]);
            if (!node) break;
            if (node->id < 0) continue;
            reach(lattice, from, length, node->id, node->score);
            is_known = true;
        }
        if (!is_known) reach(lattice, from, 1, 0, 0);
    }
}

/* Reads the best way from its end. A place that no way reaches is passed as unknown. */
static void read_back(const struct lattice *lattice, struct arena *arena, struct use_tokens *tokens)
{
    struct use_token *all = arena_array(arena, struct use_token, lattice->count);
    size_t first = lattice->count;
    for (size_t end = lattice->count; end > 0;) {
        size_t length = lattice->lengths[end] ? lattice->lengths[end] : 1, start = end - length;
        int32_t id = lattice->ids[end];
        bool joins = id == 0 && first < lattice->count && all[first].id == 0;
        if (!joins) all[--first] = (struct use_token){.id = id, .end = lattice->offsets[end]};
        all[first].start = start ? lattice->offsets[start] : 0;
        all[first].begins_word = lattice->points[start] == SEPARATOR;
        end = start;
    }
    tokens->items = all + first;
    tokens->count = lattice->count - first;
}

enum err use_tokens_find(struct arena *arena, const struct use_node *nodes, struct str text, struct use_tokens *tokens)
{
    struct lattice lattice CLEANUP(lattice_dispose) = {0};
    struct buf normalized CLEANUP(buf_dispose) = {0};
    *tokens = (struct use_tokens){0};
    if (text.len > USE_TEXT_MAX) return err_set(ERR_TOO_LARGE, "a text of %zu bytes is too long to be embedded; %zu are allowed", text.len, USE_TEXT_MAX);
    if (is_ascii(text)) buf_append_str(&normalized, text);
    else normalize(&normalized, text);
    if (normalized.overflow) return err_set(ERR_TOO_LARGE, "the text is too long to be embedded in its normal form");
    if (normalized.len == 0) return OK;
    tokens->text = str_copy(arena, buf_str(&normalized));
    lattice_begin(&lattice, tokens->text);
    find_ways(&lattice, nodes);
    read_back(&lattice, arena, tokens);
    return OK;
}

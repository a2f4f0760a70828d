/* Design in layout.h. Coordinates grow to the right and downwards. Recursive cutting of pages: Nagy and Seth 1984 (XY cut), here with
 * gutters found from left edges that many lines share. */
#include "ai/layout.h"

#include "ai/resume_heading.h"
#include "ai/text_clean.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PIECES_MAX 20000 /* a page */
#define EDGES_MAX 64
#define DEPTH_MAX 12
#define WIDE_GAP 1.5   /* line heights: a tab */
#define COLUMN_LINES 4 /* a column has at least so many lines */
#define HEADED_LINES 2 /* also one that begins with a heading beside another heading */

/* Words of one line that stand together. */
struct piece {
    double left, top, right, bottom;
    struct str text;
};

struct page {
    struct arena *arena;
    struct buf *out;
    double height; /* of a usual line */
    double edges[EDGES_MAX]; /* left edges that several pieces share */
    size_t edges_count;
};

/* --- markup ----------------------------------------------------------------------------------------------------------------------- */

struct scanner {
    struct str markup;
    size_t at;
};

enum tag { TAG_PAGE, TAG_LINE, TAG_WORD, TAG_END };

/* Moves behind the name of the next tag that matters. */
static enum tag next_tag(struct scanner *scanner)
{
    static const struct str names[] = {STR_INIT("page "), STR_INIT("line "), STR_INIT("word ")};
    for (;;) {
        scanner->at = str_find_char(scanner->markup, '<', scanner->at);
        if (scanner->at == STR_NPOS) return TAG_END;
        struct str rest = str_slice(scanner->markup, ++scanner->at, scanner->markup.len);
        for (int tag = TAG_PAGE; tag < TAG_END; tag++)
            if (str_starts(rest, names[tag])) {
                scanner->at += names[tag].len;
                return (enum tag)tag;
            }
    }
}

/* name="123.4" of the tag whose attributes these are; 0 when it is missing, wrong or beyond any page. */
static double attribute(struct str attributes, struct str name)
{
    size_t at = str_find(attributes, name, 0);
    if (at == STR_NPOS) return 0;
    at += name.len;
    size_t end = str_find_char(attributes, '"', at);
    double value = 0;
    if (end == STR_NPOS || str_to_double(str_slice(attributes, at, end), &value) != OK) return 0;
    return value >= -100000 && value <= 100000 ? value : 0;
}

static struct str take_attributes(struct scanner *scanner)
{
    size_t end = str_find_char(scanner->markup, '>', scanner->at);
    if (end == STR_NPOS) end = scanner->markup.len;
    struct str attributes = str_slice(scanner->markup, scanner->at, end);
    scanner->at = end;
    return attributes;
}

static uint32_t entity(struct str name)
{
    static const struct {
        struct str name;
        uint32_t point;
    } known[] = {{STR_INIT("amp"), '&'}, {STR_INIT("lt"), '<'}, {STR_INIT("gt"), '>'}, {STR_INIT("quot"), '"'}, {STR_INIT("apos"), '\''}};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (str_equal(name, known[i].name)) return known[i].point;
    int64_t number = 0;
    if (name.len > 1 && name.ptr[0] == '#' && str_to_int(str_slice(name, 1, name.len), &number) == OK && number > 0 && number < 0x110000)
        return (uint32_t)number;
    return 0;
}

static struct str word_text(struct page *page, struct scanner *scanner)
{
    size_t start = scanner->at < scanner->markup.len ? scanner->at + 1 : scanner->at;
    size_t end = str_find_char(scanner->markup, '<', start);
    struct str raw = str_slice(scanner->markup, start, end == STR_NPOS ? scanner->markup.len : end);
    struct buf plain CLEANUP(buf_dispose) = {0};
    for (size_t i = 0; i < raw.len; i++) {
        size_t stop = raw.ptr[i] == '&' ? str_find_char(raw, ';', i) : STR_NPOS;
        uint32_t point = stop != STR_NPOS && stop - i < 10 ? entity(str_slice(raw, i + 1, stop)) : 0;
        if (point) {
            text_append_point(&plain, point);
            i = stop;
        } else {
            buf_append_char(&plain, raw.ptr[i]);
        }
    }
    struct buf clean CLEANUP(buf_dispose) = {0};
    text_clean(&clean, buf_str(&plain));
    return str_copy(page->arena, str_trim(buf_str(&clean)));
}

/* --- pieces ----------------------------------------------------------------------------------------------------------------------- */

static struct piece read_word(struct page *page, struct scanner *scanner)
{
    struct str attributes = take_attributes(scanner);
    struct piece word = {.left = attribute(attributes, STR("xMin=\"")),
                         .top = attribute(attributes, STR("yMin=\"")),
                         .right = attribute(attributes, STR("xMax=\"")),
                         .bottom = attribute(attributes, STR("yMax=\""))};
    word.text = word_text(page, scanner);
    return word;
}

static double height_of(const struct piece *piece) { return piece->bottom - piece->top; }

static bool is_bullet(struct str text)
{
    size_t offset = 0;
    uint32_t point = str_utf8_next(text, &offset);
    if (offset != text.len) return false;
    return point == '-' || point == '*' || point == 'o' || point == 0xB7 || point == 0x2013 || (point >= 0x2022 && point <= 0x25FF);
}

/* Letters set apart ("E D U C A T I O N"): word ends show only as wider gaps, kept as two spaces. */
static bool is_letter(struct str text)
{
    size_t offset = 0;
    str_utf8_next(text, &offset);
    return offset == text.len && !is_bullet(text);
}

static void add_word(struct page *page, struct piece *piece, const struct piece *word)
{
    double gap = word->left - piece->right, height = height_of(word);
    bool spaced = is_letter(word->text) && str_utf8_length(piece->text) > 2 && gap > 0.6 * height;
    piece->text = str_format(page->arena, "%.*s%s%.*s", STR_ARG(piece->text), spaced ? "  " : " ", STR_ARG(word->text));
    piece->right = fmax(piece->right, word->right);
    piece->top = fmin(piece->top, word->top);
    piece->bottom = fmax(piece->bottom, word->bottom);
}

/* A word at a left edge of other lines, with more than a space before it, begins a piece: a long date reaches close to the title beside it. */
static bool is_at_edge(const struct page *page, const struct piece *last, const struct piece *word)
{
    if (word->left - last->right < 0.6 * height_of(word)) return false;
    for (size_t i = 0; i < page->edges_count; i++)
        if (fabs(word->left - page->edges[i]) < 1) return true;
    return false;
}

/* Reads the pieces of one page; the scanner stands behind its attributes, and ends before the next page. */
static enum err read_page(struct page *page, struct scanner *scanner, struct piece *pieces, size_t *count)
{
    bool new_line = true;
    size_t words = 0;
    *count = 0;
    for (;;) {
        size_t before = scanner->at;
        enum tag tag = next_tag(scanner);
        if (tag == TAG_PAGE) scanner->at = before;
        if (tag == TAG_PAGE || tag == TAG_END) return OK;
        if (tag == TAG_LINE) {
            new_line = true;
            continue;
        }
        if (++words > PIECES_MAX) return err_set(ERR_TOO_LARGE, "a page has more than %d words", PIECES_MAX);
        struct piece word = read_word(page, scanner);
        if (word.text.len == 0) continue;
        struct piece *last = *count ? &pieces[*count - 1] : NULL;
        bool joins = last && !new_line && word.left >= last->left && word.left - last->right < WIDE_GAP * height_of(&word) &&
                     last->text.len < 4096 && !is_at_edge(page, last, &word);
        if (joins) add_word(page, last, &word);
        else pieces[(*count)++] = word;
        new_line = false;
    }
}

static int by_middle(const void *a, const void *b)
{
    const struct piece *first = a, *second = b;
    double y1 = first->top + first->bottom, y2 = second->top + second->bottom;
    if (y1 != y2) return y1 < y2 ? -1 : 1;
    return first->left < second->left ? -1 : first->left > second->left;
}

static int by_left(const void *a, const void *b)
{
    const struct piece *first = a, *second = b;
    return first->left < second->left ? -1 : first->left > second->left;
}

static int by_number(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double usual_height(struct arena *arena, const struct piece *pieces, size_t count)
{
    if (count == 0) return 10;
    double *heights = arena_array(arena, double, count);
    for (size_t i = 0; i < count; i++) heights[i] = height_of(&pieces[i]);
    qsort(heights, count, sizeof(*heights), by_number);
    return fmax(heights[count / 2], 1);
}

/* --- line by line ----------------------------------------------------------------------------------------------------------------- */

static void emit_row(struct page *page, struct piece *row, size_t count)
{
    qsort(row, count, sizeof(*row), by_left);
    for (size_t i = 0; i < count; i++) {
        bool wide = i && row[i].left - row[i - 1].right >= WIDE_GAP * page->height && !is_bullet(row[i - 1].text);
        if (i) buf_append_char(page->out, wide ? '\t' : ' ');
        buf_append_str(page->out, row[i].text);
    }
    buf_append_char(page->out, '\n');
}

/* The pieces from `start` on that share a line with it. */
static size_t row_end(const struct piece *pieces, size_t count, size_t start)
{
    double middle = (pieces[start].top + pieces[start].bottom) / 2;
    size_t end = start + 1;
    while (end < count && (pieces[end].top + pieces[end].bottom) / 2 - middle < 0.5 * height_of(&pieces[start])) end++;
    return end;
}

/* The gap between lines that is usual here: the lower quartile, so that single-line paragraphs do not hide it. */
static double usual_gap(struct page *page, const struct piece *pieces, size_t count)
{
    double *gaps = arena_array(page->arena, double, count);
    size_t found = 0;
    for (size_t i = 0, next = 0; i < count; i = next) {
        next = row_end(pieces, count, i);
        if (next < count) gaps[found++] = pieces[next].top - pieces[i].bottom;
    }
    if (found == 0) return 0;
    qsort(gaps, found, sizeof(*gaps), by_number);
    return gaps[found / 4];
}

static void emit_rows(struct page *page, struct piece *pieces, size_t count)
{
    if (count == 0) return;
    double gap = fmax(usual_gap(page, pieces, count), 0), bottom = pieces[0].top;
    for (size_t i = 0, next = 0; i < count; i = next) {
        next = row_end(pieces, count, i);
        if (i && pieces[i].top - bottom > gap + 0.45 * page->height) buf_append_char(page->out, '\n');
        bottom = pieces[i].bottom;
        for (size_t j = i; j < next; j++) bottom = fmax(bottom, pieces[j].bottom);
        emit_row(page, pieces + i, next - i);
    }
}

/* --- columns ---------------------------------------------------------------------------------------------------------------------- */

/* A gutter left of `x` beside the pieces first..end. */
struct gutter {
    double x;
    size_t first, end;
    size_t left_lines, right_lines;
};

static bool is_left(const struct page *page, const struct piece *piece, double x) { return piece->right <= x - 0.5 * page->height; }
static bool is_right(const struct piece *piece, double x) { return piece->left >= x - 1; }

/* A side's short group of lines, each beginning on a line of the other side, belongs to that line: a date at the right of a title. */
struct side {
    size_t lines, groups, aligned;
    size_t headings;     /* above both sides, counted apart */
    size_t last_lines;   /* of the last group */
    bool last_aligned;
    double before_last;  /* bottom of the group before the last one */
};

static bool is_beside(const struct page *page, const struct piece *pieces, const struct gutter *gutter, const struct piece *piece, bool right)
{
    for (size_t i = gutter->first; i < gutter->end; i++)
        if (is_right(&pieces[i], gutter->x) != right && fabs(pieces[i].bottom - piece->bottom) <= 0.4 * page->height) return true;
    return false;
}

/* A heading at the left with nothing beside it: where labels stand at the left, it is above what follows on both sides. */
static bool stands_above(const struct page *page, const struct piece *pieces, const struct gutter *gutter, const struct piece *piece)
{
    struct heading heading;
    return !is_beside(page, pieces, gutter, piece, false) && resume_heading_read(piece->text, false, &heading);
}

static struct side side_of(const struct page *page, const struct piece *pieces, const struct gutter *gutter, bool right)
{
    struct side side = {0};
    double top = -1e9, bottom = -1e9;
    for (size_t i = gutter->first; i < gutter->end; i++) {
        if (is_right(&pieces[i], gutter->x) != right) continue;
        if (!right && stands_above(page, pieces, gutter, &pieces[i])) {
            bottom = -1e9; /* what follows is a group of its own */
            side.headings++;
            continue;
        }
        if (pieces[i].top - bottom > 0.8 * page->height) {
            side.groups++;
            side.before_last = bottom;
            side.last_lines = 0;
            side.last_aligned = is_beside(page, pieces, gutter, &pieces[i], right);
            side.aligned += side.last_aligned;
        }
        bottom = fmax(bottom, pieces[i].bottom);
        if (pieces[i].top - top < 0.5 * page->height) continue;
        top = pieces[i].top;
        side.last_lines++;
        side.lines++;
    }
    return side;
}

static bool is_label_side(const struct side *labels, const struct side *named)
{
    return labels->groups >= 2 && labels->aligned * 10 >= labels->groups * 8 && labels->lines <= 3 * labels->groups &&
           labels->lines * 2 <= named->lines;
}

/* Where the left side opens a section below the last line of the right side: what follows stands beside nothing. */
static size_t end_beside(const struct piece *pieces, const struct gutter *gutter)
{
    double bottom = -1e9;
    for (size_t i = gutter->first; i < gutter->end; i++)
        if (is_right(&pieces[i], gutter->x)) bottom = fmax(bottom, pieces[i].bottom);
    struct heading heading;
    for (size_t i = gutter->first; i < gutter->end; i++)
        if (pieces[i].top >= bottom && resume_heading_read(pieces[i].text, false, &heading)) return i;
    return gutter->end;
}

/* Cuts off what only looks like the end of a column: a date far below it that belongs to the line at its left, and sections below. */
static void trim_gutter(const struct page *page, const struct piece *pieces, struct gutter *gutter)
{
    for (int rounds = 0; rounds < 8; rounds++) {
        gutter->end = end_beside(pieces, gutter);
        struct side right = side_of(page, pieces, gutter, true);
        gutter->right_lines = right.lines;
        struct side left = side_of(page, pieces, gutter, false);
        gutter->left_lines = left.lines + left.headings;
        if (right.groups < 2 || right.last_lines > 2 || !right.last_aligned) return;
        size_t end = gutter->first;
        while (end < gutter->end && pieces[end].top < right.before_last) end++;
        gutter->end = end;
    }
}

static size_t score_of(const struct gutter *gutter)
{
    return gutter->left_lines < gutter->right_lines ? gutter->left_lines : gutter->right_lines;
}

/* The headings at the start of the row at `start`, when two or more stand there and nothing else: sections beside each other. */
static size_t headings_in_row(const struct piece *pieces, size_t count, size_t start)
{
    size_t end = row_end(pieces, count, start);
    struct heading heading;
    for (size_t i = start; i < end; i++)
        if (!resume_heading_read(pieces[i].text, false, &heading)) return 0;
    return end - start > 1 ? end - start : 0;
}

static bool is_headed(const struct page *page, const struct piece *pieces, const struct gutter *gutter)
{
    size_t headings = headings_in_row(pieces, gutter->end, gutter->first), left = 0, right = 0;
    for (size_t i = gutter->first; i < gutter->first + headings; i++) {
        left += is_left(page, &pieces[i], gutter->x);
        right += is_right(&pieces[i], gutter->x);
    }
    return left && right;
}

/* The left one of two sections beside each other may be the longer one: its lines up to the next heading. */
static void take_rest_of_left(const struct page *page, const struct piece *pieces, struct gutter *gutter, size_t max)
{
    struct heading heading;
    while (gutter->end < max && is_left(page, &pieces[gutter->end], gutter->x) && !resume_heading_read(pieces[gutter->end].text, false, &heading)) gutter->end++;
}

static void keep_better(const struct page *page, const struct piece *pieces, struct gutter *found, struct gutter *best)
{
    bool headed = found->first < found->end && is_headed(page, pieces, found);
    size_t least = headed ? HEADED_LINES : COLUMN_LINES;
    if (score_of(found) < least || score_of(found) < score_of(best)) return;
    struct side right = side_of(page, pieces, found, true), left = side_of(page, pieces, found, false);
    if (!headed && is_label_side(&right, &left)) return; /* dates at the right stay in their lines */
    size_t whole = found->end;
    trim_gutter(page, pieces, found);
    if (headed) take_rest_of_left(page, pieces, found, whole);
    if (score_of(found) < least) return;
    bool longer = found->end - found->first > best->end - best->first;
    if (score_of(found) > score_of(best) || (score_of(found) == score_of(best) && longer)) *best = *found;
}

/* The longest stretch of pieces that all stand on one side of `x`. */
static void try_gutter(const struct page *page, const struct piece *pieces, size_t count, double x, struct gutter *best)
{
    struct gutter found = {.x = x};
    double left_y = -1e9, right_y = -1e9;
    for (size_t i = 0; i < count; i++) {
        bool left = is_left(page, &pieces[i], x), right = is_right(&pieces[i], x);
        if (!left && !right) {
            found.end = i;
            keep_better(page, pieces, &found, best);
            found = (struct gutter){.x = x, .first = i + 1};
            left_y = right_y = -1e9;
            continue;
        }
        double *y = left ? &left_y : &right_y;
        if (pieces[i].top - *y < 0.5 * page->height) continue; /* the same line */
        *y = pieces[i].top;
        *(left ? &found.left_lines : &found.right_lines) += 1;
    }
    found.end = count;
    keep_better(page, pieces, &found, best);
}

/* Left edges that several pieces share. */
static size_t shared_edges(const struct page *page, const struct piece *pieces, size_t count, double *edges)
{
    double *lefts = arena_array(page->arena, double, count);
    for (size_t i = 0; i < count; i++) lefts[i] = pieces[i].left;
    qsort(lefts, count, sizeof(*lefts), by_number);
    size_t found = 0;
    for (size_t i = 0, next = 0; i < count && found < EDGES_MAX; i = next) {
        for (next = i + 1; next < count && lefts[next] - lefts[i] < 3; next++) continue;
        if (next - i >= 3 && lefts[i] > lefts[0] + 2 * page->height) edges[found++] = lefts[i];
    }
    return found;
}

/* Do the pieces at the left name what stands beside them? Few lines, in short groups, each beginning on a line of the right side. */
static bool is_label_column(const struct page *page, const struct piece *pieces, const struct gutter *gutter)
{
    struct side left = side_of(page, pieces, gutter, false), right = side_of(page, pieces, gutter, true);
    return is_label_side(&left, &right);
}

static void emit(struct page *page, struct piece *pieces, size_t count, int depth);

/* Left pieces to the front, each side in its order. Gives the number of left ones. */
static size_t part_sides(struct page *page, struct piece *pieces, size_t count, double x)
{
    struct piece *right = arena_array(page->arena, struct piece, count);
    size_t left_count = 0, right_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_right(&pieces[i], x)) right[right_count++] = pieces[i];
        else pieces[left_count++] = pieces[i];
    }
    if (right_count) memcpy(pieces + left_count, right, right_count * sizeof(*right));
    return left_count;
}

static void emit_columns(struct page *page, struct piece *pieces, size_t count, double x, int depth)
{
    size_t left = part_sides(page, pieces, count, x);
    emit(page, pieces, left, depth + 1);
    if (left && left < count) buf_append_char(page->out, '\n');
    emit(page, pieces + left, count - left, depth + 1);
}

/* Strips from one label to the next: the label, then what stands beside it. */
static void emit_labelled(struct page *page, struct piece *pieces, const struct gutter *gutter, int depth)
{
    size_t start = gutter->first;
    double bottom = -1e9;
    bool after_heading = false;
    for (size_t i = gutter->first; i < gutter->end; i++) {
        if (!is_left(page, &pieces[i], gutter->x)) continue;
        bool starts = pieces[i].top - bottom > 0.8 * page->height || after_heading;
        after_heading = stands_above(page, pieces, gutter, &pieces[i]);
        bottom = fmax(bottom, pieces[i].bottom);
        if (!starts && !after_heading) continue;
        size_t first = i; /* the strip begins with the line that the label shares */
        while (first > start && pieces[first - 1].bottom > pieces[i].top + 0.5 * page->height) first--;
        if (first > start) {
            emit_columns(page, pieces + start, first - start, gutter->x, depth);
            buf_append_char(page->out, '\n');
            start = first;
        }
    }
    emit_columns(page, pieces + start, gutter->end - start, gutter->x, depth);
}

/* The first row but the very first that holds only headings of sections beside each other, 0 for none: there every column begins anew. */
static size_t next_headed(const struct piece *pieces, size_t count)
{
    for (size_t i = row_end(pieces, count, 0); i < count; i = row_end(pieces, count, i))
        if (headings_in_row(pieces, count, i)) return i;
    return 0;
}

/* `pieces` are in the order of by_middle. */
static void emit(struct page *page, struct piece *pieces, size_t count, int depth)
{
    struct gutter best = {0};
    size_t headed = count && depth < DEPTH_MAX ? next_headed(pieces, count) : 0;
    if (headed) {
        emit(page, pieces, headed, depth + 1);
        buf_append_char(page->out, '\n');
        emit(page, pieces + headed, count - headed, depth + 1);
        return;
    }
    if (depth < DEPTH_MAX && count >= 2 * HEADED_LINES) {
        double edges[EDGES_MAX];
        size_t found = shared_edges(page, pieces, count, edges), headings = headings_in_row(pieces, count, 0);
        for (size_t i = 1; i < headings && found < EDGES_MAX; i++) edges[found++] = pieces[i].left;
        for (size_t i = 0; i < found; i++) try_gutter(page, pieces, count, edges[i], &best);
    }
    if (best.end == 0) {
        emit_rows(page, pieces, count);
        return;
    }
    bool labelled = is_label_column(page, pieces, &best);
    emit(page, pieces, best.first, depth + 1);
    if (best.first) buf_append_char(page->out, '\n');
    if (labelled) emit_labelled(page, pieces, &best, depth);
    else emit_columns(page, pieces + best.first, best.end - best.first, best.x, depth);
    if (best.end < count) buf_append_char(page->out, '\n');
    emit(page, pieces + best.end, count - best.end, depth + 1);
}

enum err layout_text(struct str markup, struct buf *out, int *pages)
{
    struct scanner scanner = {.markup = markup};
    struct piece *pieces = mem_alloc(PIECES_MAX * sizeof(*pieces));
    enum err result = OK;
    *pages = 0;
    while (result == OK) {
        enum tag tag = next_tag(&scanner);
        if (tag == TAG_END) break;
        if (tag != TAG_PAGE) continue; /* nothing stands outside of pages */
        if (++*pages > LAYOUT_PAGES_MAX) {
            result = err_set(ERR_TOO_LARGE, "more than %d pages", LAYOUT_PAGES_MAX);
            break;
        }
        struct arena arena CLEANUP(arena_dispose) = {0};
        struct page page = {.arena = &arena, .out = out};
        size_t count = 0;
        struct scanner first = scanner;
        result = read_page(&page, &first, pieces, &count);
        if (result != OK) break;
        page.height = usual_height(&arena, pieces, count);
        page.edges_count = shared_edges(&page, pieces, count, page.edges);
        result = read_page(&page, &scanner, pieces, &count);
        if (result != OK) break;
        qsort(pieces, count, sizeof(*pieces), by_middle);
        if (out->len) buf_append_char(out, '\n');
        emit(&page, pieces, count, 0);
        if (out->overflow) result = err_set(ERR_TOO_LARGE, "too much text");
    }
    free(pieces);
    return result;
}

/* Figures, states and documents as operators read them. */
#include "base/clock.h"
#include "features/admin/admin.h"
#include "html/html.h"

#include <inttypes.h>
#include <stdio.h>

#define PRETTY_MAX ((size_t)1 << 20)

struct str admin_count(struct arena *arena, int64_t count, bool is_bound)
{
    char digits[32];
    struct buf out CLEANUP(buf_dispose) = {0};
    int length = snprintf(digits, sizeof digits, "%" PRId64, count);
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0) buf_append_char(&out, ',');
        buf_append_char(&out, digits[i]);
    }
    if (is_bound) buf_append_char(&out, '+');
    return str_copy(arena, buf_str(&out));
}

struct str admin_workflow_words(struct arena *arena, int64_t open)
{
    if (!open) return STR("All of its jobs are finished.");
    return str_format(arena, "%.*s of its jobs %s not finished.", STR_ARG(admin_count(arena, open, false)), open == 1 ? "is" : "are");
}

struct str admin_duration(struct arena *arena, int64_t us)
{
    if (us < 0) return STR("–");
    if (us < 10000) return str_format(arena, "%.1f ms", (double)us / 1000);
    if (us < US_PER_SECOND) return str_format(arena, "%.0f ms", (double)us / 1000);
    if (us < 10 * US_PER_SECOND) return str_format(arena, "%.1f s", (double)us / (double)US_PER_SECOND);
    if (us < 120 * US_PER_SECOND) return str_format(arena, "%.0f s", (double)us / (double)US_PER_SECOND);
    if (us < 7200 * US_PER_SECOND) return str_format(arena, "%.0f min", (double)us / (60.0 * (double)US_PER_SECOND));
    if (us < 2 * US_PER_DAY) return str_format(arena, "%.0f h", (double)us / (3600.0 * (double)US_PER_SECOND));
    return str_format(arena, "%.0f days", (double)us / (double)US_PER_DAY);
}

struct str admin_until(struct arena *arena, int64_t us, int64_t now)
{
    return us <= now ? STR("now") : str_format(arena, "in %.*s", STR_ARG(admin_duration(arena, us - now)));
}

/* The hour, minute and second of "2026-03-12T14:03:09Z". */
struct str admin_clock(struct arena *arena, int64_t us) { return str_slice(time_iso(arena, us), 11, 19); }

struct status_words {
    struct str name, words, badge;
};

static struct admin_status find_status(struct arena *arena, const struct status_words *list, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(list[i].name, name)) return (struct admin_status){name, list[i].words, list[i].badge};
    return (struct admin_status){name, str_copy(arena, name), STR("badge badge-outline")};
}

struct admin_status admin_job_status(struct arena *arena, struct str status)
{
    static const struct status_words list[] = {
        {STR_INIT("queued"), STR_INIT("ready"), STR_INIT("badge badge-outline")},     {STR_INIT("scheduled"), STR_INIT("scheduled"), STR_INIT("badge badge-outline")},
        {STR_INIT("waiting"), STR_INIT("waiting"), STR_INIT("badge badge-outline")},  {STR_INIT("blocked"), STR_INIT("blocked"), STR_INIT("badge badge-outline")},
        {STR_INIT("running"), STR_INIT("running"), STR_INIT("badge badge-primary")},  {STR_INIT("completed"), STR_INIT("done"), STR_INIT("badge badge-success")},
        {STR_INIT("dead"), STR_INIT("dead letter"), STR_INIT("badge badge-destructive")}, {STR_INIT("cancelled"), STR_INIT("cancelled"), STR_INIT("badge badge-warning")}};
    return find_status(arena, list, COUNT_OF(list), status);
}

struct admin_status admin_event_status(struct arena *arena, struct str status)
{
    static const struct status_words list[] = {
        {STR_INIT("pending"), STR_INIT("pending"), STR_INIT("badge badge-outline")},
        {STR_INIT("processing"), STR_INIT("processing"), STR_INIT("badge badge-primary")},
        {STR_INIT("completed"), STR_INIT("done"), STR_INIT("badge badge-success")},
        {STR_INIT("failed"), STR_INIT("failed"), STR_INIT("badge badge-destructive")}};
    return find_status(arena, list, COUNT_OF(list), status);
}

static void new_line(struct buf *out, int depth)
{
    buf_append_char(out, '\n');
    for (int i = 0; i < depth; i++) buf_append_str(out, STR("  "));
}

struct str admin_pretty(struct arena *arena, struct str json)
{
    struct buf out CLEANUP(buf_dispose) = {0};
    bool in_text = false, is_escaped = false;
    int depth = 0;
    buf_init(&out, PRETTY_MAX);
    for (size_t i = 0; i < json.len && !out.overflow; i++) {
        char c = json.ptr[i], next = i + 1 < json.len ? json.ptr[i + 1] : '\0';
        if (in_text) {
            buf_append_char(&out, c);
            in_text = c != '"' || is_escaped;
            is_escaped = c == '\\' && !is_escaped;
            continue;
        }
        in_text = c == '"';
        if (c == '}' || c == ']') depth--;
        if ((c == '}' || c == ']') && json.ptr[i - 1] != '{' && json.ptr[i - 1] != '[') new_line(&out, depth);
        if (c != ' ' && c != '\n') buf_append_char(&out, c);
        if (c == ':') buf_append_char(&out, ' ');
        if (c == '{' || c == '[') depth++;
        if (((c == '{' || c == '[') && next != '}' && next != ']') || c == ',') new_line(&out, depth);
    }
    return out.overflow || depth ? json : str_copy(arena, buf_str(&out));
}

struct str admin_url_part(struct arena *arena, struct str value)
{
    struct html out = {0};
    html_url_part_str(&out, value);
    struct str part = str_copy(arena, buf_str(&out.buf));
    buf_dispose(&out.buf);
    return part;
}

struct choice *admin_choices(struct arena *arena, const char *const *values, size_t count, const char *all, struct str selected)
{
    struct choice *choices = arena_array(arena, struct choice, count + 1);
    choices[0] = (struct choice){.label = str_from(all), .is_selected = !selected.len};
    for (size_t i = 0; i < count; i++)
        choices[i + 1] = (struct choice){.value = str_from(values[i]), .label = str_from(values[i]), .is_selected = str_equal(selected, str_from(values[i]))};
    return choices;
}

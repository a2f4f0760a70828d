/* Time zones by GLib, which reads the files of tzdata and their rules for the years after. Design in time_zone.h. */
#include "base/time_zone.h"

#include <glib.h>
#include <pthread.h>
#include <string.h>

#define NAME_MAX_BYTES 64

/* GLib shares a zone among those who have it open, with locks of its own; ThreadSanitizer, which does not know these, sees this one. */
static pthread_mutex_t sharing = PTHREAD_MUTEX_INITIALIZER;

/* GLib also takes the rules themselves for a name ("Foo3" is three hours west of UTC) and a path for one: a slip of the pen must not be a zone. */
static bool is_name(struct str name)
{
    bool has_area = str_find_char(name, '/', 0) != STR_NPOS;
    for (size_t i = 0; i < name.len; i++) {
        if (g_ascii_isalpha(name.ptr[i])) continue;
        if (i == 0 || !has_area || !(g_ascii_isdigit(name.ptr[i]) || memchr("/_+-", name.ptr[i], 4))) return false;
    }
    return name.len > 0 && name.len < NAME_MAX_BYTES;
}

enum err time_zone_open(struct time_zone *zone, struct str name)
{
    char text[NAME_MAX_BYTES];
    zone->rules = NULL;
    if (is_name(name)) {
        memcpy(text, name.ptr, name.len);
        text[name.len] = 0;
        pthread_mutex_lock(&sharing);
        zone->rules = g_time_zone_new_identifier(text);
        pthread_mutex_unlock(&sharing);
    }
    if (zone->rules) return OK;
    return err_set(ERR_INVALID, "this system knows no time zone '%.*s' (is tzdata installed?)", STR_ARG(str_slice(name, 0, NAME_MAX_BYTES)));
}

void time_zone_close(struct time_zone *zone)
{
    if (!zone->rules) return;
    pthread_mutex_lock(&sharing);
    g_time_zone_unref(zone->rules);
    pthread_mutex_unlock(&sharing);
    zone->rules = NULL;
}

int64_t time_zone_offset(const struct time_zone *zone, int64_t second)
{
    return g_time_zone_get_offset(zone->rules, g_time_zone_find_interval(zone->rules, G_TIME_TYPE_UNIVERSAL, second));
}

/* GLib tells which interval a moment lies in, and not where that ends. */
int64_t time_zone_change(const struct time_zone *zone, int64_t second, int64_t limit)
{
    int here = g_time_zone_find_interval(zone->rules, G_TIME_TYPE_UNIVERSAL, second);
    int64_t same = second, other = limit;
    if (g_time_zone_find_interval(zone->rules, G_TIME_TYPE_UNIVERSAL, limit) == here) return limit;
    while (other - same > 1) {
        int64_t middle = same + (other - same) / 2;
        if (g_time_zone_find_interval(zone->rules, G_TIME_TYPE_UNIVERSAL, middle) == here) same = middle;
        else other = middle;
    }
    return other;
}

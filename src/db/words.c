/* Words of the engines: what is written {uuid} or {skip_locked} in a migration or statement, and what it is on this engine. */
#include "base/buf.h"
#include "db/driver.h"
#include <ctype.h>

static const struct db_word *find_word(const struct db_driver *driver, struct str name)
{
    for (size_t i = 0; i < driver->words_count; i++)
        if (str_equal(driver->words[i].name, name)) return &driver->words[i];
    return NULL;
}

static bool is_letter(char c) { return islower((unsigned char)c) || c == '_'; }

/* A brace that does not stand around lower-case letters is left alone ('{}' as a default). */
enum err db_words_expand(const struct db_driver *driver, const char *name, struct str text, struct buf *out)
{
    size_t plain = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '{') continue;
        size_t end = i + 1;
        while (end < text.len && is_letter(text.ptr[end])) end++;
        if (end == i + 1 || end == text.len || text.ptr[end] != '}') continue;
        const struct db_word *word = find_word(driver, str_slice(text, i + 1, end));
        if (!word) return err_set(ERR_INTERNAL, "%s: %s knows no {%.*s}", name, driver->name, STR_ARG(str_slice(text, i + 1, end)));
        buf_append_str(out, str_slice(text, plain, i));
        buf_append_str(out, word->text);
        plain = end + 1;
        i = end;
    }
    buf_append_str(out, str_slice(text, plain, text.len));
    buf_append_char(out, '\0');
    return out->overflow ? err_set(ERR_INTERNAL, "%s is too long", name) : OK;
}

/* `.env` reader: see the header for the grammar. */
#include "base/dotenv.h"

static bool is_name(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
        if (!letter && !(i && c >= '0' && c <= '9')) return false;
    }
    return s.len > 0;
}

/* `rest` is what stands behind the opening quote. */
static const char *read_quoted(struct arena *arena, struct str rest, char quote, struct str *value)
{
    char *text = arena_alloc(arena, rest.len + 1);
    size_t len = 0, at = 0;
    for (; at < rest.len && rest.ptr[at] != quote; at++) {
        char c = rest.ptr[at];
        if (quote == '"' && c == '\\') {
            char next = at + 1 < rest.len ? rest.ptr[++at] : '\0';
            switch (next) {
            case 'n': c = '\n'; break;
            case 'r': c = '\r'; break;
            case 't': c = '\t'; break;
            case '\\':
            case '"':
            case '$': c = next; break;
            default: return "a backslash in double quotes must be followed by n, r, t, \\, \" or $";
            }
        }
        text[len++] = c;
    }
    if (at >= rest.len) return "the closing quote is missing";
    struct str behind = str_trim(str_slice(rest, at + 1, rest.len));
    if (behind.len && behind.ptr[0] != '#') return "there is text behind the closing quote";
    *value = (struct str){text, len};
    return NULL;
}

static struct str read_unquoted(struct str rest)
{
    for (size_t i = 0; i < rest.len; i++)
        if (rest.ptr[i] == '#' && (i == 0 || rest.ptr[i - 1] == ' ' || rest.ptr[i - 1] == '\t'))
            return str_trim(str_slice(rest, 0, i));
    return str_trim(rest);
}

/* Reads one line that is neither empty nor a comment; returns what is wrong with it, or NULL. */
static const char *read_entry(struct arena *arena, struct str line, struct dotenv_entry *entry)
{
    if (!str_is_text(line)) return "the line is not UTF-8 text";
    if (str_starts(line, STR("export ")) || str_starts(line, STR("export\t"))) line = str_trim(str_slice(line, 7, line.len));
    size_t equals = str_find_char(line, '=', 0);
    if (equals == STR_NPOS) return "NAME=value is expected";
    entry->name = str_trim(str_slice(line, 0, equals));
    if (!is_name(entry->name)) return "the name may have letters, digits and _ only";
    struct str rest = str_trim(str_slice(line, equals + 1, line.len));
    if (rest.len && (rest.ptr[0] == '"' || rest.ptr[0] == '\''))
        return read_quoted(arena, str_slice(rest, 1, rest.len), rest.ptr[0], &entry->value);
    entry->value = read_unquoted(rest);
    return NULL;
}

static const struct dotenv_entry *find(const struct dotenv *dotenv, struct str name)
{
    for (size_t i = 0; i < dotenv->entries_count; i++)
        if (str_equal(dotenv->entries[i].name, name)) return &dotenv->entries[i];
    return NULL;
}

enum err dotenv_parse(struct arena *arena, struct str content, const char *file, struct dotenv *dotenv, struct buf *mistakes)
{
    size_t lines = 1, found = 0;
    for (size_t i = 0; i < content.len; i++) lines += content.ptr[i] == '\n';
    *dotenv = (struct dotenv){.entries = arena_array(arena, struct dotenv_entry, lines)};
    if (str_starts(content, STR("\xEF\xBB\xBF"))) content = str_slice(content, 3, content.len);

    struct str rest = content, line;
    for (size_t number = 1; str_split_next(&rest, '\n', &line); number++) {
        line = str_trim(line);
        if (line.len == 0 || line.ptr[0] == '#') continue;
        struct dotenv_entry entry = {.line = number};
        const char *wrong = read_entry(arena, line, &entry);
        const struct dotenv_entry *earlier = wrong ? NULL : find(dotenv, entry.name);
        if (wrong) {
            buf_append_format(mistakes, "%s:%zu: %s\n", file, number, wrong);
        } else if (earlier) {
            buf_append_format(mistakes, "%s:%zu: %.*s is set a second time (first on line %zu)\n", file, number,
                              STR_ARG(entry.name), earlier->line);
        } else {
            dotenv->entries[dotenv->entries_count++] = entry;
            continue;
        }
        found++;
    }
    if (found) return err_set(ERR_INVALID, "%s has %zu mistakes", file, found);
    return OK;
}

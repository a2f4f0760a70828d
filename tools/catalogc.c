/* catalogc: the curated catalogue (catalogue/, TSV) and the list of cities become constant C tables.
 *
 *   catalogc --root catalogue --cities cities.tsv --out-c catalogue_data.c
 *
 * Skills are sorted by id, and everything else refers to them by index. Mistakes (an unknown id, a name used twice, a wrong
 * number of columns) name file:line and stop the build. The tables' types are in src/ai/catalogue.h and src/ai/catalogue_data.h.
 */
#include "ai/catalogue_data.h"
#include "tool.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 8

struct row {
    const char *file;
    int line;
    struct str column[COLUMNS_MAX];
    struct str source; /* base name of the file without ".tsv" */
    size_t index;      /* after sorting */
};

struct table {
    struct row *rows;
    size_t count, cap;
};

static const char *root;
static struct table skills, occupations, questions, patterns, dialogue, cities, skill_words, field_words;

static struct row *table_add(struct table *table)
{
    if (table->count == table->cap) {
        table->cap = table->cap ? 2 * table->cap : 256;
        table->rows = mem_resize(table->rows, table->cap * sizeof(*table->rows));
    }
    table->rows[table->count] = (struct row){0};
    return &table->rows[table->count++];
}

/* Reads a file with this header line. `optional` is the one column that may be empty. */
static void read_table(struct table *table, const char *path, struct str source, const char *header, int optional)
{
    int columns = 1;
    for (const char *c = header; *c; c++) columns += *c == '\t';
    struct str rest = tool_read(path), line;
    if (!str_is_text(rest)) tool_fail(path, 0, "is not text in UTF-8");
    if (!str_split_next(&rest, '\n', &line) || !str_equal(line, str_from(header))) tool_fail(path, 1, "the header is not: %s", header);
    for (int number = 2; rest.len > 0 && str_split_next(&rest, '\n', &line); number++) {
        struct row *row = table_add(table);
        row->file = path;
        row->line = number;
        row->source = source;
        for (int column = 0; column < columns; column++) {
            size_t end = str_find_char(line, '\t', 0);
            if ((end == STR_NPOS) != (column == columns - 1)) tool_fail(path, number, "%d columns are expected", columns);
            if (end == STR_NPOS) end = line.len;
            row->column[column] = str_trim(str_slice(line, 0, end));
            line = str_slice(line, end + 1, line.len);
            if (row->column[column].len == 0 && column != optional) tool_fail(path, number, "column %d is empty", column + 1);
        }
    }
}

static int compare_names(const void *a, const void *b) { return str_compare(*(const struct str *)a, *(const struct str *)b); }

/* Every .tsv file of a folder, in the order of their names. */
static void read_folder(struct table *table, const char *folder, const char *header, int optional)
{
    char *path = str_cstr(tool_arena(), str_format(tool_arena(), "%s/%s", root, folder));
    DIR *directory = opendir(path);
    if (!directory) tool_fail(path, 0, "the folder cannot be read");
    struct str_list names = {0};
    for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory)) {
        struct str name = str_from(entry->d_name);
        if (str_ends(name, STR(".tsv"))) str_list_add(tool_arena(), &names, str_copy(tool_arena(), name));
    }
    closedir(directory);
    if (names.count == 0) tool_fail(path, 0, "the folder holds no .tsv file");
    qsort(names.items, names.count, sizeof(names.items[0]), compare_names);
    for (size_t i = 0; i < names.count; i++) {
        struct str source = str_slice(names.items[i], 0, names.items[i].len - 4);
        if (str_equal(source, STR("patterns")) || str_equal(source, STR("dialogue"))) continue;
        read_table(table, str_cstr(tool_arena(), str_format(tool_arena(), "%s/%.*s", path, STR_ARG(names.items[i]))), source, header, optional);
    }
}

static int compare_first_column(const void *a, const void *b)
{
    return str_compare(((const struct row *)a)->column[0], ((const struct row *)b)->column[0]);
}

static void sort_table(struct table *table)
{
    qsort(table->rows, table->count, sizeof(*table->rows), compare_first_column);
    for (size_t i = 0; i < table->count; i++) {
        table->rows[i].index = i;
        if (i && str_equal(table->rows[i].column[0], table->rows[i - 1].column[0]))
            tool_fail(table->rows[i].file, table->rows[i].line, "'%.*s' is defined twice", STR_ARG(table->rows[i].column[0]));
    }
}

static size_t skill_index(const struct row *at, struct str id)
{
    struct row key = {.column = {id}};
    const struct row *found = bsearch(&key, skills.rows, skills.count, sizeof(key), compare_first_column);
    if (!found) tool_fail(at->file, at->line, "there is no skill '%.*s'", STR_ARG(id));
    return found->index;
}

static void put_str(struct buf *out, struct str text)
{
    buf_append_str(out, STR("STR_INIT("));
    tool_c_string(out, text);
    buf_append_str(out, STR(")"));
}

/* "a;b;c" as the initialiser of an array of indices; its length. */
static size_t put_indices(struct buf *out, const struct row *row, struct str list)
{
    size_t count = 0;
    struct str id;
    while (str_split_next(&list, ';', &id)) {
        if (!str_trim(id).len) continue;
        buf_append_format(out, "%zu,", skill_index(row, str_trim(id)));
        count++;
    }
    return count;
}

static size_t put_strs(struct buf *out, struct str list)
{
    size_t count = 0;
    struct str item;
    while (str_split_next(&list, ';', &item)) {
        if (!str_trim(item).len) continue;
        put_str(out, str_trim(item));
        buf_append_char(out, ',');
        count++;
    }
    return count;
}

/* An array of its own, which a struct names by what close_array returns; an empty one is taken back. */
static size_t array_start;

static void open_array(struct buf *out, const char *type, const char *prefix, size_t i)
{
    array_start = out->len;
    buf_append_format(out, "static const %s %s%zu[] = {", type, prefix, i);
}

static struct str close_array(struct buf *out, const char *prefix, size_t i, size_t count)
{
    buf_append_str(out, STR("};\n"));
    if (count) return str_format(tool_arena(), "%s%zu, %zu", prefix, i, count);
    out->len = array_start;
    return STR("NULL, 0");
}

static struct str put_aliases(struct buf *out, const struct row *row, bool *name_is_word)
{
    size_t count = 0;
    struct str list = row->column[3], alias;
    open_array(out, "struct catalogue_alias", "sa", row->index);
    while (str_split_next(&list, ';', &alias)) {
        alias = str_trim(alias);
        bool exact = str_starts(alias, STR("="));
        if (exact) alias = str_slice(alias, 1, alias.len);
        if (!alias.len) continue;
        if (exact && str_equal(alias, row->column[1])) {
            *name_is_word = true;
            continue;
        }
        buf_append_str(out, STR("{"));
        put_str(out, alias);
        buf_append_format(out, ", %d},", exact);
        count++;
    }
    return close_array(out, "sa", row->index, count);
}

/* "cloud-and-devops" reads "Cloud and DevOps". */
static struct str field_title(struct str slug)
{
    static const struct {
        const char *slug, *title;
    } special[] = {{"devops", "DevOps"}, {"it", "IT"}, {"qa", "QA"}, {"and", "and"}};
    struct buf title = {0};
    struct str word;
    while (str_split_next(&slug, '-', &word)) {
        if (title.len) buf_append_char(&title, ' ');
        const char *known = NULL;
        for (size_t i = 0; i < COUNT_OF(special); i++)
            if (str_equal(word, str_from(special[i].slug))) known = special[i].title;
        if (known) buf_append_str(&title, str_from(known));
        else if (!title.len) buf_append_format(&title, "%c%.*s", word.ptr[0] - 'a' + 'A', (int)word.len - 1, word.ptr + 1);
        else buf_append_str(&title, word);
    }
    struct str result = str_copy(tool_arena(), buf_str(&title));
    buf_dispose(&title);
    return result;
}

/* The words of a skill or of a field, "" when it has none. */
static struct str words_of(const struct table *words, struct str key)
{
    for (size_t i = 0; i < words->count; i++)
        if (str_equal(words->rows[i].column[0], key)) return words->rows[i].column[1];
    return STR("");
}

static void put_skills(struct buf *out)
{
    struct buf list = {0};
    buf_append_str(&list, STR("const struct catalogue_skill catalogue_skill_table[] = {\n"));
    for (size_t i = 0; i < skills.count; i++) {
        const struct row *row = &skills.rows[i];
        bool name_is_word = false;
        struct str aliases = put_aliases(out, row, &name_is_word);
        open_array(out, "uint16_t", "sr", i);
        struct str related = close_array(out, "sr", i, put_indices(out, row, row->column[4]));
        open_array(out, "struct str", "st", i);
        struct str terms = close_array(out, "st", i, put_strs(out, row->column[5]));
        open_array(out, "struct str", "sw", i);
        struct str words = close_array(out, "sw", i, put_strs(out, words_of(&skill_words, row->column[0])));
        buf_append_char(&list, '{');
        put_str(&list, row->column[0]);
        buf_append_char(&list, ',');
        put_str(&list, row->column[1]);
        buf_append_char(&list, ',');
        put_str(&list, field_title(row->source));
        buf_append_char(&list, ',');
        put_str(&list, row->column[2]);
        buf_append_format(&list, ", %.*s, %.*s, %.*s, %.*s, %d},\n", STR_ARG(aliases), STR_ARG(related), STR_ARG(terms), STR_ARG(words), name_is_word);
    }
    buf_append_format(&list, "};\nconst size_t catalogue_skills_count = %zu;\n", skills.count);
    buf_append_str(out, buf_str(&list));
    buf_dispose(&list);
}

static void check_field(const struct row *row)
{
    for (size_t i = 0; i < skills.count; i++)
        if (str_equal(skills.rows[i].source, row->column[2])) return;
    tool_fail(row->file, row->line, "there is no field '%.*s'", STR_ARG(row->column[2]));
}

static void put_occupations(struct buf *out)
{
    struct buf list = {0};
    buf_append_str(&list, STR("const struct catalogue_occupation catalogue_occupation_table[] = {\n"));
    for (size_t i = 0; i < occupations.count; i++) {
        const struct row *row = &occupations.rows[i];
        check_field(row);
        open_array(out, "struct str", "ot", i);
        struct str alternates = close_array(out, "ot", i, put_strs(out, row->column[3]));
        open_array(out, "uint16_t", "oc", i);
        struct str core = close_array(out, "oc", i, put_indices(out, row, row->column[4]));
        open_array(out, "uint16_t", "ou", i);
        struct str useful = close_array(out, "ou", i, put_indices(out, row, row->column[5]));
        int64_t years;
        if (str_to_int(row->column[6], &years) != OK) tool_fail(row->file, row->line, "the years are no number");
        buf_append_char(&list, '{');
        put_str(&list, row->column[0]);
        buf_append_char(&list, ',');
        put_str(&list, row->column[1]);
        buf_append_char(&list, ',');
        put_str(&list, field_title(row->column[2]));
        buf_append_format(&list, ", %.*s, %.*s, %.*s, %d},\n", STR_ARG(alternates), STR_ARG(core), STR_ARG(useful), (int)years);
    }
    buf_append_format(&list, "};\nconst size_t catalogue_occupations_count = %zu;\n", occupations.count);
    buf_append_str(out, buf_str(&list));
    buf_dispose(&list);
}

static int one_of(const struct row *row, struct str word, const char *const *words, int count)
{
    for (int i = 0; i < count; i++)
        if (str_equal(word, str_from(words[i]))) return i;
    tool_fail(row->file, row->line, "'%.*s' is not known here", STR_ARG(word));
}

/* Question rows: kind, level, [group], question, follow_up. */
static void put_question(struct buf *out, const struct row *row, bool has_group)
{
    static const char *const kinds[] = {"concept", "project", "problem"};
    static const char *const levels[] = {"beginner", "intermediate", "proficient", "expert"};
    int at = has_group ? 3 : 2;
    buf_append_format(out, "{%d, %d, ", one_of(row, row->column[0], kinds, 3), one_of(row, row->column[1], levels, 4));
    put_str(out, has_group ? row->column[2] : (struct str){0});
    buf_append_char(out, ',');
    put_str(out, row->column[at]);
    buf_append_char(out, ',');
    put_str(out, row->column[at + 1]);
    buf_append_str(out, STR("},\n"));
}

/* The questions of one skill stand together; a range names them. */
static void put_questions(struct buf *out)
{
    struct buf ranges = {0};
    size_t ranges_count = 0;
    buf_append_str(out, STR("const struct catalogue_question catalogue_question_table[] = {\n"));
    for (size_t i = 0; i < questions.count; i++) {
        const struct row *row = &questions.rows[i];
        put_question(out, row, false);
        if (i == 0 || !str_equal(row->source, questions.rows[i - 1].source)) {
            if (i) buf_append_format(&ranges, " %zu},", i);
            buf_append_format(&ranges, "{%zu, %zu,", skill_index(row, row->source), i);
            ranges_count++;
        }
    }
    buf_append_format(&ranges, " %zu}", questions.count);
    buf_append_format(out, "};\nconst struct catalogue_range catalogue_question_ranges[] = {%.*s};\n", STR_ARG(buf_str(&ranges)));
    buf_append_format(out, "const size_t catalogue_question_ranges_count = %zu;\n", ranges_count);
    buf_dispose(&ranges);
    buf_append_str(out, STR("const struct catalogue_question catalogue_pattern_table[] = {\n"));
    for (size_t i = 0; i < patterns.count; i++) put_question(out, &patterns.rows[i], true);
    buf_append_format(out, "};\nconst size_t catalogue_patterns_count = %zu;\n", patterns.count);
}

/* The texts of one purpose stand together. */
static void put_dialogue(struct buf *out)
{
    struct buf ranges = {0};
    size_t count = 0;
    buf_append_str(out, STR("const struct str catalogue_dialogue_table[] = {\n"));
    for (size_t i = 0; i < dialogue.count; i++) {
        const struct row *row = &dialogue.rows[i];
        put_str(out, row->column[1]);
        buf_append_str(out, STR(",\n"));
        if (i && str_equal(row->column[0], dialogue.rows[i - 1].column[0])) continue;
        for (size_t j = 0; j < i; j++)
            if (str_equal(row->column[0], dialogue.rows[j].column[0])) tool_fail(row->file, row->line, "the texts of one purpose stand together");
        if (i) buf_append_format(&ranges, " %zu},", i);
        buf_append_char(&ranges, '{');
        put_str(&ranges, row->column[0]);
        buf_append_format(&ranges, ", %zu,", i);
        count++;
    }
    buf_append_format(&ranges, " %zu}", dialogue.count);
    buf_append_format(out, "};\nconst struct catalogue_purpose catalogue_purposes[] = {%.*s};\n", STR_ARG(buf_str(&ranges)));
    buf_append_format(out, "const size_t catalogue_purposes_count = %zu;\n", count);
    buf_dispose(&ranges);
}

struct name {
    struct str folded;
    size_t skill;
    const struct row *row;
};

static int compare_folded(const void *a, const void *b) { return str_compare(((const struct name *)a)->folded, ((const struct name *)b)->folded); }

static struct str fold(struct str text)
{
    char folded[CATALOGUE_FOLD_MAX];
    return str_copy(tool_arena(), (struct str){folded, catalogue_fold(text, folded)});
}

/* Every name and alias, folded and sorted, for catalogue_skill_by_name. */
static void put_names(struct buf *out)
{
    struct name *names = mem_alloc(skills.count * 64 * sizeof(*names));
    size_t count = 0;
    for (size_t i = 0; i < skills.count; i++) {
        const struct row *row = &skills.rows[i];
        struct str all[64], list = row->column[3], alias;
        size_t own = 0;
        all[own++] = row->column[1];
        while (own < COUNT_OF(all) && str_split_next(&list, ';', &alias)) {
            alias = str_trim(alias);
            all[own++] = str_starts(alias, STR("=")) ? str_slice(alias, 1, alias.len) : alias;
        }
        for (size_t j = 0; j < own; j++)
            if (all[j].len) names[count++] = (struct name){fold(all[j]), i, row};
    }
    qsort(names, count, sizeof(*names), compare_folded);
    buf_append_str(out, STR("const struct catalogue_name catalogue_names[] = {\n"));
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (i && str_equal(names[i].folded, names[i - 1].folded)) {
            if (names[i].skill == names[i - 1].skill) continue;
            tool_fail(names[i].row->file, names[i].row->line, "'%.*s' also names %.*s", STR_ARG(names[i].folded), STR_ARG(names[i - 1].row->column[0]));
        }
        buf_append_char(out, '{');
        put_str(out, names[i].folded);
        buf_append_format(out, ", %zu},\n", names[i].skill);
        kept++;
    }
    buf_append_format(out, "};\nconst size_t catalogue_names_count = %zu;\n", kept);
    free(names);
}

static void put_cities(struct buf *out)
{
    buf_append_str(out, STR("const struct catalogue_city catalogue_city_table[] = {\n"));
    for (size_t i = 0; i < cities.count; i++) {
        const struct row *row = &cities.rows[i];
        int64_t population;
        if (str_to_int(row->column[2], &population) != OK) tool_fail(row->file, row->line, "the population is no number");
        buf_append_char(out, '{');
        put_str(out, row->column[0]);
        buf_append_char(out, ',');
        put_str(out, row->column[1]);
        buf_append_format(out, ", %u},\n", (unsigned)population);
    }
    buf_append_format(out, "};\nconst size_t catalogue_cities_count = %zu;\n", cities.count);
}

static void put_fields(struct buf *out)
{
    struct str last = {0};
    struct str_list fields = {0};
    buf_append_str(out, STR("const struct str catalogue_field_table[] = {\n"));
    for (size_t i = 0; i < skills.count; i++) {
        struct str title = field_title(skills.rows[i].source);
        bool known = str_equal(title, last);
        for (size_t j = 0; !known && j < fields.count; j++) known = str_equal(fields.items[j], title);
        if (!known) str_list_add(tool_arena(), &fields, title);
        last = title;
    }
    qsort(fields.items, fields.count, sizeof(fields.items[0]), compare_names);
    for (size_t i = 0; i < fields.count; i++) {
        put_str(out, fields.items[i]);
        buf_append_char(out, ',');
    }
    buf_append_format(out, "};\nconst size_t catalogue_fields_count = %zu;\n", fields.count);
}

/* What people of a whole field say, by the field's name. */
static void put_field_words(struct buf *out)
{
    struct buf list = {0};
    buf_append_str(&list, STR("const struct catalogue_field_words catalogue_field_words_table[] = {\n"));
    for (size_t i = 0; i < field_words.count; i++) {
        open_array(out, "struct str", "fw", i);
        struct str words = close_array(out, "fw", i, put_strs(out, field_words.rows[i].column[1]));
        buf_append_char(&list, '{');
        put_str(&list, field_title(field_words.rows[i].column[0]));
        buf_append_format(&list, ", %.*s},\n", STR_ARG(words));
    }
    buf_append_format(&list, "};\nconst size_t catalogue_field_words_count = %zu;\n", field_words.count);
    buf_append_str(out, buf_str(&list));
    buf_dispose(&list);
}

static char *in_root(const char *name) { return str_cstr(tool_arena(), str_format(tool_arena(), "%s/%s", root, name)); }

static void read_words(void)
{
    read_table(&skill_words, in_root("words/skills.tsv"), STR("skills"), "id\twords", -1);
    read_table(&field_words, in_root("words/fields.tsv"), STR("fields"), "field\twords", -1);
    for (size_t i = 0; i < skill_words.count; i++) skill_index(&skill_words.rows[i], skill_words.rows[i].column[0]);
    for (size_t i = 0; i < field_words.count; i++) {
        bool known = false;
        for (size_t j = 0; j < skills.count && !known; j++) known = str_equal(skills.rows[j].source, field_words.rows[i].column[0]);
        if (!known) tool_fail(field_words.rows[i].file, field_words.rows[i].line, "there is no field '%.*s'", STR_ARG(field_words.rows[i].column[0]));
    }
}

int main(int argc, char **argv)
{
    const char *cities_path = NULL, *out_path = NULL, **rest;
    const char usage[] = "catalogc --root DIR --cities FILE --out-c FILE";
    const struct tool_option options[] = {{"--root", &root}, {"--cities", &cities_path}, {"--out-c", &out_path}, {NULL, NULL}};
    if (tool_arguments(argc, argv, options, usage, &rest) != 0 || !root || !cities_path || !out_path) tool_usage(usage);
    read_folder(&skills, "skills", "id\tname\tcategory\taliases\trelated\tterms", 3);
    read_folder(&occupations, "occupations", "id\ttitle\tfield\talternates\tcore\tuseful\tyears", 3);
    sort_table(&skills);
    sort_table(&occupations);
    read_folder(&questions, "questions", "kind\tlevel\tquestion\tfollow_up", -1);
    read_table(&patterns, in_root("questions/patterns.tsv"), STR("patterns"), "kind\tlevel\tgroup\tquestion\tfollow_up", -1);
    read_table(&dialogue, in_root("questions/dialogue.tsv"), STR("dialogue"), "purpose\ttext", -1);
    read_table(&cities, cities_path, STR("cities"), "name\tcountry\tpopulation", -1);
    read_words();
    struct buf out = {0};
    buf_append_str(&out, STR("/* Made by tools/catalogc from catalogue/. */\n#include \"ai/catalogue_data.h\"\n"));
    put_skills(&out);
    put_occupations(&out);
    put_questions(&out);
    put_dialogue(&out);
    put_names(&out);
    put_fields(&out);
    put_field_words(&out);
    put_cities(&out);
    tool_write(out_path, &out);
    buf_dispose(&out);
    struct table *const tables[] = {&skills, &occupations, &questions, &patterns, &dialogue, &cities, &skill_words, &field_words};
    for (size_t i = 0; i < COUNT_OF(tables); i++) free(tables[i]->rows);
    return 0;
}

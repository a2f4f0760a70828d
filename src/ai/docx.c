/* Design in docx.h. */
#include "ai/docx.h"

#include "ai/text_clean.h"

#include <archive.h>
#include <archive_entry.h>
#include <libxml/xmlreader.h>
#include <stdlib.h>
#include <string.h>

#define PARTS_MAX 16
#define TABLES_MAX 64
/* Stands between the cells of a row until the row is whole; XML cannot hold it, so no document can forge it. */
#define CELL_END '\x1e'

enum part_kind { PART_HEADER, PART_BODY, PART_FOOTER, PART_KIND_COUNT };

struct part {
    enum part_kind kind;
    struct buf xml;
};

struct package {
    struct part parts[PARTS_MAX];
    size_t count;
    bool has_body;
};

/* --- the ZIP file --------------------------------------------------------------------------------------------------------------- */

static bool part_kind_of(const char *path, enum part_kind *kind)
{
    struct str name = str_from(path);
    if (!str_starts(name, STR("word/")) || !str_ends(name, STR(".xml"))) return false;
    name = str_slice(name, 5, name.len - 4);
    if (str_contains(name, STR("/"))) return false;
    if (str_starts(name, STR("document"))) *kind = PART_BODY;
    else if (str_starts(name, STR("header"))) *kind = PART_HEADER;
    else if (str_starts(name, STR("footer"))) *kind = PART_FOOTER;
    else return false;
    return true;
}

static enum err read_part(struct archive *zip, size_t packed, struct buf *xml)
{
    char block[16384];
    buf_init(xml, DOCX_PART_MAX);
    for (;;) {
        la_ssize_t got = archive_read_data(zip, block, sizeof(block));
        if (got == 0) return OK;
        if (got < 0)
            return archive_read_has_encrypted_entries(zip) > 0 ? err_set(ERR_UNSUPPORTED, "the document is encrypted")
                                                               : err_set(ERR_INVALID, "the document is broken");
        buf_append(xml, block, (size_t)got);
        if (xml->overflow) return err_set(ERR_TOO_LARGE, "the document unpacks to more than %zu MiB", DOCX_PART_MAX >> 20);
        if (xml->len > ((size_t)4 << 20) && xml->len / DOCX_RATIO_MAX > packed)
            return err_set(ERR_TOO_LARGE, "the document unpacks to more than %d times its size", DOCX_RATIO_MAX);
    }
}

static enum err read_entry(struct archive *zip, struct archive_entry *entry, size_t file_size, struct package *package)
{
    const char *path = archive_entry_pathname(entry);
    enum part_kind kind = PART_BODY;
    if (!path || !part_kind_of(path, &kind)) return OK;
    if (archive_entry_is_encrypted(entry)) return err_set(ERR_UNSUPPORTED, "the document is encrypted");
    if (kind == PART_BODY && package->has_body) return OK;
    if (package->count == PARTS_MAX) {
        if (kind != PART_BODY) return OK;
        buf_dispose(&package->parts[--package->count].xml);
    }
    struct part *part = &package->parts[package->count++];
    *part = (struct part){.kind = kind};
    package->has_body = package->has_body || kind == PART_BODY;
    return read_part(zip, file_size, &part->xml);
}

static enum err read_package(struct str file, struct package *package)
{
    struct archive *zip = archive_read_new();
    if (!zip) return err_set(ERR_INTERNAL, "no ZIP reader");
    enum err result = OK;
    struct archive_entry *entry = NULL;
    int status = archive_read_support_format_zip_seekable(zip);
    if (status == ARCHIVE_OK) status = archive_read_open_memory(zip, file.ptr, file.len);
    if (status != ARCHIVE_OK) result = err_set(ERR_INVALID, "the document is broken");
    for (size_t entries = 0; result == OK; entries++) {
        status = archive_read_next_header(zip, &entry);
        if (status == ARCHIVE_EOF) break;
        if (status < ARCHIVE_WARN) result = err_set(ERR_INVALID, "the document is broken");
        else if (entries == DOCX_ENTRIES_MAX) result = err_set(ERR_TOO_LARGE, "the document has more than %d parts", DOCX_ENTRIES_MAX);
        else result = read_entry(zip, entry, file.len, package);
    }
    archive_read_free(zip);
    if (result == OK && !package->has_body) result = err_set(ERR_UNSUPPORTED, "a ZIP file, but no Word document");
    return result;
}

/* --- one part ------------------------------------------------------------------------------------------------------------------- */

struct walk {
    xmlTextReaderPtr reader;
    struct buf *out;
    size_t rows[TABLES_MAX]; /* where each open row began */
    size_t rows_count;
    bool in_text;
    bool in_list;            /* the paragraph is a list item and its bullet is not written yet */
};

static bool at_line_start(const struct walk *walk)
{
    const struct buf *out = walk->out;
    return out->len == 0 || out->ptr[out->len - 1] == '\n' || out->ptr[out->len - 1] == CELL_END;
}

static void end_line(struct walk *walk)
{
    if (!at_line_start(walk)) buf_append_char(walk->out, '\n');
}

/* The cells of a finished row: one line with tabs when each is one line, else one below the other. */
static void end_row(struct walk *walk)
{
    size_t start = walk->rows[--walk->rows_count];
    struct buf *out = walk->out;
    bool single_lines = start < out->len && !memchr(out->ptr + start, '\n', out->len - start);
    while (out->len > start && out->ptr[out->len - 1] == CELL_END) out->len--;
    for (size_t i = start; i < out->len; i++)
        if (out->ptr[i] == CELL_END) out->ptr[i] = single_lines ? '\t' : '\n';
    end_line(walk);
}

static void end_cell(struct walk *walk)
{
    struct buf *out = walk->out;
    size_t start = walk->rows_count ? walk->rows[walk->rows_count - 1] : out->len;
    while (out->len > start && out->ptr[out->len - 1] == '\n') out->len--;
    buf_append_char(out, CELL_END);
}

static void end_element(struct walk *walk, const char *name)
{
    if (strcmp(name, "t") == 0) walk->in_text = false;
    else if (strcmp(name, "p") == 0) {
        walk->in_list = false;
        /* An empty paragraph is an empty line, one at most. */
        struct buf *out = walk->out;
        if (!at_line_start(walk)) buf_append_char(out, '\n');
        else if (walk->rows_count == 0 && out->len > 1 && out->ptr[out->len - 2] != '\n') buf_append_char(out, '\n');
    } else if (strcmp(name, "tc") == 0 && walk->rows_count) end_cell(walk);
    else if (strcmp(name, "tr") == 0 && walk->rows_count) end_row(walk);
    else if (strcmp(name, "txbxContent") == 0) end_line(walk);
}

static enum err start_element(struct walk *walk, const char *name)
{
    struct buf *out = walk->out;
    if (strcmp(name, "t") == 0) walk->in_text = !xmlTextReaderIsEmptyElement(walk->reader);
    else if (strcmp(name, "numPr") == 0) walk->in_list = true;
    else if (strcmp(name, "tab") == 0 || strcmp(name, "ptab") == 0) {
        if (!at_line_start(walk)) buf_append_char(out, '\t');
    } else if (strcmp(name, "br") == 0 || strcmp(name, "cr") == 0) end_line(walk);
    else if (strcmp(name, "noBreakHyphen") == 0) buf_append_char(out, '-');
    else if (strcmp(name, "txbxContent") == 0) end_line(walk);
    else if (strcmp(name, "tr") == 0 && !xmlTextReaderIsEmptyElement(walk->reader)) {
        if (walk->rows_count == TABLES_MAX) return err_set(ERR_TOO_LARGE, "tables are nested too deeply");
        end_line(walk);
        walk->rows[walk->rows_count++] = out->len;
    } else if (strcmp(name, "p") == 0 && xmlTextReaderIsEmptyElement(walk->reader)) end_element(walk, name);
    return OK;
}

static void add_text(struct walk *walk, const xmlChar *text)
{
    if (!text || !text[0]) return;
    if (walk->in_list) {
        if (at_line_start(walk)) buf_append_str(walk->out, STR("\xE2\x80\xA2 "));
        walk->in_list = false;
    }
    text_clean(walk->out, str_from((const char *)text));
}

/* Parts of a paragraph that are not read: what was deleted or moved away, drawings told twice, tab stops and styles. */
static bool is_skipped(const char *name, const char *space)
{
    if (strcmp(name, "Fallback") == 0) return true;
    if (!space || !strstr(space, "wordprocessingml")) return false;
    static const char *const skipped[] = {"moveFrom", "del", "tabs", "rPr", "tblPr", "sectPr", "instrText"};
    for (size_t i = 0; i < COUNT_OF(skipped); i++)
        if (strcmp(name, skipped[i]) == 0) return true;
    return false;
}

static enum err visit(struct walk *walk, bool *skip)
{
    int type = xmlTextReaderNodeType(walk->reader);
    const char *name = (const char *)xmlTextReaderConstLocalName(walk->reader);
    const char *space = (const char *)xmlTextReaderConstNamespaceUri(walk->reader);
    switch (type) {
    case XML_READER_TYPE_DOCUMENT_TYPE:
    case XML_READER_TYPE_ENTITY_REFERENCE: return err_set(ERR_INVALID, "the document declares entities");
    case XML_READER_TYPE_TEXT:
    case XML_READER_TYPE_CDATA:
    case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
        if (walk->in_text) add_text(walk, xmlTextReaderConstValue(walk->reader));
        return OK;
    case XML_READER_TYPE_ELEMENT:
        *skip = is_skipped(name, space);
        return *skip || !space || !strstr(space, "wordprocessingml") ? OK : start_element(walk, name);
    case XML_READER_TYPE_END_ELEMENT:
        if (space && strstr(space, "wordprocessingml")) end_element(walk, name);
        return OK;
    default: return OK;
    }
}

static void ignore_error(void *context, const char *message, xmlParserSeverities severity, xmlTextReaderLocatorPtr locator)
{
    (void)context, (void)message, (void)severity, (void)locator;
}

static enum err read_xml(struct str xml, struct buf *out)
{
    xmlTextReaderPtr reader = xmlReaderForMemory(xml.ptr, (int)xml.len, NULL, NULL, XML_PARSE_NONET | XML_PARSE_COMPACT);
    if (!reader) return err_set(ERR_INVALID, "the document is broken");
    xmlTextReaderSetErrorHandler(reader, ignore_error, NULL);
    struct walk walk = {.reader = reader, .out = out};
    enum err result = OK;
    int more = xmlTextReaderRead(reader);
    while (more == 1 && result == OK) {
        bool skip = false;
        result = visit(&walk, &skip);
        if (out->overflow) result = err_set(ERR_TOO_LARGE, "the document holds too much text");
        if (result == OK) more = skip ? xmlTextReaderNext(reader) : xmlTextReaderRead(reader);
    }
    if (result == OK && more != 0) result = err_set(ERR_INVALID, "the document is broken");
    xmlFreeTextReader(reader);
    return result;
}

/* First and following pages often carry the same header. */
static bool is_repeated(const struct package *package, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (package->parts[i].kind == package->parts[index].kind &&
            str_equal(buf_str(&package->parts[i].xml), buf_str(&package->parts[index].xml)))
            return true;
    return false;
}

enum err docx_text(struct str file, struct buf *out)
{
    struct package package = {0};
    enum err result = read_package(file, &package);
    for (int kind = 0; result == OK && kind < PART_KIND_COUNT; kind++)
        for (size_t i = 0; result == OK && i < package.count; i++) {
            if (package.parts[i].kind != (enum part_kind)kind || is_repeated(&package, i)) continue;
            result = read_xml(buf_str(&package.parts[i].xml), out);
            if (out->len && out->ptr[out->len - 1] != '\n') buf_append_char(out, '\n');
        }
    for (size_t i = 0; i < package.count; i++) buf_dispose(&package.parts[i].xml);
    return result;
}

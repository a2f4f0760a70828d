/* Small PDF and DOCX files, made for a test from text written by hand. */
#pragma once
#include "base/buf.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

#define MADE_OBJECTS_MAX 12000

struct made_text {
    int x, y; /* points from the left and from the top of a page of 595 x 842 */
    const char *text;
};

struct made_pdf {
    struct buf file;
    size_t offsets[MADE_OBJECTS_MAX];
    size_t objects;
};

static inline void made_object(struct made_pdf *pdf, const char *body)
{
    pdf->offsets[pdf->objects++] = pdf->file.len;
    buf_append_format(&pdf->file, "%zu 0 obj\n%s\nendobj\n", pdf->objects, body);
}

static inline void made_trailer(struct made_pdf *pdf, const char *extra)
{
    size_t table = pdf->file.len;
    buf_append_format(&pdf->file, "xref\n0 %zu\n0000000000 65535 f \n", pdf->objects + 1);
    for (size_t i = 0; i < pdf->objects; i++) buf_append_format(&pdf->file, "%010zu 00000 n \n", pdf->offsets[i]);
    buf_append_format(&pdf->file, "trailer\n<< /Size %zu /Root 1 0 R %s>>\nstartxref\n%zu\n%%%%EOF\n", pdf->objects + 1, extra, table);
}

/* `pages` pages that all show the same texts in Helvetica 10. */
static inline struct buf make_pdf(const struct made_text *texts, size_t count, size_t pages, const char *trailer)
{
    static struct made_pdf pdf;
    pdf = (struct made_pdf){0};
    struct buf page CLEANUP(buf_dispose) = {0}, stream CLEANUP(buf_dispose) = {0}, kids CLEANUP(buf_dispose) = {0};
    buf_append_str(&pdf.file, STR("%PDF-1.4\n"));
    for (size_t i = 0; i < pages; i++) buf_append_format(&kids, "%zu 0 R ", i + 5);
    for (size_t i = 0; i < count; i++) {
        buf_append_format(&stream, "BT /F1 10 Tf %d %d Td (", texts[i].x, 842 - texts[i].y);
        for (const char *c = texts[i].text; *c; c++) {
            if (*c == '(' || *c == ')' || *c == '\\') buf_append_char(&stream, '\\');
            buf_append_char(&stream, *c);
        }
        buf_append_str(&stream, STR(") Tj ET\n"));
    }
    made_object(&pdf, "<< /Type /Catalog /Pages 2 0 R >>");
    buf_append_format(&page, "<< /Type /Pages /Count %zu /Kids [%.*s] /MediaBox [0 0 595 842] >>%c", pages, (int)kids.len, kids.ptr, 0);
    made_object(&pdf, page.ptr);
    made_object(&pdf, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
    buf_clear(&page);
    buf_append_format(&page, "<< /Length %zu >>\nstream\n%.*s\nendstream%c", stream.len, (int)stream.len, stream.ptr ? stream.ptr : "", 0);
    made_object(&pdf, page.ptr);
    for (size_t i = 0; i < pages; i++)
        made_object(&pdf, "<< /Type /Page /Parent 2 0 R /Resources << /Font << /F1 3 0 R >> >> /Contents 4 0 R >>");
    made_trailer(&pdf, trailer);
    return pdf.file;
}

struct made_zip {
    struct archive *archive;
    struct buf file;
};

static inline la_ssize_t made_zip_write(struct archive *archive, void *context, const void *bytes, size_t len)
{
    (void)archive;
    buf_append(context, bytes, len);
    return (la_ssize_t)len;
}

static inline void made_zip_open(struct made_zip *zip)
{
    *zip = (struct made_zip){.archive = archive_write_new()};
    archive_write_set_format_zip(zip->archive);
    archive_write_set_bytes_per_block(zip->archive, 0);
    archive_write_open(zip->archive, &zip->file, NULL, made_zip_write, NULL);
}

/* `repeats` times the same content as one part. */
static inline void made_zip_add(struct made_zip *zip, const char *path, struct str content, size_t repeats)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, path);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, (la_int64_t)(content.len * repeats));
    archive_write_header(zip->archive, entry);
    for (size_t i = 0; i < repeats; i++) archive_write_data(zip->archive, content.ptr, content.len);
    archive_entry_free(entry);
}

static inline struct buf made_zip_close(struct made_zip *zip)
{
    archive_write_close(zip->archive);
    archive_write_free(zip->archive);
    return zip->file;
}

#define DOCX_BEGIN \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" " \
    "xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\"><w:body>"
#define DOCX_END "</w:body></w:document>"

static inline struct buf make_docx(struct str document_xml)
{
    struct made_zip zip;
    made_zip_open(&zip);
    made_zip_add(&zip, "[Content_Types].xml", STR("<Types/>"), 1);
    made_zip_add(&zip, "word/document.xml", document_xml, 1);
    return made_zip_close(&zip);
}

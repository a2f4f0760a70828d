/* Hostile and ordinary files through the real reading processes: what comes out, which error, and that the processes are locked in. */
#include "test.h"

#include "ai/extract.h"
#include "ai/sandbox.h"
#include "extract_child.h"
#include "make_files.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct made_text page_of_a_resume[] = {
    {72, 60, "Ada Example"}, {72, 90, "Experience"}, {72, 106, "Engineer at Acme, building bridges (of steel)"}, {72, 140, "Education"}, {72, 156, "MSc, Leeds"}};

static struct extracted extracted;

/* Reads the file and frees it; the text lives in the arena. */
static enum err read_file(struct arena *arena, struct buf file)
{
    enum err result = extract_text(arena, (struct str){0}, buf_str(&file), &extracted);
    buf_dispose(&file);
    return result;
}

TEST(a_pdf_gives_its_lines_in_order)
{
    if (!extract_has_pdf()) SKIP("no pdftotext here");
    struct arena arena CLEANUP(arena_dispose) = {0};
    REQUIRE(CHECK_OK(read_file(&arena, make_pdf(page_of_a_resume, COUNT_OF(page_of_a_resume), 1, ""))));
    CHECK_STR(extracted.type, "pdf");
    CHECK_INT(extracted.pages, 1);
    CHECK_STR(extracted.text, "Ada Example\n\nExperience\nEngineer at Acme, building bridges (of steel)\n\nEducation\nMSc, Leeds");
}

TEST(two_columns_are_read_one_after_the_other)
{
    if (!extract_has_pdf()) SKIP("no pdftotext here");
    static const struct made_text texts[] = {
        {60, 60, "Ada Example, engineer of many years in Leeds and in other towns of the north of England"},
        {60, 100, "Skills"}, {60, 114, "Steel"}, {60, 128, "Concrete"}, {60, 142, "Surveying"}, {60, 156, "Drawing"},
        {260, 100, "Experience"}, {260, 114, "Acme, built a bridge over the river Aire"}, {260, 128, "with a team of nine people"},
        {260, 142, "Other Ltd, inspected the piers"}, {260, 156, "of eleven older bridges"}};
    struct arena arena CLEANUP(arena_dispose) = {0};
    REQUIRE(CHECK_OK(read_file(&arena, make_pdf(texts, COUNT_OF(texts), 1, ""))));
    size_t drawing = str_find(extracted.text, STR("Drawing"), 0), experience = str_find(extracted.text, STR("Experience"), 0);
    CHECK(drawing != STR_NPOS && experience != STR_NPOS && drawing < experience);
    CHECK(str_contains(extracted.text, STR("Acme, built a bridge over the river Aire\nwith a team")));
}

TEST(short_sections_beside_each_other_are_read_one_after_the_other)
{
    if (!extract_has_pdf()) SKIP("no pdftotext here");
    static const struct made_text texts[] = {
        {60, 60, "Ada Example, engineer of many years in Leeds and in other towns of the north of England"},
        {60, 100, "Skills"}, {60, 114, "Steel"}, {60, 128, "Concrete"}, {60, 142, "Surveying"}, {60, 156, "Drawing"},
        {240, 100, "Certifications"}, {240, 114, "Chartered Engineer"}, {240, 128, "First Aid"},
        {420, 100, "Languages"}, {420, 114, "Welsh"},
        {60, 190, "Education"}, {60, 204, "MSc Bridges"}, {460, 204, "2011 - 2014"}, {60, 218, "BSc Rivers"}, {460, 218, "2008 - 2011"}};
    struct arena arena CLEANUP(arena_dispose) = {0};
    REQUIRE(CHECK_OK(read_file(&arena, make_pdf(texts, COUNT_OF(texts), 1, ""))));
    CHECK_STR(str_slice(extracted.text, str_find(extracted.text, STR("Skills"), 0), extracted.text.len),
              "Skills\nSteel\nConcrete\nSurveying\nDrawing\n\nCertifications\nChartered Engineer\nFirst Aid\n\nLanguages\nWelsh\n\n"
              "Education\nMSc Bridges\t2011 - 2014\nBSc Rivers\t2008 - 2011");
}

/* Dates at the left in a narrow column, under headings at the same edge; one date reaches close to the title. */
TEST(dates_at_the_left_stay_with_their_entries)
{
    if (!extract_has_pdf()) SKIP("no pdftotext here");
    static const struct made_text texts[] = {
        {60, 60, "Ada Example, engineer of many years in Leeds and in other towns of the north of England"},
        {60, 100, "Work Experience"}, {60, 114, "2019 -"}, {60, 127, "Present"}, {140, 114, "Engineer"}, {140, 127, "Acme, Leeds"}, {140, 140, "Built a bridge over the Aire"}, {140, 153, "Led nine people"},
        {60, 170, "Sep 2014 - Feb"}, {60, 183, "2019"}, {140, 170, "Surveyor"}, {140, 183, "Other Ltd, York"}, {140, 196, "Measured eleven older bridges"},
        {60, 220, "Education"}, {60, 234, "2011 - 2014"}, {140, 234, "MSc Bridges"}, {140, 247, "University of Leeds"}, {140, 260, "With distinction"},
        {60, 280, "2008 - 2011"}, {140, 280, "BSc Rivers"}, {140, 293, "University of Hull"}};
    struct arena arena CLEANUP(arena_dispose) = {0};
    REQUIRE(CHECK_OK(read_file(&arena, make_pdf(texts, COUNT_OF(texts), 1, ""))));
    static const char *const order[] = {"Work Experience", "Present", "Acme", "Sep 2014", "Surveyor", "eleven", "Education", "2011 - 2014", "MSc", "distinction", "2008 - 2011", "BSc"};
    for (size_t i = 0, at = 0; i < COUNT_OF(order); i++) {
        size_t found = str_find(extracted.text, str_from(order[i]), at);
        if (found == STR_NPOS) CHECK_STR(str_slice(extracted.text, at, extracted.text.len), order[i]);
        else at = found;
    }
}

TEST(a_date_at_the_right_stays_in_its_line)
{
    if (!extract_has_pdf()) SKIP("no pdftotext here");
    static const struct made_text texts[] = {
        {60, 100, "Acme"}, {450, 100, "2019 - 2024"}, {60, 114, "Built bridges"}, {60, 128, "Led nine people"}, {60, 160, "Other Ltd"}, {450, 160, "2015 - 2019"},
        {60, 174, "Inspected piers"}, {60, 188, "Wrote reports"}, {60, 220, "Third Ltd"}, {450, 220, "2012 - 2015"}, {60, 234, "Drew plans"}, {60, 248, "Checked plans"},
        {60, 280, "Fourth Ltd"}, {450, 280, "2010 - 2012"}, {60, 294, "Carried plans"}, {60, 308, "Copied plans"}};
    struct arena arena CLEANUP(arena_dispose) = {0};
    REQUIRE(CHECK_OK(read_file(&arena, make_pdf(texts, COUNT_OF(texts), 1, ""))));
    CHECK(str_contains(extracted.text, STR("Acme\t2019 - 2024\nBuilt bridges")));
    CHECK(str_contains(extracted.text, STR("Fourth Ltd\t2010 - 2012")));
}

TEST(bad_pdfs_say_what_is_wrong)
{
    if (!extract_has_pdf()) SKIP("no pdftotext here");
    struct arena arena CLEANUP(arena_dispose) = {0};
    CHECK_INT(extract_text(&arena, STR("application/pdf"), STR("%PDF-1.4\nthis is no PDF at all"), &extracted), ERR_INVALID);
    CHECK(strstr(err_detail(), "broken") != NULL);
    struct buf whole = make_pdf(page_of_a_resume, COUNT_OF(page_of_a_resume), 1, "");
    struct str half = str_slice(buf_str(&whole), 0, whole.len / 4);
    CHECK_INT(extract_text(&arena, (struct str){0}, half, &extracted), ERR_INVALID);
    buf_dispose(&whole);
    CHECK_INT(read_file(&arena, make_pdf(NULL, 0, 1, "")), ERR_INVALID);
    CHECK(strstr(err_detail(), "scan") != NULL);
    const char *locked = "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff> "
                         "/U <ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100> >> /ID [<00> <00>] ";
    CHECK_INT(read_file(&arena, make_pdf(page_of_a_resume, COUNT_OF(page_of_a_resume), 1, locked)), ERR_UNSUPPORTED);
    CHECK(strstr(err_detail(), "password") != NULL);
    CHECK_INT(read_file(&arena, make_pdf(page_of_a_resume, COUNT_OF(page_of_a_resume), 10000, "")), ERR_TOO_LARGE);
    CHECK(strstr(err_detail(), "50 pages") != NULL);
}

TEST(a_docx_gives_paragraphs_lists_tables_and_text_boxes)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct str xml = STR(DOCX_BEGIN "<w:p><w:r><w:t>Ada </w:t></w:r><w:r><w:t>Example</w:t></w:r></w:p>"
                         "<w:p><w:r><w:t>Leeds</w:t><w:br/><w:t>England</w:t><w:tab/><w:t>UK</w:t></w:r></w:p>"
                         "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/></w:numPr></w:pPr><w:r><w:t>Steel</w:t></w:r></w:p>"
                         "<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:rPr><w:b/></w:rPr><w:t>kept &amp; safe</w:t></w:r></w:p>"
                         "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>2019</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Acme</w:t></w:r></w:p></w:tc></w:tr>"
                         "<w:tr><w:tc><w:p><w:r><w:t>2015</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Other</w:t></w:r></w:p><w:p><w:r><w:t>Ltd</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
                         "<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>In a box</w:t></w:r></w:p></w:txbxContent></mc:Choice>"
                         "<mc:Fallback><w:txbxContent><w:p><w:r><w:t>In a box</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>" DOCX_END);
    REQUIRE(CHECK_OK(read_file(&arena, make_docx(xml))));
    CHECK_STR(extracted.type, "docx");
    CHECK_STR(extracted.text, "Ada Example\nLeeds\nEngland\tUK\n\xE2\x80\xA2 Steel\nkept & safe\n2019\tAcme\n2015\nOther\nLtd\nIn a box");
}

TEST(entities_and_depth_in_a_docx_are_refused)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct str laughs = STR("<?xml version=\"1.0\"?><!DOCTYPE w [<!ENTITY a \"haha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">"
                            "<!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;\"><!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;\">]>"
                            "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body><w:p><w:r><w:t>&e;&e;&e;</w:t></w:r></w:p></w:body></w:document>");
    CHECK_INT(read_file(&arena, make_docx(laughs)), ERR_INVALID);
    struct buf deep CLEANUP(buf_dispose) = {0};
    buf_append_str(&deep, STR(DOCX_BEGIN));
    for (int i = 0; i < 100000; i++) buf_append_str(&deep, STR("<w:p>"));
    CHECK_INT(read_file(&arena, make_docx(buf_str(&deep))), ERR_INVALID);
    CHECK_INT(read_file(&arena, make_docx(STR(DOCX_BEGIN "<w:p><w:r><w:t>cut off in the middle of a"))), ERR_INVALID);
    CHECK_INT(read_file(&arena, make_docx(STR(DOCX_BEGIN "<w:p/>" DOCX_END))), ERR_INVALID);
}

TEST(zip_bombs_and_other_zips_are_refused)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct made_zip zip;
    char *block = mem_alloc(1 << 20);
    memset(block, ' ', 1 << 20);
    made_zip_open(&zip);
    made_zip_add(&zip, "word/document.xml", (struct str){block, 1 << 20}, 300);
    CHECK_INT(read_file(&arena, made_zip_close(&zip)), ERR_TOO_LARGE);
    free(block);
    made_zip_open(&zip);
    for (int i = 0; i < 2100; i++) {
        char name[32];
        snprintf(name, sizeof(name), "word/media/%d.bin", i);
        made_zip_add(&zip, name, STR("x"), 1);
    }
    CHECK_INT(read_file(&arena, made_zip_close(&zip)), ERR_TOO_LARGE);
    made_zip_open(&zip);
    made_zip_add(&zip, "notes/readme.txt", STR("hello"), 1);
    CHECK_INT(read_file(&arena, made_zip_close(&zip)), ERR_UNSUPPORTED);
    CHECK_INT(extract_text(&arena, (struct str){0}, STR("PK\x03\x04 and then nothing of the kind"), &extracted), ERR_INVALID);
}

TEST(text_files_are_read_in_common_encodings)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    REQUIRE(CHECK_OK(extract_text(&arena, (struct str){0}, STR("Zo\xC3\xAB\r\nSkills:\x07 steel\x0C" "end"), &extracted)));
    CHECK_STR(extracted.text, "Zo\xC3\xAB\nSkills: steel\nend");
    CHECK_STR(extracted.type, "text");
    REQUIRE(CHECK_OK(extract_text(&arena, (struct str){0}, STR("Zo\xEB Example, caf\xE9 owner \x96 Leeds"), &extracted)));
    CHECK_STR(extracted.text, "Zo\xC3\xAB Example, caf\xC3\xA9 owner \xE2\x80\x93 Leeds");
    REQUIRE(CHECK_OK(extract_text(&arena, (struct str){0}, STR("\xFF\xFE" "A\0d\0a\0"), &extracted)));
    CHECK_STR(extracted.text, "Ada");
    REQUIRE(CHECK_OK(extract_text(&arena, (struct str){0}, STR("# Ada\n\n## Skills\n- steel"), &extracted)));
    CHECK_STR(extracted.type, "markdown");
}

TEST(a_json_resume_becomes_its_text)
{
    static const char json[] = "{\"basics\": {\"name\": \"Ada Example\", \"label\": \"Civil engineer\", \"email\": \"ada@example.org\", \"summary\": \"Builds \\u201cbridges\\u201d.\","
                               " \"location\": {\"city\": \"Leeds\", \"countryCode\": \"GB\"}, \"profiles\": [{\"network\": \"x\", \"url\": \"https://example.org/ada\"}]},"
                               " \"work\": [{\"name\": \"Acme\", \"position\": \"Engineer\", \"startDate\": \"2019-03\", \"endDate\": \"2021\", \"highlights\": [\"built a bridge\", \"\", 7]},"
                               " {\"company\": \"Other Ltd\", \"startDate\": \"2021\"}], \"education\": [], \"certificates\": [{\"name\": \"Chartered Engineer\", \"issuer\": \"ICE\"}],"
                               " \"skills\": [{\"name\": \"Steel\", \"level\": \"master\", \"keywords\": [\"welding\", \"rivets\"]}, {\"keywords\": [\"SQL\"]}, null],"
                               " \"languages\": [{\"language\": \"Welsh\", \"fluency\": \"native\"}], \"volunteer\": \"no list\"}";
    struct arena arena CLEANUP(arena_dispose) = {0};
    REQUIRE(CHECK_OK(extract_text(&arena, (struct str){0}, str_from(json), &extracted)));
    CHECK_STR(extracted.type, "json");
    CHECK_STR(extracted.text, "Ada Example\nCivil engineer\nada@example.org\nLeeds, GB\nhttps://example.org/ada\n\n## Summary\n\nBuilds \xE2\x80\x9C" "bridges\xE2\x80\x9D.\n\n"
                              "## Experience\n\nEngineer, Acme\n2019-03 - 2021\n- built a bridge\n\nOther Ltd\n2021\n\n## Certifications\n\nChartered Engineer, ICE\n\n"
                              "## Skills\n\nSteel (master): welding, rivets\nSQL\n\n## Languages\n\nWelsh (native)");
}

TEST(json_that_is_no_resume_says_so)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    CHECK_INT(extract_text(&arena, (struct str){0}, STR("{\"basics\": {\"name\": \"Ada\""), &extracted), ERR_INVALID);
    CHECK(strstr(err_detail(), "broken JSON") && strstr(err_detail(), "line 1"));
    CHECK_INT(extract_text(&arena, (struct str){0}, STR("{\"invoice\": 12}"), &extracted), ERR_UNSUPPORTED);
    CHECK(strstr(err_detail(), "no JSON Resume") != NULL);
    CHECK_INT(extract_text(&arena, (struct str){0}, STR("{\"basics\": {\"name\": \" \"}, \"work\": [{}]}"), &extracted), ERR_INVALID);
    CHECK(strstr(err_detail(), "no text") != NULL);
    CHECK_OK(extract_text(&arena, (struct str){0}, STR("{Ada Example} builds bridges over small rivers."), &extracted));
    CHECK_STR(extracted.type, "text");
}

TEST(other_formats_are_named)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    const struct {
        struct str content;
        enum err error;
        const char *word;
    } cases[] = {{STR_INIT(""), ERR_INVALID, "empty"},
                 {STR_INIT("  \n \t"), ERR_INVALID, "empty"},
                 {STR_INIT("\x89PNG\r\n\x1A\n"), ERR_UNSUPPORTED, "picture"},
                 {STR_INIT("{\\rtf1 hello}"), ERR_UNSUPPORTED, "RTF"},
                 {STR_INIT("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 old"), ERR_UNSUPPORTED, ".doc"},
                 {STR_INIT("<html><body>hi</body></html>"), ERR_UNSUPPORTED, "web page"},
                 {STR_INIT("abc\0def"), ERR_UNSUPPORTED, "no text"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_INT(extract_text(&arena, STR("application/pdf"), cases[i].content, &extracted), cases[i].error);
        if (!strstr(err_detail(), cases[i].word)) CHECK_STR(err_detail(), cases[i].word);
    }
    struct buf huge CLEANUP(buf_dispose) = {0};
    while (huge.len < ((size_t)3 << 20)) buf_append_str(&huge, STR("words and more words\n"));
    CHECK_INT(extract_text(&arena, (struct str){0}, buf_str(&huge), &extracted), ERR_TOO_LARGE);
}

/* --- the sandbox itself: a child enters it and tries what it must not be able to do ----------------------------------------------- */

static int run_locked_in(const char *program, struct sandbox_limits limits, int (*attempt)(void))
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        if (sandbox_enter(program, limits) != OK) _exit(99);
        _exit(attempt());
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status;
}

static int opens_files(void)
{
    static const char *const paths[] = {"/etc/passwd", "/proc/self/status", "/usr/lib", "/tmp", "."};
    for (size_t i = 0; i < COUNT_OF(paths); i++)
        if (open(paths[i], O_RDONLY) >= 0) return 1;
    return open("/tmp/careerprep-sandbox-test", O_WRONLY | O_CREAT, 0600) >= 0;
}

static int opens_secret_or_writes(void)
{
    if (open("/etc/passwd", O_RDONLY) >= 0 || open("/proc/1/environ", O_RDONLY) >= 0) return 1;
    return open("/tmp/careerprep-sandbox-test", O_WRONLY | O_CREAT, 0600) >= 0;
}

static int uses_network(void)
{
    if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_UNIX, SOCK_STREAM, 0) >= 0) return 1;
    int pair[2];
    return socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0;
}

static int reaches_out(void)
{
    if (kill(getppid(), 0) == 0 || fork() >= 0) return 1;
    char *const none[] = {NULL};
    execve("/bin/true", none, none);
    execve("/proc/self/exe", none, none);
    struct rlimit limit = {.rlim_cur = 1, .rlim_max = 1};
    return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

static int executes_other(void)
{
    char *const none[] = {NULL};
    execve("/bin/true", none, none);
    execve("/bin/sh", none, none);
    return 0;
}

static int takes_memory(void) { return mmap(NULL, (size_t)64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED; }

static int burns_time(void)
{
    volatile uint64_t i = 0;
    while (i != UINT64_MAX) i++;
    return 0;
}

TEST(the_reader_can_open_nothing)
{
    CHECK_INT(run_locked_in(NULL, SANDBOX_LIMITS, opens_files), 0);
    CHECK_INT(run_locked_in(NULL, SANDBOX_LIMITS, uses_network), 0);
    CHECK_INT(run_locked_in(NULL, SANDBOX_LIMITS, reaches_out), 0);
}

TEST(the_pdf_program_can_open_only_its_libraries)
{
    if (strcmp(sandbox_name(), "Landlock and seccomp") != 0) SKIP("this kernel has no Landlock");
    if (access("/usr/bin/pdftotext", X_OK) != 0) SKIP("no pdftotext here");
    CHECK_INT(run_locked_in("/usr/bin/pdftotext", SANDBOX_LIMITS, opens_secret_or_writes), 0);
    CHECK_INT(run_locked_in("/usr/bin/pdftotext", SANDBOX_LIMITS, uses_network), 0);
    CHECK_INT(run_locked_in("/usr/bin/pdftotext", SANDBOX_LIMITS, executes_other), 0);
}

TEST(memory_and_time_are_limited)
{
    struct sandbox_limits tight = {.memory = (size_t)32 << 20, .cpu_seconds = 1};
    CHECK_INT(run_locked_in(NULL, tight, takes_memory), 0);
    int status = run_locked_in(NULL, tight, burns_time);
    CHECK(WIFSIGNALED(status));
    CHECK_INT(WTERMSIG(status), SIGXCPU);
}

/* Resumes as text: which line is a heading, what is whose section, and that nothing is invented. */
#include "test.h"

#include "ai/resume.h"
#include "ai/resume_heading.h"
#include "ai/catalogue.h"
#include "ai/resume_skills.h"
#include "base/buf.h"

static struct resume resume;

static struct str section_text(struct arena *arena, enum resume_section section)
{
    struct str_list found = {0};
    for (size_t i = 0; i < resume.chunks_count; i++)
        if (resume.chunks[i].section == section) str_list_add(arena, &found, resume.chunks[i].text);
    return str_join(arena, found.items, found.count, STR("|"));
}

TEST(headings_are_known_in_many_spellings)
{
    const struct {
        const char *line;
        enum resume_section section;
    } cases[] = {{"Experience", SECTION_EXPERIENCE}, {"WORK HISTORY", SECTION_EXPERIENCE}, {"Relevant Professional Experience:", SECTION_EXPERIENCE},
                 {"E X P E R I E N C E", SECTION_EXPERIENCE}, {"W O R K  H I S T O R Y", SECTION_EXPERIENCE}, {"P R O F E S S I O N A L E X P E R I E N C E", SECTION_EXPERIENCE},
                 {"S U M M A RY", SECTION_SUMMARY}, {"About me", SECTION_SUMMARY}, {"Career Objective", SECTION_SUMMARY}, {"Summary of Qualifications", SECTION_SUMMARY},
                 {"Education & Training", SECTION_EDUCATION}, {"Academic Background", SECTION_EDUCATION}, {"## Education", SECTION_EDUCATION},
                 {"Technical Skills", SECTION_SKILLS}, {"AREAS OF EXPERTISE", SECTION_SKILLS}, {"**Core Competencies**", SECTION_SKILLS}, {"Skills Summary", SECTION_SKILLS},
                 {"Internships", SECTION_EXPERIENCE}, {"Selected Projects", SECTION_PROJECTS}, {"Volunteer Experience", SECTION_OTHER}, {"Awards and Honors", SECTION_OTHER},
                 {"3. Languages", SECTION_LANGUAGES}, {"Licenses & Certifications", SECTION_CERTIFICATIONS}, {"Professional Certification", SECTION_CERTIFICATIONS},
                 {"Positions Held", SECTION_EXPERIENCE}, {"Career", SECTION_EXPERIENCE}, {"Practical Experience", SECTION_EXPERIENCE}, {"Academic Record", SECTION_EDUCATION},
                 {"Academic Credentials", SECTION_EDUCATION}, {"Tech Stack", SECTION_SKILLS}, {"Skill Set", SECTION_SKILLS}, {"Project Experience", SECTION_PROJECTS},
                 {"Language Skills", SECTION_LANGUAGES}, {"Language Proficiency", SECTION_LANGUAGES}, {"Languages Known", SECTION_LANGUAGES}, {"Skills & Languages", SECTION_SKILLS},
                 {"Programming Languages", SECTION_SKILLS}, {"Accreditations", SECTION_CERTIFICATIONS}, {"Grants and Fellowships", SECTION_OTHER},
                 {"Co-Curricular Activities", SECTION_OTHER}, {"References available upon request", SECTION_OTHER}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct heading heading;
        if (!resume_heading_read(str_from(cases[i].line), false, &heading)) CHECK_STR("no heading", cases[i].line);
        else if (heading.section != cases[i].section) CHECK_STR(resume_section_name(heading.section), cases[i].line);
    }
}

TEST(other_lines_are_no_headings)
{
    static const char *const lines[] = {"", "Ada Example", "Experience with steel and concrete", "I have work experience.", "experience", "Skills, knowledge and",
                                        "\xE2\x80\xA2 Projects", "Software Engineer", "Head of Education", "Managed projects", "2015 - 2019", "A B C"};
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        struct heading heading;
        if (resume_heading_read(str_from(lines[i]), false, &heading)) CHECK_STR("a heading", lines[i]);
    }
}

static const char whole[] = "Ada Example\nCivil Engineer | Leeds, United Kingdom\nada@example.org | +44 113 496 0000 | https://example.org/ada\n\n"
                            "Engineer who has built bridges over small rivers for ten years, and who likes to teach those who begin.\n\n"
                            "WORK EXPERIENCE\nAcme, 2019 - 2024\nHighlights\n- built a bridge\n\nOther Ltd, 2015 - 2019\n\n"
                            "Education\nMSc, University of Leeds\nCourses\nStatics\n\nSkills: Steel, Concrete\n\nREFERENCES\nBob Builder, bob@example.com, 0113 496 0001\n";

TEST(sections_hold_their_lines)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    REQUIRE(CHECK_OK(resume_parse(&arena, str_from(whole), &resume)));
    CHECK_STR(section_text(&arena, SECTION_SUMMARY),
              "Engineer who has built bridges over small rivers for ten years, and who likes to teach those who begin.");
    CHECK_STR(section_text(&arena, SECTION_EXPERIENCE), "Acme, 2019 - 2024\nHighlights\n- built a bridge\n\nOther Ltd, 2015 - 2019");
    CHECK_STR(section_text(&arena, SECTION_EDUCATION), "MSc, University of Leeds\nCourses\nStatics");
    CHECK_STR(section_text(&arena, SECTION_SKILLS), "Steel, Concrete");
    CHECK_STR(section_text(&arena, SECTION_PROJECTS), "");
    for (size_t i = 0; i < resume.chunks_count; i++) {
        CHECK_INT(resume.chunks[i].index, i);
        CHECK(str_contains(str_from(whole), resume.chunks[i].text));
    }
}

static void check_section(const char *file, int line, const char *text, enum resume_section section, const char *expected)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    if (resume_parse(&arena, str_from(text), &resume) != OK) test_fail(file, line, "not read");
    struct str found = section_text(&arena, section);
    if (!str_equal(found, str_from(expected))) test_fail(file, line, "%s is \"%.*s\", expected \"%s\"", resume_section_name(section), STR_ARG(found), expected);
}
#define CHECK_SECTION(text, section, expected) check_section(__FILE__, __LINE__, text, section, expected)

TEST(languages_people_speak_are_no_skills_and_programming_languages_are)
{
    static const char spoken[] = "Ada Example\n\nLanguages\nWelsh (native), Dutch\nSkills\nPython, SQL\n";
    CHECK_SECTION(spoken, SECTION_LANGUAGES, "Welsh (native), Dutch");
    CHECK_SECTION(spoken, SECTION_SKILLS, "Python, SQL");
    static const char coded[] = "Ada Example\n\nSkills\n\nLanguages\nPython, Rust\n\nTools\nDocker\n\nLanguages\nWelsh\n";
    CHECK_SECTION(coded, SECTION_SKILLS, "Python, Rust|Docker");
    CHECK_SECTION(coded, SECTION_LANGUAGES, "Welsh");
    CHECK_SECTION("Skills\nLanguages: Python, Rust\nTools: Docker\n", SECTION_SKILLS, "Languages: Python, Rust\nTools: Docker");
}

TEST(certifications_are_a_section_and_a_certificate_of_a_school_is_not)
{
    static const char text[] = "Ada Example\n\nEducation\n\nCertificate: Bridge Inspection, Leeds College, 2011\nMSc, University of Leeds\n\n"
                               "Certifications\n\nChartered Engineer, 2014\n";
    CHECK_SECTION(text, SECTION_EDUCATION, "Certificate: Bridge Inspection, Leeds College, 2011\nMSc, University of Leeds");
    CHECK_SECTION(text, SECTION_CERTIFICATIONS, "Chartered Engineer, 2014");
}

TEST(a_skill_that_is_called_like_a_section_stays_a_skill)
{
    static const char list[] = "Ada Example\n\nSkills\nSurveying\nTraining and Development\nBudgets\n\nEducation\nMSc, Leeds\n";
    CHECK_SECTION(list, SECTION_SKILLS, "Surveying\nTraining and Development\nBudgets");
    CHECK_SECTION(list, SECTION_EDUCATION, "MSc, Leeds");
    CHECK_SECTION("Summary\nBuilds.\nSkills\nSurveying\nTraining and Development\tBudgets\n", SECTION_SKILLS, "Surveying\nTraining and Development\tBudgets");
    CHECK_SECTION("Summary\nBuilds.\nSkills\nSurveying\nTraining\nSafety on site, 2019\n", SECTION_EDUCATION, "Safety on site, 2019");
}

TEST(additional_information_is_no_part_of_what_stands_before_it)
{
    static const char text[] = "Ada Example\n\nSkills\nSurveying\nAdditional Information\nSings in a choir\n";
    CHECK_SECTION(text, SECTION_SKILLS, "Surveying");
    CHECK_SECTION(text, SECTION_OTHER, "Ada Example|Sings in a choir");
}

TEST(a_label_inside_of_an_entry_opens_no_section_that_the_resume_has)
{
    static const char text[] = "Ada Example\n\nSkills\nSurveying\n\nInterests\nSailing\n\nSkills: knots, tides\nAcross the North Sea\n";
    CHECK_SECTION(text, SECTION_SKILLS, "Surveying");
    CHECK_SECTION(text, SECTION_OTHER, "Ada Example|Sailing\n\nSkills: knots, tides\nAcross the North Sea");
}

TEST(contact_data_and_skills_of_a_side_column_are_no_summary)
{
    static const char text[] = "Ada Example\n\nAbout\n\n1 Bridge Street\nLeeds\nada@example.org\n+44 113 496 0000\n\nPython SQL\nDocker Linux\n\nEducation\nMSc, Leeds\n";
    CHECK_SECTION(text, SECTION_SUMMARY, "");
    CHECK_SECTION(text, SECTION_SKILLS, "Python SQL\nDocker Linux");
    CHECK_SECTION(text, SECTION_OTHER, "Ada Example|1 Bridge Street\nLeeds\nada@example.org\n+44 113 496 0000");
    CHECK_STR(resume.contact.phone, "+44 113 496 0000");
    static const char prose[] = "About\nI build bridges over small rivers and teach those who begin; write to ada@example.org when a river is in your way.\n";
    CHECK_SECTION(prose, SECTION_SUMMARY, "I build bridges over small rivers and teach those who begin; write to ada@example.org when a river is in your way.");
}

static void check_offered(const char *file, int line, const char *text, const char *ids)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct skill_mention *mentions;
    struct str_list found = {0};
    if (resume_parse(&arena, str_from(text), &resume) != OK) test_fail(file, line, "not read");
    size_t count = resume_skills(&arena, &resume, &mentions);
    for (size_t i = 0; i < count; i++) str_list_add(&arena, &found, catalogue_skill_at(mentions[i].skill)->id);
    struct str joined = str_join(&arena, found.items, found.count, STR(" "));
    if (!str_equal(joined, str_from(ids))) test_fail(file, line, "gives \"%.*s\", expected \"%s\"", STR_ARG(joined), ids);
}

/* Who paid for the work is no skill, whatever it is called; the same name below is one. */
TEST(employers_are_not_offered)
{
    check_offered(__FILE__, __LINE__, "Experience\nFigma, San Francisco\nProduct designer, 2019 - 2022\n- Drew icons\n", "");
    check_offered(__FILE__, __LINE__, "Experience\nStripe\nSenior Engineer\nMay 2020 - 2023\n- Wrote ledgers in Go\n", "go");
    check_offered(__FILE__, __LINE__, "Experience\nSenior Engineer | Notion | 2020 - 2023\n- Wrote pages\n\nMongoDB\t2018 - 2020\n- Sold MongoDB to banks\n", "mongodb");
    check_offered(__FILE__, __LINE__, "Experience\nJava Developer, Acme, 2020 - 2023\nPython, Django\n- Wrote services\n", "java python django");
    check_offered(__FILE__, __LINE__, "Experience\nDesigner\tJun 2021 - Dec 2022\nFigma \xe2\x80\xa2 San Francisco, CA \xe2\x80\xa2 Built an editor that four million people use each day, with WebSockets\n", "websockets");
    check_offered(__FILE__, __LINE__, "Experience\nDeveloper\tJun 2021 - Dec 2022\nPython, Django, Flask and everything else that a team of nine people needed for its daily work in a bank\n", "python django flask");
    check_offered(__FILE__, __LINE__, "Experience\n- Found what was slow through\nperformance tuning\nSoftware Engineer\tJul 2019 - May 2021\n", "performance-optimization");
    check_offered(__FILE__, __LINE__, "Experience\nSoftware Engineer Figma\tJun 2021 - Dec 2022 San Francisco, CA\n- Built editors\n\nSoftware Engineer Java\t2019 - 2021\n", "java");
    check_offered(__FILE__, __LINE__, "Skills\nFigma\nStripe, Notion\n", "figma payment-integration notion");
}

TEST(contact_data_is_the_persons_own)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    REQUIRE(CHECK_OK(resume_parse(&arena, str_from(whole), &resume)));
    CHECK_STR(resume.contact.name, "Ada Example");
    CHECK_STR(resume.contact.email, "ada@example.org");
    CHECK_STR(resume.contact.phone, "+44 113 496 0000");
    CHECK_STR(resume.contact.location, "Leeds, United Kingdom");
    CHECK_STR(resume.contact.links, "https://example.org/ada");
}

TEST(a_place_is_found_among_other_data)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct str text = STR("Ada Example\nada@example.org , +1 (415) 555-0142 , San Francisco, CA, US 94105 , linkedin.com/in/ada , github.com/ada\n\nSkills\nSteel\n");
    REQUIRE(CHECK_OK(resume_parse(&arena, text, &resume)));
    CHECK_STR(resume.contact.location, "San Francisco, CA, US 94105");
    CHECK_STR(resume.contact.phone, "+1 (415) 555-0142");
    CHECK_STR(resume.contact.links, "linkedin.com/in/ada\ngithub.com/ada");
}

TEST(what_is_not_there_is_not_found)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct str text = STR("STAFF ACCOUNTANT\n\nSummary\nTen years of closing books.\n\nExperience\n02/2015 to 06/2016\nAcme\n2010 - 2014 2014 - 2015\n$1,200,000 budget\n");
    REQUIRE(CHECK_OK(resume_parse(&arena, text, &resume)));
    CHECK_STR(resume.contact.name, "");
    CHECK_STR(resume.contact.email, "");
    CHECK_STR(resume.contact.phone, "");
    CHECK_STR(resume.contact.location, "");
    CHECK_STR(resume.contact.links, "");
}

TEST(a_side_label_opens_a_section)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    REQUIRE(CHECK_OK(resume_parse(&arena, STR("Ada Example\n\nWork\tAcme, engineer\nBuilt bridges\nAwards\tBridge of the year\n"), &resume)));
    CHECK_STR(section_text(&arena, SECTION_EXPERIENCE), "Acme, engineer\nBuilt bridges");
    CHECK_STR(section_text(&arena, SECTION_OTHER), "Ada Example|Bridge of the year");
}

TEST(long_sections_are_cut_at_paragraphs)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct buf text CLEANUP(buf_dispose) = {0};
    buf_append_str(&text, STR("Experience\n"));
    for (int i = 0; i < 40; i++) buf_append_format(&text, "Job %d at a firm, where I did one thing after the other for quite some time.\n\n", i);
    for (int i = 0; i < 2000; i++) buf_append_str(&text, STR("\xC3\xA4"));
    REQUIRE(CHECK_OK(resume_parse(&arena, buf_str(&text), &resume)));
    CHECK(resume.chunks_count >= 4);
    for (size_t i = 0; i < resume.chunks_count; i++) {
        CHECK_INT(resume.chunks[i].section, SECTION_EXPERIENCE);
        CHECK(resume.chunks[i].text.len <= 1500 && str_is_text(resume.chunks[i].text));
    }
    CHECK(str_ends(resume.chunks[0].text, STR("time.")));
    CHECK(str_starts(resume.chunks[1].text, STR("Job ")));
}

TEST(empty_and_broken_text)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    CHECK_OK(resume_parse(&arena, (struct str){0}, &resume));
    CHECK_INT(resume.chunks_count, 0);
    CHECK_INT(resume_parse(&arena, STR("a\xFF" "b"), &resume), ERR_INVALID);
}

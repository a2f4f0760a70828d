/* Skills in prose: what is found, where, and what is not mistaken for a skill. */
#include "test.h"

#include "ai/catalogue.h"
#include "ai/skill_text.h"
#include "base/buf.h"
#include "base/clock.h"

/* The ids found in `text`, joined by blanks, checked against `ids`. */
static void check_skills(const char *file, int line, const char *text, const char *ids)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct skill_mention *mentions;
    size_t count = skill_text_find(&arena, str_from(text), &mentions), end = 0;
    struct str_list found = {0};
    for (size_t i = 0; i < count; i++) {
        if (mentions[i].start < end || mentions[i].end <= mentions[i].start || mentions[i].end > strlen(text))
            test_fail(file, line, "mention %zu has a wrong place", i);
        end = mentions[i].end;
        str_list_add(&arena, &found, catalogue_skill_at(mentions[i].skill)->id);
    }
    struct str joined = str_join(&arena, found.items, found.count, STR(" "));
    if (!str_equal(joined, str_from(ids))) test_fail(file, line, "\"%s\" gives \"%.*s\", expected \"%s\"", text, STR_ARG(joined), ids);
}
#define CHECK_SKILLS(text, ids) check_skills(__FILE__, __LINE__, text, ids)

TEST(names_and_aliases_are_found_in_any_case)
{
    CHECK_SKILLS("python, POSTGRES and k8s", "python postgresql kubernetes");
    CHECK_SKILLS("I wrote it in TypeScript with PostgreSQL.", "typescript postgresql");
}

TEST(technical_names_keep_their_signs)
{
    CHECK_SKILLS("C++, C#", "c-plus-plus c-sharp");
    CHECK_SKILLS("Node.js/CI/CD", "node-js ci-cd");
    CHECK_SKILLS("JavaScript is not the other one", "javascript");
    CHECK_SKILLS("painted on canvas, two REST APIs", "rest-apis");
    CHECK_SKILLS("Javanese, pythonic, dockerize", "");
}

TEST(line_breaks_and_hyphens_stand_for_spaces)
{
    CHECK_SKILLS("machine\nlearning and machine-learning", "machine-learning machine-learning");
    CHECK_SKILLS("machine\n\nlearning", "");
}

TEST(words_that_are_skills_too_need_a_fitting_place)
{
    CHECK_SKILLS("Go ahead and ask. I go to school.", "");
    CHECK_SKILLS("Backend services written in Go.", "go");
    CHECK_SKILLS("Python, Go, SQL", "python go sql");
    CHECK_SKILLS("We excel at service.", "");
    CHECK_SKILLS("Swift answers are our strength", "");
    CHECK_SKILLS("John R. Smith, Research & R&D", "");
    CHECK_SKILLS("Rust developer", "rust");
}

TEST(addresses_hold_no_skills)
{
    CHECK_SKILLS("python@example.org https://example.org/python github.com/java-person", "");
}

TEST(a_maker_named_once_stands_before_all_its_things)
{
    CHECK_SKILLS("AWS ECS Lambda S3 RDS", "ecs aws-lambda object-storage rds");
    CHECK_SKILLS("AWS (EC2, Lambda, Step Functions)", "aws ec2 aws-lambda aws-step-functions");
    CHECK_SKILLS("Google Docs, Sheets, Slides and Tag Manager", "google-docs google-sheets google-slides google-tag-manager");
    CHECK_SKILLS("Adobe Photoshop, Illustrator, XD", "adobe-photoshop adobe-illustrator adobe-xd");
    CHECK_SKILLS("S3, SQS and RDS", "object-storage sqs-sns rds");
    CHECK_SKILLS("Microsoft, Project Manager, Teams of ten", "");
    CHECK_SKILLS("Google paid. Sheets were cut from steel", "");
    CHECK_SKILLS("AWS engineers met in a lambda workshop", "aws");
}

TEST(employers_are_no_skills)
{
    CHECK_SKILLS("Product designer at Figma, where I drew icons", "");
    CHECK_SKILLS("Worked at Figma, Notion and Stripe", "");
    CHECK_SKILLS("Stripe, Inc. and Figma GmbH", "");
    CHECK_SKILLS("Engineer at Stripe (Python, Kafka)", "python apache-kafka");
    CHECK_SKILLS("Good at Excel, proficient at Figma", "microsoft-excel figma");
    CHECK_SKILLS("PagerDuty", "");
}

TEST(technical_terms_are_no_soft_skills)
{
    CHECK_SKILLS("Conflict resolution algorithms for CRDTs", "algorithms");
    CHECK_SKILLS("Merge conflict resolution, event delegation, content negotiation, communication protocols", "");
    CHECK_SKILLS("Conflict resolution in a team of nurses", "conflict-resolution");
}

TEST(each_skill_once)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct skill_mention *mentions;
    REQUIRE(CHECK_INT(skill_text_find_unique(&arena, STR("SQL, Python, sql and python"), &mentions), 2));
    CHECK_INT(mentions[0].start, 0);
    CHECK_INT(mentions[1].start, 5);
    CHECK_INT(skill_text_find_unique(&arena, (struct str){0}, &mentions), 0);
}

TEST(every_name_of_the_catalogue_is_found_in_a_list)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    size_t missed = 0;
    for (size_t i = 0; i < catalogue_skills_count; i++) {
        const struct catalogue_skill *skill = catalogue_skill_at(i);
        struct skill_mention *mentions;
        struct str text = str_format(&arena, "Things: %.*s, others", STR_ARG(skill->name));
        size_t count = skill_text_find(&arena, text, &mentions), hits = 0;
        for (size_t j = 0; j < count; j++) hits += mentions[j].skill == i;
        if (!hits) {
            missed++;
            printf("not found: %.*s\n", STR_ARG(skill->name));
        }
    }
    CHECK_INT(missed, 0);
}

TEST(a_megabyte_takes_a_moment)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct buf text CLEANUP(buf_dispose) = {0};
    while (text.len < 1000000) buf_append_str(&text, STR("Designed the payment service in Java with Spring Boot and PostgreSQL, and led a team of six people. "));
    struct skill_mention *mentions;
    int64_t start = clock_monotonic();
    size_t count = skill_text_find(&arena, buf_str(&text), &mentions);
    CHECK(count >= 30000);
    CHECK(clock_monotonic() - start < 3 * US_PER_SECOND); /* under sanitizers and load; some ten milliseconds in a release */
}

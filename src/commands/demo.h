/* careerprep demo: a demonstration data set for an empty store. What it shows is made by the same code as everything else: the people, their
 * answers and their listings come from files in the program, and what is verified is what the analysis finds.
 */
#pragma once
#include "base/str.h"
#include "db/db.h"

struct json;

extern const struct str demo_people;   /* demo/people.json */
extern const struct str demo_listings; /* demo/listings.json */

#define DEMO_MAIL "@demo.example"

struct demo_load {
    struct db_pool *pool;
    struct db *db;
    struct arena *arena;
    struct str password_hash;
    int64_t now;
};

/* Makes one person of demo_people with everything that belongs to them, day by day, and lets the agents work after each step. */
enum err demo_add_person(struct demo_load *load, const struct json *person) MUST_CHECK;
int command_demo(int argc, char **argv);

/* Scoring a listing for a person. Contract and sources in match.h. */
#include "ai/match.h"

#include "ai/catalogue.h"
#include "base/buf.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#define WEIGHT_SKILLS 0.55
#define WEIGHT_TITLE 0.25
#define WEIGHT_PLACE 0.10
#define WEIGHT_YEARS 0.10
#define CLAIMED_WORTH 0.75    /* of what a proved skill counts */
#define UNSEEN_SKILLS 0.6     /* an advertisement asks for more than we recognise: so many skills of middling weight are added */
#define STRONG_SCORE 0.62
#define FAIR_SCORE 0.38
#define STRONG_SKILLS 0.45    /* a strong match rests on skills, at least so much of them */
#define GENERIC_WORD 0.6      /* "engineer", "manager": what a word that many titles have counts */
#define UNKNOWN (-1.0)
#define NAMES_SHOWN 4

enum have { HAVE_NOT, HAVE_CLAIMED, HAVE_VERIFIED };

#define TITLE_WORDS_MAX 24
struct title {
    uint64_t words[TITLE_WORDS_MAX];
    double weights[TITLE_WORDS_MAX];
    size_t count;
    double total;
};

/* One way to say a goal: the goal itself, or another name of its occupation. */
struct goal {
    struct title title;
    size_t role; /* index into the person's roles */
};

struct matcher {
    const struct match_person *person;
    uint8_t *have;     /* by catalogue index */
    float *weight;     /* by catalogue index */
    float middling;    /* the mean weight */
    struct goal *goals;
    size_t goals_count;
};

const char *match_band_name(enum match_band band)
{
    static const char *const names[BAND_COUNT] = {"strong", "fair", "stretch"};
    return names[band];
}

const char *match_band_title(enum match_band band)
{
    static const char *const titles[BAND_COUNT] = {"Strong match", "Fair match", "Stretch"};
    return titles[band];
}

const char *match_reason_kind_name(enum match_reason_kind kind)
{
    static const char *const names[REASON_KIND_COUNT] = {"has", "lacks", "title", "location"};
    return names[kind];
}

static bool is_one_of(struct str word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_ci(word, str_from(words[i]))) return true;
    return false;
}

/* Words that say how senior somebody is, or nothing at all. */
static bool is_left_out(struct str word)
{
    static const char *const words[] = {"senior", "junior", "lead", "graduate", "sr", "jr", "trainee", "mid", "level", "principal", "entry", "of", "and",
                                        "the", "for", "in", "to", "with", "m", "f", "d", "w", "h", "x", "a", "an", "at", "ii", "iii", "i", "remote",
                                        "permanent", "contract", "part", "full", "time"};
    return is_one_of(word, words, COUNT_OF(words));
}

static bool is_generic(struct str word)
{
    static const char *const words[] = {"engineer", "manager", "analyst", "developer", "specialist", "assistant", "officer", "consultant",
                                        "coordinator", "administrator", "technician", "worker", "operator", "executive", "associate", "expert",
                                        "scientist", "designer", "engineering", "professional", "staff", "adviser", "advisor", "agent", "clerk"};
    return is_one_of(word, words, COUNT_OF(words));
}

static void read_title(struct str text, struct title *title)
{
    uint64_t hash;
    struct str word;
    *title = (struct title){0};
    for (size_t at = 0; title->count < TITLE_WORDS_MAX && match_next_word(text, &at, &hash, &word);) {
        if (is_left_out(word)) continue;
        title->words[title->count] = hash;
        title->weights[title->count] = is_generic(word) ? GENERIC_WORD : 1;
        title->total += title->weights[title->count++];
    }
}

static bool title_has(const struct title *title, uint64_t word)
{
    for (size_t i = 0; i < title->count; i++)
        if (title->words[i] == word) return true;
    return false;
}

/* How much of a goal's words the title has, a little less when the title says much more. */
static double title_likeness(const struct title *goal, const struct title *title)
{
    double common = 0;
    for (size_t i = 0; i < goal->count; i++)
        if (title_has(title, goal->words[i])) common += goal->weights[i];
    if (goal->total <= 0 || title->total <= 0 || common <= 0) return 0;
    double rest = common / title->total;
    double recall = common / goal->total;
    return recall * sqrt(recall) * (0.75 + 0.25 * (rest > 1 ? 1 : rest));
}

static void add_goal(struct matcher *matcher, struct str name, size_t role)
{
    struct goal *goal = &matcher->goals[matcher->goals_count];
    read_title(name, &goal->title);
    goal->role = role;
    if (goal->title.count) matcher->goals_count++;
}

static void prepare_goals(struct arena *arena, struct matcher *matcher)
{
    const struct str_list *roles = &matcher->person->roles;
    size_t most = 0;
    for (size_t i = 0; i < roles->count; i++) {
        size_t occupation = catalogue_occupation_for(roles->items[i]);
        most += 2 + (occupation == CATALOGUE_NONE ? 0 : catalogue_occupation_at(occupation)->alternates_count);
    }
    matcher->goals = arena_array(arena, struct goal, most);
    for (size_t i = 0; i < roles->count; i++) {
        add_goal(matcher, roles->items[i], i);
        size_t index = catalogue_occupation_for(roles->items[i]);
        if (index == CATALOGUE_NONE) continue;
        const struct catalogue_occupation *occupation = catalogue_occupation_at(index);
        add_goal(matcher, occupation->title, i);
        for (size_t k = 0; k < occupation->alternates_count; k++) add_goal(matcher, occupation->alternates[k], i);
    }
}

struct matcher *match_prepare(struct arena *arena, const struct match_person *person, const struct match_demand *demand)
{
    struct matcher *matcher = arena_new(arena, struct matcher);
    matcher->person = person;
    matcher->have = arena_alloc(arena, catalogue_skills_count);
    matcher->weight = arena_array(arena, float, catalogue_skills_count);
    for (size_t i = 0; i < person->skills_count; i++) {
        uint8_t *have = &matcher->have[person->skills[i].skill];
        uint8_t now = person->skills[i].is_verified ? HAVE_VERIFIED : HAVE_CLAIMED;
        if (now > *have) *have = now;
    }
    double sum = 0;
    for (size_t i = 0; i < catalogue_skills_count; i++) {
        double with = demand->listings_by_skill[i];
        matcher->weight[i] = (float)log(2 + (double)demand->listings / (1 + with));
        sum += matcher->weight[i] * with;
        matcher->middling += (float)with;
    }
    matcher->middling = matcher->middling > 0 ? (float)(sum / matcher->middling) : 1;
    prepare_goals(arena, matcher);
    return matcher;
}

static double skills_part(const struct matcher *matcher, const struct match_listing *listing)
{
    if (!listing->skills_count) return UNKNOWN;
    double got = 0, asked = UNSEEN_SKILLS * matcher->middling;
    for (size_t i = 0; i < listing->skills_count; i++) {
        double weight = matcher->weight[listing->skills[i]];
        uint8_t have = matcher->have[listing->skills[i]];
        asked += weight;
        got += have == HAVE_VERIFIED ? weight : have == HAVE_CLAIMED ? CLAIMED_WORTH * weight : 0;
    }
    return got / asked;
}

static double title_part(const struct matcher *matcher, const struct match_listing *listing, size_t *role)
{
    if (!matcher->goals_count) return UNKNOWN;
    struct title title;
    read_title(listing->title, &title);
    double best = 0;
    *role = 0;
    for (size_t i = 0; i < matcher->goals_count; i++) {
        double likeness = title_likeness(&matcher->goals[i].title, &title);
        if (likeness <= best) continue;
        best = likeness;
        *role = matcher->goals[i].role;
    }
    return best;
}

static bool has_word(struct str text, struct str word)
{
    for (size_t at = str_find_ci(text, word, 0); at != STR_NPOS; at = str_find_ci(text, word, at + 1)) {
        bool starts = at == 0 || !isalpha((unsigned char)text.ptr[at - 1]);
        size_t end = at + word.len;
        if (starts && (end == text.len || !isalpha((unsigned char)text.ptr[end]))) return true;
    }
    return false;
}

enum place { PLACE_UNKNOWN, PLACE_WANTED, PLACE_REMOTE, PLACE_COUNTRY, PLACE_OTHER };

static enum place find_place(const struct matcher *matcher, const struct match_listing *listing, struct str *name)
{
    const struct str_list *wanted = &matcher->person->locations;
    if (!wanted->count || (!listing->location.len && !listing->is_remote)) return PLACE_UNKNOWN;
    bool in_country = false;
    for (size_t i = 0; i < wanted->count; i++) {
        struct str rest = wanted->items[i], city = {0}, country = {0};
        (void)str_split_next(&rest, ',', &city);
        city = str_trim(city);
        while (str_split_next(&rest, ',', &country)) {}
        country = str_trim(country);
        *name = city;
        if (str_equal_ci(city, STR("remote"))) {
            if (listing->is_remote) return PLACE_REMOTE;
            continue;
        }
        if (city.len > 1 && has_word(listing->location, city)) return PLACE_WANTED;
        if (country.len > 1 && has_word(listing->location, country)) in_country = true;
    }
    if (listing->is_remote) return PLACE_REMOTE;
    return in_country ? PLACE_COUNTRY : PLACE_OTHER;
}

static double place_part(const struct matcher *matcher, const struct match_listing *listing)
{
    struct str name;
    switch (find_place(matcher, listing, &name)) {
    case PLACE_WANTED: return 1;
    case PLACE_REMOTE: return 0.9;
    case PLACE_COUNTRY: return 0.5;
    case PLACE_OTHER: return 0;
    case PLACE_UNKNOWN: break;
    }
    return UNKNOWN;
}

/* The years a listing asks for: by its text, else by the words of its title; -1 when neither says. */
static int64_t years_asked(const struct match_listing *listing, bool *is_for_beginners)
{
    static const char *const beginner[] = {"junior", "graduate", "trainee", "intern", "entry", "apprentice", "jr", "internship"};
    static const char *const senior[] = {"senior", "sr", "lead"};
    static const char *const leader[] = {"principal", "head", "director", "chief", "vp"};
    uint64_t hash;
    struct str word;
    int64_t years = listing->years_required;
    *is_for_beginners = false;
    for (size_t at = 0; match_next_word(listing->title, &at, &hash, &word);) {
        if (is_one_of(word, beginner, COUNT_OF(beginner))) *is_for_beginners = true;
        if (listing->years_required >= 0) continue;
        if (is_one_of(word, leader, COUNT_OF(leader))) years = 7;
        else if (years < 4 && is_one_of(word, senior, COUNT_OF(senior))) years = 4;
    }
    return *is_for_beginners && years < 0 ? 0 : years;
}

static double years_part(const struct matcher *matcher, const struct match_listing *listing)
{
    bool is_for_beginners = false;
    int64_t asked = years_asked(listing, &is_for_beginners), has = matcher->person->years;
    if (has < 0 || asked < 0) return UNKNOWN;
    if (is_for_beginners && has > asked + 4) return 0.5;
    if (has >= asked) return 1;
    double share = 1 - (double)(asked - has) / (double)(asked < 3 ? 3 : asked);
    return share > 0 ? share : 0;
}

struct match_score match_score(const struct matcher *matcher, const struct match_listing *listing)
{
    size_t role;
    double skills = skills_part(matcher, listing);
    const double parts[] = {skills, title_part(matcher, listing, &role), place_part(matcher, listing), years_part(matcher, listing)};
    static const double weights[] = {WEIGHT_SKILLS, WEIGHT_TITLE, WEIGHT_PLACE, WEIGHT_YEARS};
    double sum = 0, total = 0;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (parts[i] < 0) continue;
        sum += weights[i] * parts[i];
        total += weights[i];
    }
    /* Place and years alone say nothing about the work. */
    bool says_work = skills >= 0 || parts[1] >= 0;
    double score = says_work && total > 0 ? sum / total : 0;
    bool rests_on_skills = skills >= STRONG_SKILLS && listing->skills_count >= 2;
    enum match_band band = score >= STRONG_SCORE && rests_on_skills ? BAND_STRONG : score >= FAIR_SCORE ? BAND_FAIR : BAND_STRETCH;
    return (struct match_score){.band = band, .score = score};
}

/* "Docker, Linux and SQL", "Docker, Linux, SQL, Go and 3 more": heavier skills first. */
static struct str name_skills(struct arena *arena, const struct matcher *matcher, const struct match_listing *listing, enum have have, size_t *count)
{
    uint16_t picked[NAMES_SHOWN];
    size_t shown = 0;
    *count = 0;
    for (size_t i = 0; i < listing->skills_count; i++) {
        uint16_t skill = listing->skills[i];
        if (matcher->have[skill] != have) continue;
        ++*count;
        size_t at = shown < NAMES_SHOWN ? shown++ : NAMES_SHOWN;
        while (at > 0 && matcher->weight[picked[at - 1]] < matcher->weight[skill]) {
            if (at < NAMES_SHOWN) picked[at] = picked[at - 1];
            at--;
        }
        if (at < NAMES_SHOWN) picked[at] = skill;
    }
    struct buf out CLEANUP(buf_dispose) = {0};
    for (size_t i = 0; i < shown; i++) {
        bool is_last = i + 1 == shown && *count == shown;
        if (i) buf_append_str(&out, is_last ? STR(" and ") : STR(", "));
        buf_append_str(&out, catalogue_skill_at(picked[i])->name);
    }
    if (*count > shown) buf_append_format(&out, " and %zu more", *count - shown);
    return str_copy(arena, buf_str(&out));
}

struct reasons {
    struct arena *arena;
    struct match_reason *items;
    size_t count;
};

static void add(struct reasons *reasons, enum match_reason_kind kind, bool is_good, struct str text)
{
    if (reasons->count < MATCH_REASONS_MAX) reasons->items[reasons->count++] = (struct match_reason){kind, is_good, text};
}

static void skill_reasons(struct reasons *reasons, const struct matcher *matcher, const struct match_listing *listing, bool good)
{
    size_t count;
    struct str names;
    if (good) {
        names = name_skills(reasons->arena, matcher, listing, HAVE_VERIFIED, &count);
        if (count) add(reasons, REASON_HAS, true, str_format(reasons->arena, "You have shown %.*s", STR_ARG(names)));
        names = name_skills(reasons->arena, matcher, listing, HAVE_CLAIMED, &count);
        if (count) add(reasons, REASON_HAS, true, str_format(reasons->arena, "You say you know %.*s", STR_ARG(names)));
        return;
    }
    names = name_skills(reasons->arena, matcher, listing, HAVE_NOT, &count);
    if (count) add(reasons, REASON_LACKS, false, str_format(reasons->arena, "Asks for %.*s, not among your skills yet", STR_ARG(names)));
    if (!listing->skills_count) add(reasons, REASON_LACKS, false, STR("The ad names no skill that we recognise: read it before you decide"));
}

static void place_reason(struct reasons *reasons, const struct matcher *matcher, const struct match_listing *listing, bool good)
{
    struct str name = {0};
    enum place place = find_place(matcher, listing, &name);
    if (good && place == PLACE_WANTED)
        add(reasons, REASON_LOCATION, true, str_format(reasons->arena, "In %.*s, where you want to work", STR_ARG(name)));
    if (good && place == PLACE_REMOTE) add(reasons, REASON_LOCATION, true, STR("Can be done remotely"));
    if (!good && place == PLACE_COUNTRY) add(reasons, REASON_LOCATION, false, STR("In the same country, but in none of your places"));
    if (!good && place == PLACE_OTHER) add(reasons, REASON_LOCATION, false, STR("In none of your places"));
}

static void years_reason(struct reasons *reasons, const struct matcher *matcher, const struct match_listing *listing, bool good)
{
    bool is_for_beginners = false;
    int64_t asked = years_asked(listing, &is_for_beginners), has = matcher->person->years;
    if (has < 0 || asked < 0) return;
    if (is_for_beginners && has > asked + 4) {
        if (!good) add(reasons, REASON_LACKS, false, STR("Meant for people at the start: you may be ahead of it"));
        return;
    }
    if (good && has >= asked && asked > 0) add(reasons, REASON_HAS, true, STR("Your years of experience fit"));
    if (good || has >= asked) return;
    struct str by = listing->years_required >= 0 ? STR("Asks for") : STR("The title suggests");
    add(reasons, REASON_LACKS, false,
        str_format(reasons->arena, "%.*s about %d years of experience; you have %d", STR_ARG(by), (int)asked, (int)has));
}

size_t match_reasons(struct arena *arena, const struct matcher *matcher, const struct match_listing *listing, struct match_reason **out)
{
    struct reasons reasons = {.arena = arena, .items = arena_array(arena, struct match_reason, MATCH_REASONS_MAX)};
    size_t role = 0;
    double title = title_part(matcher, listing, &role);
    skill_reasons(&reasons, matcher, listing, true);
    if (title >= 0.6) add(&reasons, REASON_TITLE, true, str_format(arena, "Fits your goal: %.*s", STR_ARG(matcher->person->roles.items[role])));
    else if (title >= 0.35) add(&reasons, REASON_TITLE, true, str_format(arena, "Close to your goal: %.*s", STR_ARG(matcher->person->roles.items[role])));
    place_reason(&reasons, matcher, listing, true);
    years_reason(&reasons, matcher, listing, true);
    skill_reasons(&reasons, matcher, listing, false);
    if (title >= 0 && title < 0.35) add(&reasons, REASON_TITLE, false, STR("The title is not among your goals"));
    place_reason(&reasons, matcher, listing, false);
    years_reason(&reasons, matcher, listing, false);
    *out = reasons.items;
    return reasons.count;
}

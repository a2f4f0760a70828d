/* Retrieval and the reply. Design in twin.h. */
#include "ai/twin.h"

#include "ai/catalogue.h"
#include "ai/skill_text.h"
#include "ai/twin_internal.h"
#include "base/buf.h"

#include <math.h>
#include <stdlib.h>

#define BM25_K1 1.2
#define BM25_B 0.75
#define COVERAGE_LEAST 0.45
#define IMAGINED_PROOFS 4 /* which hold none of the words: else nothing would be rare among the first few proofs */
#define TERM_WEIGHT 0.7 /* a word of the skill's vocabulary counts less than one of the person's own */
#define QUOTE_MAX 480   /* bytes of one quote */
#define PARTS_MAX 48
#define ASKED_MAX 4

struct candidate {
    size_t proof;
    double score;
};

struct asking {
    struct arena *arena;
    const struct twin_person *person;
    struct twin_words words;      /* of the question */
    bool *in_skill;               /* one a word: it belongs to the name of a skill */
    struct twin_words *documents; /* one a proof */
    double mean_length;
    size_t asked[ASKED_MAX], asked_count; /* catalogue indices */
    struct twin_answer *answer;
};

/* ---- the reply ---- */

static void put(struct asking *asking, enum twin_source source, struct str text)
{
    struct twin_answer *answer = asking->answer;
    if (answer->parts_count == PARTS_MAX || !text.len) return;
    answer->parts[answer->parts_count++] = (struct twin_part){source, text};
}

#define PUT(asking, ...) put((asking), TWIN_OURS, str_format((asking)->arena, __VA_ARGS__))

static void finish(struct asking *asking)
{
    struct buf all = {0};
    struct twin_answer *answer = asking->answer;
    for (size_t i = 0; i < answer->parts_count; i++) buf_append_str(&all, answer->parts[i].text);
    answer->reply = str_copy(asking->arena, buf_str(&all));
    buf_dispose(&all);
}

static size_t reply_length(const struct twin_answer *answer)
{
    size_t length = 0;
    for (size_t i = 0; i < answer->parts_count; i++) length += answer->parts[i].text.len;
    return length;
}

/* The start of a long text, up to the end of a sentence or at least of a word. */
static struct str shorten(struct str text, size_t most)
{
    text = str_trim(text);
    if (text.len <= most) return text;
    size_t sentence = 0, word = 0;
    for (size_t i = 0; i < most; i++) {
        if (text.ptr[i] == ' ' && i && str_find_char(STR(".!?"), text.ptr[i - 1], 0) != STR_NPOS) sentence = i;
        if (text.ptr[i] == ' ') word = i;
    }
    if (sentence > most / 2) return str_slice(text, 0, sentence);
    if (!word) for (word = most; word > 0 && ((unsigned char)text.ptr[word] & 0xC0) == 0x80;) word--;
    return str_trim(str_slice(text, 0, word));
}

/* Quotes a proof and cites it; false when the reply has no more room. */
static bool quote(struct asking *asking, size_t index, struct str before)
{
    struct twin_answer *answer = asking->answer;
    struct str text = shorten(asking->person->proofs[index].snippet, QUOTE_MAX);
    if (answer->citations_count == TWIN_CITATIONS_MAX || !text.len) return false;
    if (reply_length(answer) + before.len + text.len + 16 > TWIN_REPLY_MAX) return false;
    put(asking, TWIN_OURS, before);
    put(asking, TWIN_OURS, STR("“"));
    put(asking, TWIN_QUOTE, text);
    put(asking, TWIN_OURS, STR("”"));
    answer->citations[answer->citations_count++] = (struct twin_citation){index, text};
    answer->answered = true;
    return true;
}

static struct str first_name(const struct asking *asking)
{
    return asking->person->first_name.len ? str_utf8_prefix(asking->person->first_name, 60) : STR("This person");
}

/* ---- what the question is about ---- */

static size_t proof_skill(const struct twin_proof *proof) { return catalogue_skill_by_id(proof->skill_id); }

static bool is_verified(const struct asking *asking, size_t skill)
{
    for (size_t i = 0; i < asking->person->proofs_count; i++)
        if (proof_skill(&asking->person->proofs[i]) == skill) return true;
    return false;
}

/* A skill counts as asked for unless its name is only the person's own name or words that frame any question. */
static void find_asked(struct asking *asking, struct str question)
{
    struct skill_mention *mentions = NULL;
    size_t count = skill_text_find(asking->arena, question, &mentions);
    struct twin_words first = twin_words_of(asking->arena, asking->person->first_name);
    for (size_t i = 0; i < count; i++) {
        bool has_content = false;
        for (size_t w = 0; w < asking->words.count; w++) {
            const struct twin_word *word = &asking->words.items[w];
            if (word->end <= mentions[i].start || word->start >= mentions[i].end) continue;
            has_content |= (word->is_content || word->text.len == 1) && !twin_words_has(&first, word->stem);
        }
        if (!has_content) continue;
        for (size_t w = 0; w < asking->words.count; w++)
            asking->in_skill[w] |= asking->words.items[w].start >= mentions[i].start && asking->words.items[w].end <= mentions[i].end;
        bool known = false;
        for (size_t k = 0; k < asking->asked_count; k++) known |= asking->asked[k] == mentions[i].skill;
        if (!known && asking->asked_count < ASKED_MAX) asking->asked[asking->asked_count++] = mentions[i].skill;
    }
}

static void index_proofs(struct asking *asking)
{
    const struct twin_person *person = asking->person;
    asking->documents = arena_array(asking->arena, struct twin_words, person->proofs_count);
    double total = 0;
    for (size_t i = 0; i < person->proofs_count; i++) {
        const struct twin_proof *proof = &person->proofs[i];
        struct str text = str_format(asking->arena, "%.*s\n%.*s\n%.*s", STR_ARG(proof->skill), STR_ARG(proof->snippet), STR_ARG(proof->summary));
        asking->documents[i] = twin_words_of(asking->arena, text);
        total += (double)asking->documents[i].count;
    }
    asking->mean_length = person->proofs_count ? total / (double)person->proofs_count : 1;
}

static double inverse_frequency(const struct asking *asking, struct str stem)
{
    double having = 0, all = (double)asking->person->proofs_count + IMAGINED_PROOFS;
    for (size_t i = 0; i < asking->person->proofs_count; i++) having += twin_words_has(&asking->documents[i], stem);
    return log(1 + (all - having + 0.5) / (having + 0.5));
}

/* How strongly a word of the question belongs to the vocabulary of the proof's skill: the terms that stand in the question as a whole. */
static double term_weight(struct asking *asking, size_t proof, size_t word)
{
    size_t skill = proof_skill(&asking->person->proofs[proof]);
    if (skill == CATALOGUE_NONE) return 0;
    const struct catalogue_skill *entry = catalogue_skill_at(skill);
    for (size_t i = 0; i < entry->terms_count; i++) {
        struct twin_words term = twin_words_of(asking->arena, entry->terms[i]);
        size_t at;
        if (twin_words_find(&asking->words, &term, &at) && word >= at && word < at + term.count) return TERM_WEIGHT;
    }
    return 0;
}

static double term_frequency(const struct twin_words *document, struct str stem)
{
    double count = 0;
    for (size_t i = 0; i < document->count; i++) count += str_equal(document->items[i].stem, stem);
    return count;
}

static bool is_own_name(const struct asking *asking, const struct twin_word *word)
{
    return str_find_ci(asking->person->first_name, word->text, 0) == 0 || str_find_ci(asking->person->last_name, word->text, 0) == 0;
}

/* Words of the question that say what is wanted; *total is their weight. */
static size_t wanted_words(struct asking *asking, size_t *wanted, double *weights, size_t most)
{
    size_t count = 0;
    for (size_t i = 0; i < asking->words.count && count < most; i++) {
        const struct twin_word *word = &asking->words.items[i];
        if (!word->is_content || word->text.len < 2 || is_own_name(asking, word)) continue;
        weights[count] = inverse_frequency(asking, word->stem);
        wanted[count++] = i;
    }
    return count;
}

#define WANTED_MAX 40

/* BM25 of each proof, 0 where it covers too little of the question. */
static void score(struct asking *asking, double *scores)
{
    size_t wanted[WANTED_MAX];
    double weights[WANTED_MAX], total = 0;
    size_t count = wanted_words(asking, wanted, weights, WANTED_MAX);
    for (size_t i = 0; i < count; i++) total += weights[i];
    for (size_t p = 0; p < asking->person->proofs_count; p++) {
        double sum = 0, covered = 0, length = (double)asking->documents[p].count / asking->mean_length;
        for (size_t i = 0; i < count; i++) {
            double found = term_frequency(&asking->documents[p], asking->words.items[wanted[i]].stem);
            double part = found > 0 ? 1 : term_weight(asking, p, wanted[i]);
            if (found == 0) found = part;
            sum += weights[i] * found * (BM25_K1 + 1) / (found + BM25_K1 * (1 - BM25_B + BM25_B * length));
            covered += weights[i] * part;
        }
        scores[p] = total > 0 && covered / total >= COVERAGE_LEAST ? sum : 0;
    }
}

static int by_score(const void *a, const void *b)
{
    const struct candidate *left = a, *right = b;
    if (left->score != right->score) return left->score > right->score ? -1 : 1;
    return left->proof < right->proof ? -1 : left->proof > right->proof;
}

/* The proofs that `accepts` takes, best first. */
static size_t rank(struct asking *asking, const double *scores, bool (*accepts)(const struct asking *, size_t, size_t), size_t argument,
                   struct candidate **list)
{
    size_t count = 0;
    *list = arena_array(asking->arena, struct candidate, asking->person->proofs_count + 1);
    for (size_t i = 0; i < asking->person->proofs_count; i++)
        if (accepts(asking, i, argument)) (*list)[count++] = (struct candidate){i, (scores ? scores[i] : 0) + asking->person->proofs[i].confidence};
    qsort(*list, count, sizeof(**list), by_score);
    return count;
}

static bool of_skill(const struct asking *asking, size_t proof, size_t skill) { return proof_skill(&asking->person->proofs[proof]) == skill; }
static bool any_proof(const struct asking *asking, size_t proof, size_t unused) { return (void)unused, proof < asking->person->proofs_count; }
static bool project_proof(const struct asking *asking, size_t proof, size_t unused)
{
    return (void)unused, str_equal(asking->person->proofs[proof].type, STR("project_demo"));
}

/* ---- the kinds of answers ---- */

/* "Docker, Linux and SQL": up to `most` names of verified skills, the latest proved first. */
static struct str verified_names(const struct asking *asking, size_t most)
{
    struct str names[8] = {0};
    size_t count = 0, more = 0;
    for (size_t i = 0; i < asking->person->proofs_count; i++) {
        bool known = false;
        for (size_t k = 0; k < i; k++) known |= str_equal(asking->person->proofs[k].skill, asking->person->proofs[i].skill);
        if (known) continue;
        if (count < most && count < COUNT_OF(names)) names[count++] = asking->person->proofs[i].skill;
        else more++;
    }
    struct str list = str_join(asking->arena, names, count > 1 && !more ? count - 1 : count, STR(", "));
    if (more) return str_format(asking->arena, "%.*s and %zu more", STR_ARG(list), more);
    if (count > 1) return str_format(asking->arena, "%.*s and %.*s", STR_ARG(list), STR_ARG(names[count - 1]));
    return list;
}

static void answer_refused(struct asking *asking, enum twin_refusal refusal)
{
    struct str name = first_name(asking);
    asking->answer->refused = true;
    if (refusal == TWIN_ABOUT_ITSELF)
        PUT(asking, "I am a program and not %.*s. I answer with quotes that were verified in interviews, and say so when something is not verified.", STR_ARG(name));
    else if (refusal == TWIN_CONTACT)
        PUT(asking, "How to reach %.*s is private here. Send a connection request on the profile: %.*s reads it and answers by e-mail.", STR_ARG(name), STR_ARG(name));
    else if (refusal == TWIN_PRIVATE)
        PUT(asking, "That is not verified: interviews here are about skills, and %.*s’s twin does not talk about private matters.", STR_ARG(name));
    else
        PUT(asking, "That is not verified: %.*s’s twin only quotes what was shown in interviews, and follows no other instructions.", STR_ARG(name));
}

bool twin_says_unverified(struct str reply) { return str_starts(reply, STR("That is not verified")); }

static void answer_greeting(struct asking *asking)
{
    asking->answer->greeted = true;
    struct str name = first_name(asking);
    PUT(asking, "Hello. I am %.*s’s twin, a program that answers with quotes from interviews. Ask about a skill or a project, for example “Which projects were there?”", STR_ARG(name));
    if (asking->person->proofs_count) PUT(asking, " Verified so far: %.*s.", STR_ARG(verified_names(asking, 6)));
    else PUT(asking, " Nothing is verified yet.");
}

static void add_resume(struct asking *asking, struct str line)
{
    if (!line.len || reply_length(asking->answer) + line.len + 40 > TWIN_REPLY_MAX) return;
    put(asking, TWIN_OURS, STR(" The resume says: “"));
    put(asking, TWIN_RESUME, shorten(line, 300));
    put(asking, TWIN_OURS, STR("” (not verified)."));
}

static struct str resume_for_skill(struct asking *asking, size_t skill)
{
    for (size_t i = 0; i < asking->person->passages_count; i++) {
        struct str rest = asking->person->passages[i], line;
        while (str_split_next(&rest, '\n', &line)) {
            struct skill_mention *mentions = NULL;
            size_t count = skill_text_find(asking->arena, line, &mentions);
            for (size_t m = 0; m < count; m++)
                if (mentions[m].skill == skill && !twin_line_is_private(asking->arena, asking->person, line)) return str_trim(line);
        }
    }
    return STR("");
}

/* A verified skill that the catalogue relates to this one, CATALOGUE_NONE without. */
static size_t verified_relative(const struct asking *asking, size_t skill)
{
    const struct catalogue_skill *entry = catalogue_skill_at(skill);
    for (size_t i = 0; i < entry->related_count; i++)
        if (is_verified(asking, entry->related[i])) return entry->related[i];
    return CATALOGUE_NONE;
}

static void say_not_verified(struct asking *asking, size_t skill, bool is_first)
{
    struct str name = catalogue_skill_at(skill)->name, who = first_name(asking);
    if (is_first) PUT(asking, "That is not verified: %.*s has not shown %.*s in an interview yet.", STR_ARG(who), STR_ARG(name));
    else PUT(asking, " %.*s is not verified: %.*s has not shown it in an interview yet.", STR_ARG(name), STR_ARG(who));
    add_resume(asking, resume_for_skill(asking, skill));
    size_t relative = verified_relative(asking, skill);
    if (relative != CATALOGUE_NONE && !asking->answer->answered)
        PUT(asking, " Related and verified: %.*s.", STR_ARG(catalogue_skill_at(relative)->name));
}

/* ---- what other proofs tell of a question that names a skill ---- */

static bool is_asked(const struct asking *asking, size_t skill)
{
    for (size_t i = 0; i < asking->asked_count; i++)
        if (asking->asked[i] == skill) return true;
    return false;
}

/* Whether the quote itself speaks of the skill: names it, or holds the words of the question that are of the skill's own name ("backups" of
 * "Backup and recovery") in a row. */
static bool speaks_of(struct asking *asking, struct str text, const struct twin_words *words, size_t skill)
{
    struct skill_mention *mentions = NULL;
    size_t count = skill_text_find(asking->arena, text, &mentions);
    for (size_t i = 0; i < count; i++)
        if (mentions[i].skill == skill) return true;
    const struct catalogue_skill *entry = catalogue_skill_at(skill);
    struct twin_words name = twin_words_of(asking->arena, entry->name), core = {.items = arena_array(asking->arena, struct twin_word, asking->words.count + 1)};
    for (size_t i = 0; i < asking->words.count; i++)
        if (asking->in_skill[i] && twin_words_has(&name, asking->words.items[i].stem)) core.items[core.count++] = asking->words.items[i];
    size_t at;
    return !entry->name_is_word && twin_words_find(words, &core, &at);
}

/* How much of what is asked beside the names of skills stands in the words, as a share of its weight; 0 when nothing is. */
static double tells(const struct asking *asking, const struct twin_words *words)
{
    double found = 0, total = 0;
    for (size_t i = 0; i < asking->words.count; i++) {
        const struct twin_word *word = &asking->words.items[i];
        if (asking->in_skill[i] || !word->is_content || word->text.len < 2 || is_own_name(asking, word)) continue;
        double weight = inverse_frequency(asking, word->stem);
        total += weight;
        if (twin_words_has(words, word->stem)) found += weight;
    }
    return total > 0 ? found / total : 0;
}

/* The proof of a skill that nobody asked for whose quote tells what was asked, and better than the proofs of the skills that were: the name
 * of a skill must not hide it. SIZE_MAX for none. */
static size_t told_elsewhere(struct asking *asking)
{
    const struct twin_person *person = asking->person;
    double own = 0, best = 0;
    size_t chosen = SIZE_MAX;
    bool any_verified = false;
    for (size_t i = 0; i < person->proofs_count; i++) {
        if (!is_asked(asking, proof_skill(&person->proofs[i]))) continue;
        any_verified = true;
        double told = tells(asking, &asking->documents[i]);
        if (told > own) own = told;
    }
    for (size_t i = 0; i < person->proofs_count; i++) {
        if (is_asked(asking, proof_skill(&person->proofs[i]))) continue;
        struct twin_words words = twin_words_of(asking->arena, person->proofs[i].snippet);
        double told = tells(asking, &words);
        if (told < COVERAGE_LEAST || told <= own) told = 0;
        for (size_t k = 0; k < asking->asked_count && !any_verified; k++)
            if (speaks_of(asking, person->proofs[i].snippet, &words, asking->asked[k])) told += 1;
        if (told <= best) continue;
        best = told;
        chosen = i;
    }
    return chosen;
}

static void quote_elsewhere(struct asking *asking, size_t proof)
{
    const struct twin_proof *other = &asking->person->proofs[proof];
    PUT(asking, "%s%.*s said this about another skill.", asking->answer->parts_count ? " " : "", STR_ARG(first_name(asking)));
    quote(asking, proof, str_format(asking->arena, " About %.*s, on %.*s: ", STR_ARG(other->skill), STR_ARG(other->date)));
}

static void answer_skills(struct asking *asking, const double *scores, size_t elsewhere)
{
    size_t verified = 0;
    for (size_t i = 0; i < asking->asked_count; i++) verified += is_verified(asking, asking->asked[i]);
    if (elsewhere != SIZE_MAX && !verified) {
        for (size_t i = 0; i < asking->asked_count; i++)
            PUT(asking, "%s%.*s is not verified as a skill of its own.", i ? " " : "", STR_ARG(catalogue_skill_at(asking->asked[i])->name));
        quote_elsewhere(asking, elsewhere);
        return;
    }
    if (elsewhere != SIZE_MAX) quote_elsewhere(asking, elsewhere);
    size_t each = verified == 1 && elsewhere == SIZE_MAX ? 2 : 1;
    for (size_t i = 0; i < asking->asked_count; i++) {
        if (!is_verified(asking, asking->asked[i])) continue;
        struct candidate *list = NULL;
        size_t count = rank(asking, scores, of_skill, asking->asked[i], &list);
        for (size_t k = 0; k < count && k < each; k++) {
            const struct twin_proof *proof = &asking->person->proofs[list[k].proof];
            struct str before = str_format(asking->arena, " And on %.*s: ", STR_ARG(proof->date));
            if (k == 0) before = str_format(asking->arena, "%s%.*s is verified. %.*s said in an interview on %.*s: ", asking->answer->parts_count ? " " : "",
                                            STR_ARG(proof->skill), STR_ARG(first_name(asking)), STR_ARG(proof->date));
            if (!quote(asking, list[k].proof, before)) break;
        }
    }
    for (size_t i = 0; i < asking->asked_count; i++)
        if (!is_verified(asking, asking->asked[i])) say_not_verified(asking, asking->asked[i], asking->answer->parts_count == 0);
}

/* Quotes of different skills first; a skill again only when nothing else is left. */
static void quote_list(struct asking *asking, const struct candidate *list, size_t count, size_t most)
{
    size_t quoted = 0;
    for (size_t i = 0; i < count && quoted < most; i++) {
        const struct twin_proof *proof = &asking->person->proofs[list[i].proof];
        bool known = false;
        for (size_t k = 0; k < asking->answer->citations_count; k++)
            known |= str_equal(asking->person->proofs[asking->answer->citations[k].proof].skill, proof->skill);
        if (known) continue;
        struct str before = str_format(asking->arena, " About %.*s, on %.*s: ", STR_ARG(proof->skill), STR_ARG(proof->date));
        if (!quote(asking, list[i].proof, before)) break;
        quoted++;
    }
}

static bool asks_for_projects(const struct asking *asking)
{
    static const char *const stems[] = {"project", "build", "built", "mad", "deliver", "accomplish", "created", "portfolio"};
    for (size_t i = 0; i < COUNT_OF(stems); i++)
        if (twin_words_has(&asking->words, str_from(stems[i]))) return true;
    return false;
}

static void answer_overview(struct asking *asking)
{
    struct candidate *list = NULL;
    bool projects = asks_for_projects(asking);
    size_t count = rank(asking, NULL, projects ? project_proof : any_proof, 0, &list);
    if (!count) {
        PUT(asking, "That is not verified: %.*s has not told of a project in an interview yet. Verified so far: %.*s.", STR_ARG(first_name(asking)), STR_ARG(verified_names(asking, 6)));
        return;
    }
    if (projects) PUT(asking, "%.*s told of this in interviews.", STR_ARG(first_name(asking)));
    else PUT(asking, "Verified in interviews so far: %.*s.", STR_ARG(verified_names(asking, 6)));
    quote_list(asking, list, count, projects ? TWIN_CITATIONS_MAX : 2);
}

static void answer_nothing(struct asking *asking)
{
    struct str stems[WANTED_MAX];
    size_t wanted[WANTED_MAX];
    double weights[WANTED_MAX];
    size_t count = wanted_words(asking, wanted, weights, WANTED_MAX);
    for (size_t i = 0; i < count; i++) stems[i] = asking->words.items[wanted[i]].stem;
    PUT(asking, "That is not verified: %.*s has not shown %s in an interview yet.", STR_ARG(first_name(asking)), asking->person->proofs_count ? "it" : "anything");
    add_resume(asking, twin_resume_line(asking->arena, asking->person, stems, count));
    if (asking->person->proofs_count) PUT(asking, " Verified so far: %.*s.", STR_ARG(verified_names(asking, 6)));
}

/* True when nothing but framing words is asked, and one that asks for the whole: "What can she do?", "Which projects?" */
static bool is_overview(const struct asking *asking)
{
    static const char *const cues[] = {"about", "abl", "abilit", "achiev", "background", "best", "can", "candidat", "career", "do", "don", "done", "experienc", "expert", "expertis",
                                       "good", "great", "hir", "know", "prov", "proof", "qualif", "qualifi", "recommend", "show", "shown", "skill", "strength", "strong", "summari", "work"};
    bool has_cue = false;
    static const char *const wide[] = {"project", "build", "built", "mad", "deliver", "accomplish", "created", "portfolio", "professional", "verified", "profil", "overview"};
    for (size_t i = 0; i < asking->words.count; i++) {
        const struct twin_word *word = &asking->words.items[i];
        bool is_wide = false;
        for (size_t k = 0; k < COUNT_OF(wide); k++) is_wide |= str_equal(word->stem, str_from(wide[k]));
        for (size_t k = 0; k < COUNT_OF(cues); k++) has_cue |= str_equal(word->stem, str_from(cues[k]));
        has_cue |= is_wide;
        if (word->is_content && !is_wide && word->text.len > 1 && !is_own_name(asking, word)) return false;
    }
    return has_cue;
}

/* Not one word that says what is wanted, and no question for the whole: "Are you there?", "So?" */
static bool asks_nothing(struct asking *asking)
{
    for (size_t i = 0; i < asking->words.count; i++)
        if (asking->words.items[i].is_content && !is_own_name(asking, &asking->words.items[i])) return false;
    return !is_overview(asking);
}

static void answer_search(struct asking *asking, const double *scores)
{
    struct candidate *list = NULL;
    size_t count = 0;
    list = arena_array(asking->arena, struct candidate, asking->person->proofs_count + 1);
    double best = 0;
    for (size_t i = 0; i < asking->person->proofs_count; i++)
        if (scores[i] > best) best = scores[i];
    for (size_t i = 0; i < asking->person->proofs_count; i++)
        if (scores[i] > 0 && scores[i] >= best * 0.6) list[count++] = (struct candidate){i, scores[i]};
    if (!count) {
        answer_nothing(asking);
        return;
    }
    qsort(list, count, sizeof(*list), by_score);
    PUT(asking, "%.*s said this in interviews.", STR_ARG(first_name(asking)));
    quote_list(asking, list, count, 2);
}

void twin_answer(struct arena *arena, const struct twin_person *person, struct str question, struct twin_answer *answer)
{
    struct asking asking = {.arena = arena, .person = person, .answer = answer};
    *answer = (struct twin_answer){.parts = arena_array(arena, struct twin_part, PARTS_MAX)};
    question = str_utf8_prefix(question, TWIN_QUESTION_MAX);
    asking.words = twin_words_of(arena, question);
    asking.in_skill = arena_array(arena, bool, asking.words.count + 1);
    find_asked(&asking, question);
    enum twin_refusal refusal = twin_refuses(person, &asking.words, asking.in_skill);
    if (!asking.asked_count && (twin_is_greeting(person, &asking.words) || (refusal == TWIN_ALLOWED && asks_nothing(&asking)))) {
        answer_greeting(&asking);
    } else if (refusal != TWIN_ALLOWED) {
        answer_refused(&asking, refusal);
    } else if (!person->proofs_count && !asking.asked_count) {
        answer_nothing(&asking);
    } else {
        index_proofs(&asking);
        double *scores = arena_array(arena, double, person->proofs_count);
        score(&asking, scores);
        if (asking.asked_count) answer_skills(&asking, scores, told_elsewhere(&asking));
        else if (is_overview(&asking)) answer_overview(&asking);
        else answer_search(&asking, scores);
    }
    finish(&asking);
}

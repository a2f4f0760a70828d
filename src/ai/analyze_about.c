/* Does an answer speak of the skill that its question was asked for?
 *
 * The question is only a prior: whoever tells about a garden when asked about databases has proved nothing about databases. Every skill of the catalogue
 * lends its words: names, terms, the vocabulary in catalogue/words, its own questions, and weaker those of related skills, of its category and of its field. The
 * answer's words are added up, each once, a rare one more than one that many skills use; words of everyday telling ("measured", "minutes") count for nothing.
 * One hit may be chance, so that several are wanted; fewer where all the answer speaks the language of the skill's field of work.
 *
 * An answer that names another skill of the same kind and not this one, or speaks clearly more of another one's language, is about that one.
 *
 * The index of these words is built on first use and kept, as it is the same for every interview.
 *
 * A follow-up needs less: what it shares with an answer that was about the skill carries it.
 */
#include "ai/analyze_internal.h"
#include "ai/skill_text.h"

#include <assert.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

#define SLOTS 65536
#define NEEDED 1.1F        /* of the skill's words in an answer of its own */
#define HITS_NEEDED 3      /* different words */
#define NEEDED_AT_HOME 0.7F   /* where the answer speaks the language of the skill's field and no other's */
#define HITS_AT_HOME 2
#define FIELD_NEEDED 1.4F
#define NEEDED_BESIDE 0.3F /* in a follow-up that shares words with an answer that was about it */
#define GUESS_NEEDED 1.6F   /* where no question named the skill */
#define GUESS_HITS_NEEDED 4
#define GUESS_LEAD 0.7F     /* what the next claim may have beside it */
#define CLAIMS_COMPARED 64
#define NEEDED_NEXT 0.5F   /* in the answer to the next question about the same skill */
#define NAME_WEIGHT 1.5F
#define RIVAL_LEAD 1.5F       /* of another claim's own words over the skill's */
#define RIVAL_NAMED_LEAD 1.3F /* of one that the answer names */
#define FIELD_RIVAL_LEAD 2.5F  /* of any skill of the same field */
#define FIELD_RIVAL_MARGIN 0.6F
#define FIELD_RIVAL_MARGIN_THIN 1.5F /* over a skill without a list of words: it has little of its own */
#define FAR_RIVAL_MARGIN 1.2F        /* of a skill of another field */
#define FAR_RIVAL_MARGIN_THIN 2.0F
#define RIVALS_MAX 32
#define FIELDS_MAX 64
#define EVERYDAY_SLOTS 1024
#define POSTINGS_EXPECTED 65536
#define WORDS_MAX 600 /* different words of one answer that are looked at */

enum posting_kind { POSTING_NAME, POSTING_TERM, POSTING_WORD, POSTING_QUESTION, POSTING_FIELD };

struct posting {
    uint32_t hash, next; /* next: index + 1 in its chain, 0 ends it */
    uint16_t skill;      /* of a field's word: the field */
    uint8_t kind;
};

/* All the catalogue's words, by the hash of their stem. */
struct word_index {
    struct arena *arena, *scratch; /* scratch: while it is built */
    uint32_t *first; /* posting + 1 of each slot */
    struct posting *postings;
    size_t count, cap;
    uint16_t *terms;   /* how often terms hold a word, by its hash */
    uint8_t *field_of; /* of each skill */
    uint16_t *category_of;
    const struct str *fields;
    size_t fields_count;
    const char *everyday[EVERYDAY_SLOTS]; /* by the hash of the stem */
};

/* Words of everyday telling that the catalogue's terms and questions hold too, and that speak for no skill. By their stems. */
static const char *const everyday[] = {
    "add",     "after",  "ago",    "answer", "ask",    "bad",     "becom",  "befor",  "begin",  "best",   "better", "big",   "bit",    "bring",  "build",  "built",   "call",    "cam",
    "cas",     "caus",   "chang",  "check",  "choos",  "chos",    "clear",  "com",    "compar", "cost",   "count",  "day",    "decid",  "did",   "differ", "different", "don",  "down",    "end",
    "ever",    "everybod", "expect", "explain", "fall",  "fast",    "fell",   "few",    "find",   "first",  "fix",    "found",  "full",  "gav",    "giv",    "gon",    "great",   "grow",
    "half",    "happen", "hard",   "help",   "high",   "hour",    "keep",   "kept",   "kind",   "larg",   "last",   "later",  "learn", "least",  "leav",   "left",   "less",    "let",
    "littl",   "long",   "look",   "lot",    "low",    "main",    "measur", "minut",  "month",  "morn",   "move",   "mov",    "myself", "nam",   "new",    "next",   "night",   "nothing",
    "number",  "often",  "old",    "once",   "own",    "part",    "peopl",  "percent", "plac",  "point",  "put",    "quick",  "ran",   "reach",  "read",   "reason", "run",     "saw",
    "second",  "set",    "short",  "show",   "sid",    "sinc",    "slow",   "small",  "start",  "stay",   "step",   "stop",   "supos", "tak",    "teach",  "then",   "tim",     "today",
    "together", "told",  "took",   "try",    "turn",   "two",     "three",  "until",  "wait",   "week",   "whol",   "with",   "without", "won",  "wrong",  "wrot",   "writ",    "year",
    "yesterda", "ms",    "euro",   "dollar", "eur",    "result",  "problem", "made",  "thing",  "lat",    "summer", "person", "everything", "between", "around", "mean", "notic", "happ",
    "stor",    "worked", "walk",   "cas",    "detail", "describ", "mak",    "cut",    "near",   "rest",   "easy",   "eas",    "hold",  "held",   "save",   "sav",    "good",    "instead"};

static bool is_everyday(const struct word_index *index, const struct token *token)
{
    if (token->len < 2 || token_is_common(token) || (token->flags & TOKEN_NUMBER_WORD)) return true;
    if ((token->flags & TOKEN_NUMBER) && !(token->len > 1 && token->word[0] > '9')) return true; /* "12", "1.24"; not "s3" */
    for (size_t at = token->hash % EVERYDAY_SLOTS; index->everyday[at]; at = (at + 1) % EVERYDAY_SLOTS)
        if (token_is(token, index->everyday[at])) return true;
    return false;
}

/* ---- the index ---- */

static void index_everyday(struct word_index *index)
{
    for (size_t i = 0; i < COUNT_OF(everyday); i++) {
        size_t at = (uint32_t)str_hash(str_from(everyday[i])) % EVERYDAY_SLOTS;
        while (index->everyday[at]) at = (at + 1) % EVERYDAY_SLOTS;
        index->everyday[at] = everyday[i];
    }
}

static void index_add(struct word_index *index, const struct token *token, size_t skill, enum posting_kind kind)
{
    uint32_t *first = &index->first[token->hash % SLOTS];
    for (uint32_t i = *first; i; i = index->postings[i - 1].next) { /* skills come one after the other, so that the same one stands in front */
        const struct posting *posting = &index->postings[i - 1];
        if (posting->skill != skill || (posting->kind == POSTING_FIELD) != (kind == POSTING_FIELD)) break;
        if (posting->hash == token->hash) return;
    }
    if (index->count == index->cap) {
        size_t cap = index->cap * 2;
        struct posting *grown = arena_array(index->arena, struct posting, cap);
        memcpy(grown, index->postings, index->count * sizeof(*grown));
        index->postings = grown;
        index->cap = cap;
    }
    index->postings[index->count++] = (struct posting){token->hash, *first, (uint16_t)skill, (uint8_t)kind};
    *first = (uint32_t)index->count;
}

static void index_text(struct word_index *index, struct str text, size_t skill, enum posting_kind kind)
{
    struct token *tokens;
    size_t count = tokens_read(index->scratch, text, &tokens);
    for (size_t i = 0; i < count && kind == POSTING_TERM; i++) index->terms[tokens[i].hash % SLOTS]++;
    for (size_t i = 0; i < count; i++)
        if (!is_everyday(index, &tokens[i])) index_add(index, &tokens[i], skill, kind);
}

static void index_skill(struct word_index *index, size_t i)
{
    const struct catalogue_skill *skill = catalogue_skill_at(i);
    index_text(index, skill->name, i, POSTING_NAME);
    for (size_t j = 0; j < skill->aliases_count; j++) index_text(index, skill->aliases[j].text, i, POSTING_NAME);
    for (size_t j = 0; j < skill->terms_count; j++) index_text(index, skill->terms[j], i, POSTING_TERM);
    for (size_t j = 0; j < skill->words_count; j++) index_text(index, skill->words[j], i, POSTING_WORD);
    size_t count;
    const struct catalogue_question *questions = catalogue_questions(i, &count);
    for (size_t j = 0; j < count; j++) {
        index_text(index, questions[j].question, i, POSTING_QUESTION);
        index_text(index, questions[j].follow_up, i, POSTING_QUESTION);
    }
}

/* Categories are numbered as they come. */
static void index_groups(struct word_index *index)
{
    index->fields_count = catalogue_fields(&index->fields);
    assert(index->fields_count <= FIELDS_MAX);
    index->field_of = arena_alloc(index->arena, catalogue_skills_count);
    index->category_of = arena_array(index->arena, uint16_t, catalogue_skills_count);
    uint64_t *names = arena_array(index->scratch, uint64_t, catalogue_skills_count); /* hashes */
    size_t categories = 0;
    for (size_t i = 0; i < catalogue_skills_count; i++) {
        const struct catalogue_skill *skill = catalogue_skill_at(i);
        size_t known = 0;
        uint64_t name = str_hash(skill->category);
        while (known < categories && names[known] != name) known++;
        if (known == categories) names[categories++] = name;
        index->category_of[i] = (uint16_t)known;
        for (size_t j = 0; j < index->fields_count; j++)
            if (str_equal(index->fields[j], skill->field)) index->field_of[i] = (uint8_t)j;
    }
}

static struct word_index the_index;
static struct arena index_memory; /* for as long as the program runs */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void index_build(void)
{
    struct word_index *index = &the_index;
    struct arena scratch = {0};
    *index = (struct word_index){.arena = &index_memory, .scratch = &scratch};
    index->first = arena_array(index->arena, uint32_t, SLOTS);
    index->terms = arena_array(index->arena, uint16_t, SLOTS);
    index->cap = POSTINGS_EXPECTED;
    index->postings = arena_array(index->arena, struct posting, index->cap);
    index_everyday(index);
    index_groups(index);
    for (size_t i = 0; i < catalogue_skills_count; i++) {
        index_skill(index, i);
        arena_reset(&scratch); /* or all tokens of the catalogue would be there at once */
    }
    for (size_t i = 0; i < index->fields_count; i++) {
        size_t count;
        const struct str *words = catalogue_field_words(index->fields[i], &count);
        for (size_t j = 0; j < count; j++) index_text(index, words[j], i, POSTING_FIELD);
    }
    index->scratch = NULL;
    arena_dispose(&scratch);
}

const struct word_index *word_index(void)
{
    pthread_once(&once, index_build);
    return &the_index;
}

unsigned word_index_terms(const struct word_index *index, const struct token *word) { return index->terms[word->hash % SLOTS]; }

/* ---- one answer ---- */

#define UNKNOWN UINT_MAX

struct language {
    float weight; /* of all words that speak for the skill */
    float own;    /* of those that the skill itself lends, and not its kin */
    unsigned hits;
};

/* The different words of an answer that may speak for a skill. */
struct spoken {
    const struct token *words[WORDS_MAX];
    size_t count;
    struct language *of_claims; /* each worked out once, when asked for; hits is UNKNOWN before */
    unsigned shared, again;     /* words that stand in the question, in the answer before */
    float *own_of; /* how much the answer speaks each skill's own words, by skill */
    float fields[FIELDS_MAX]; /* how much each field of work has of them: a word of two fields is half of either's */
};

static void collect_word(const struct word_index *index, const struct token *token, struct spoken *spoken)
{
    bool again = spoken->count == WORDS_MAX || is_everyday(index, token);
    for (size_t j = 0; j < spoken->count && !again; j++) again = spoken->words[j]->hash == token->hash;
    if (!again) spoken->words[spoken->count++] = token;
}

/* "torch.no_grad" says torch, no and grad too. */
static void collect_parts(const struct judge *judge, const struct token *token, struct spoken *spoken)
{
    char *text = arena_alloc(judge->arena, token->len + 1);
    bool parted = false;
    for (size_t i = 0; i < token->len; i++) {
        bool joint = token->word[i] == '.' || token->word[i] == '_';
        text[i] = joint ? ' ' : token->word[i];
        parted |= joint;
    }
    if (!parted) return;
    struct token *parts;
    size_t count = tokens_read(judge->arena, (struct str){text, token->len}, &parts);
    for (size_t i = 0; i < count; i++) collect_word(judge->words, &parts[i], spoken);
}

static void collect_words(const struct judge *judge, const struct turn *turn, struct spoken *spoken)
{
    spoken->count = 0;
    for (size_t i = 0; i < turn->tokens_count && spoken->count < WORDS_MAX; i++) {
        const struct token *token = &turn->tokens[i];
        collect_word(judge->words, token, spoken);
        if ((token->flags & TOKEN_TECHNICAL) && token->len < 60) collect_parts(judge, token, spoken);
    }
}

static void weigh_fields(const struct word_index *index, struct spoken *spoken)
{
    memset(spoken->fields, 0, sizeof(spoken->fields));
    for (size_t i = 0; i < spoken->count; i++) {
        const struct token *word = spoken->words[i];
        uint64_t fields = 0;
        for (uint32_t p = index->first[word->hash % SLOTS]; p; p = index->postings[p - 1].next) {
            const struct posting *posting = &index->postings[p - 1];
            if (posting->hash != word->hash || posting->kind == POSTING_QUESTION) continue;
            fields |= 1ULL << (posting->kind == POSTING_FIELD ? posting->skill : index->field_of[posting->skill]);
        }
        float share = fields ? 1 / (float)__builtin_popcountll(fields) : 0;
        for (size_t f = 0; f < index->fields_count; f++)
            if (fields >> f & 1) spoken->fields[f] += share;
    }
}

static const float own_weights[] = {0.8F, 1, 0.9F, 0.4F}; /* by kind of posting */

static float rarity_of(unsigned users) { return users ? 1 / (1 + 0.25F * log2f((float)users)) : 1; }

/* What the answer's words say for each skill of the catalogue, in one walk over them. */
static void weigh_skills(const struct word_index *index, struct spoken *spoken)
{
    memset(spoken->own_of, 0, catalogue_skills_count * sizeof(*spoken->own_of));
    for (size_t i = 0; i < spoken->count; i++) {
        const struct token *word = spoken->words[i];
        unsigned users = 0;
        for (int counting = 1; counting >= 0; counting--)
            for (uint32_t p = index->first[word->hash % SLOTS]; p; p = index->postings[p - 1].next) {
                const struct posting *posting = &index->postings[p - 1];
                if (posting->hash != word->hash || posting->kind == POSTING_FIELD) continue;
                if (counting) users++;
                else spoken->own_of[posting->skill] += own_weights[posting->kind] * rarity_of(users);
            }
    }
}

/* The answer speaks the language of the skill's field of work, and no other's more. */
static bool is_at_home(const struct word_index *index, const struct spoken *spoken, size_t skill)
{
    float own = spoken->fields[index->field_of[skill]];
    for (size_t f = 0; f < index->fields_count; f++)
        if (spoken->fields[f] > own) return false;
    return own >= FIELD_NEEDED;
}

static bool is_related(const struct catalogue_skill *skill, size_t other)
{
    for (size_t i = 0; i < skill->related_count; i++)
        if (skill->related[i] == other) return true;
    return false;
}

/* What one word says for a skill: 0 nothing, 1 that only its people say it. */
static void weigh_word(const struct word_index *index, const struct token *word, size_t skill, struct language *language)
{
    const struct catalogue_skill *it = catalogue_skill_at(skill);
    float own = 0, kin = 0;
    unsigned users = 0, in_field = 0;
    for (uint32_t i = index->first[word->hash % SLOTS]; i; i = index->postings[i - 1].next) {
        const struct posting *posting = &index->postings[i - 1];
        if (posting->hash != word->hash) continue;
        if (posting->kind == POSTING_FIELD) {
            if (posting->skill == index->field_of[skill]) kin = fmaxf(kin, 0.35F);
            continue;
        }
        users++;
        in_field += index->field_of[posting->skill] == index->field_of[skill];
        if (posting->skill == skill) own = own_weights[posting->kind];
        else if (posting->kind == POSTING_QUESTION) continue;
        else if (is_related(it, posting->skill)) kin = fmaxf(kin, 0.45F);
        else if (index->category_of[posting->skill] == index->category_of[skill]) kin = fmaxf(kin, 0.4F);
    }
    float rarity = rarity_of(users);
    if (own == 0 && kin < 0.35F && in_field >= 2 && in_field * 2 >= users) kin = 0.25F;
    float weight = fmaxf(own * rarity, kin * (0.5F + 0.5F * rarity));
    language->weight += weight;
    language->own += own * rarity;
    language->hits += weight >= 0.2F;
}

static struct language language_of(const struct word_index *index, const struct spoken *spoken, size_t skill)
{
    struct language out = {0};
    for (size_t i = 0; i < spoken->count; i++) weigh_word(index, spoken->words[i], skill, &out);
    return out;
}

static const struct language *language_of_claim(const struct judge *judge, const struct spoken *spoken, size_t claim)
{
    struct language *language = &spoken->of_claims[claim];
    if (language->hits == UNKNOWN) *language = language_of(judge->words, spoken, judge->skill_of[claim]);
    return language;
}

/* A rare word that question and answer share: the answer follows the question, whatever the catalogue knows. */
static unsigned shared_words(const struct spoken *spoken, const struct turn *other)
{
    unsigned shared = 0;
    for (size_t i = 0; other && i < spoken->count; i++)
        for (size_t j = 0; j < other->tokens_count; j++) {
            if (other->tokens[j].hash != spoken->words[i]->hash) continue;
            shared++;
            break;
        }
    return shared;
}

/* ---- rivals ---- */

struct naming {
    size_t skills[RIVALS_MAX];
    float own[RIVALS_MAX]; /* how much the answer speaks of each */
    size_t count;
};

/* The sentence says that the skill is none of the speaker's. */
static bool disowns(const struct sentence *sentence)
{
    return sentence->cues[CUE_DENIAL] || sentence->cues[CUE_DENIAL_ALONE] || sentence->is_others;
}

static const struct sentence *sentence_at(const struct turn *turn, size_t byte)
{
    for (size_t i = 0; i < turn->sentences_count; i++)
        if (byte < turn->sentences[i].end) return &turn->sentences[i];
    return NULL;
}

/* Skills that the answer names; in a sentence that disowns something, only those named again elsewhere. */
static void find_named(const struct judge *judge, const struct turn *turn, const struct spoken *spoken, struct naming *naming)
{
    struct skill_mention *mentions;
    naming->count = 0;
    size_t count = skill_text_find(judge->arena, str_slice(turn->source->text, 0, TURN_BYTES_MAX), &mentions);
    for (size_t i = 0; i < count && naming->count < RIVALS_MAX; i++) {
        const struct sentence *sentence = sentence_at(turn, mentions[i].start);
        bool known = sentence && disowns(sentence);
        for (size_t j = 0; j < naming->count && !known; j++) known = naming->skills[j] == mentions[i].skill;
        if (known) continue;
        naming->own[naming->count] = language_of(judge->words, spoken, mentions[i].skill).own;
        naming->skills[naming->count++] = mentions[i].skill;
    }
}

static bool is_named(const struct naming *naming, size_t skill)
{
    for (size_t i = 0; i < naming->count; i++)
        if (naming->skills[i] == skill) return true;
    return false;
}

/* Some other skill, claimed or not, of the same field before all: the story of one language, database or trade is none of another's. */
static bool has_rival_in_catalogue(const struct word_index *index, const struct spoken *spoken, size_t skill, float own)
{
    bool is_thin = catalogue_skill_at(skill)->words_count == 0;
    float near = FIELD_RIVAL_LEAD * own + (is_thin ? FIELD_RIVAL_MARGIN_THIN : FIELD_RIVAL_MARGIN);
    float far = FIELD_RIVAL_LEAD * own + (is_thin ? FAR_RIVAL_MARGIN_THIN : FAR_RIVAL_MARGIN);
    for (size_t rival = 0; rival < catalogue_skills_count; rival++)
        if (rival != skill && spoken->own_of[rival] > (index->field_of[rival] == index->field_of[skill] ? near : far)) return true;
    return false;
}

/* Another skill whose language the answer speaks clearly more: a named one of the same kind, one that is claimed too, or one that the answer is full of. */
static bool has_rival(const struct judge *judge, const struct spoken *spoken, const struct naming *naming, size_t skill, float own)
{
    const struct word_index *index = judge->words;
    for (size_t i = 0; i < naming->count; i++) {
        size_t rival = naming->skills[i];
        if (rival == skill || index->category_of[rival] != index->category_of[skill]) continue;
        if (naming->own[i] + NAME_WEIGHT > RIVAL_NAMED_LEAD * own) return true;
    }
    size_t looked_at = 0;
    for (size_t i = 0; i < judge->claims_count && looked_at < RIVALS_MAX; i++) {
        size_t rival = judge->skill_of[i];
        if (rival == CATALOGUE_NONE || rival == skill || !judge->is_asked[i]) continue;
        looked_at++;
        float other = language_of_claim(judge, spoken, i)->own + (is_named(naming, rival) ? NAME_WEIGHT : 0);
        if (other > RIVAL_LEAD * own + 1) return true;
    }
    return has_rival_in_catalogue(index, spoken, skill, own);
}

/* ---- all answers ---- */

static void hear(const struct judge *judge, const struct exchange *exchange, const struct exchange *before, struct spoken *spoken)
{
    collect_words(judge, &judge->turns[exchange->answer], spoken);
    weigh_fields(judge->words, spoken);
    weigh_skills(judge->words, spoken);
    for (size_t c = 0; c < judge->claims_count; c++) spoken->of_claims[c].hits = UNKNOWN;
    spoken->shared = shared_words(spoken, exchange->question == SIZE_MAX ? NULL : &judge->turns[exchange->question]);
    spoken->again = shared_words(spoken, before ? &judge->turns[before->answer] : NULL);
}

/* The claim's name, in a sentence of the speaker's own. */
static bool names_claim(const struct exchange *exchange, const struct turn *turn, size_t claim)
{
    for (size_t i = 0; i < exchange->mentions_count; i++) {
        const struct mention *mention = &exchange->mentions[i];
        if (mention->claim == claim && mention->by_name && !disowns(&turn->sentences[mention->sentence])) return true;
    }
    return false;
}

/* Where no question named a skill, the words alone have to tell it: more of them, and no other claim's as many. */
static bool stands_alone(const struct judge *judge, const struct spoken *spoken, size_t claim, float weight, unsigned hits)
{
    if (weight < GUESS_NEEDED || hits < GUESS_HITS_NEEDED) return false;
    for (size_t i = 0; i < judge->claims_count && i < CLAIMS_COMPARED; i++) {
        if (i == claim || judge->skill_of[i] == CATALOGUE_NONE || judge->skill_of[i] == judge->skill_of[claim]) continue;
        if (language_of_claim(judge, spoken, i)->weight > GUESS_LEAD * weight) return false;
    }
    return true;
}

static enum about about_claim(const struct judge *judge, const struct exchange *exchange, const struct exchange *before, const struct spoken *spoken,
                              const struct naming *naming, size_t claim)
{
    const struct turn *turn = &judge->turns[exchange->answer];
    size_t skill = judge->skill_of[claim];
    bool named = names_claim(exchange, turn, claim);
    unsigned shared = spoken->shared;
    if (skill == CATALOGUE_NONE) return named || shared > 0 || exchange->topic[claim] == TOPIC_INHERITED || exchange->guessed ? ABOUT_LOOSELY : ABOUT_NOT;
    struct language own = *language_of_claim(judge, spoken, claim);
    float weight = own.weight + 0.2F * fminf((float)shared, 3) + (named ? NAME_WEIGHT : 0);
    unsigned hits = own.hits + (named ? 2 : 0);
    if (exchange->guessed) return stands_alone(judge, spoken, claim, weight, hits) ? ABOUT_CLEARLY : ABOUT_LOOSELY;
    if (!named && has_rival(judge, spoken, naming, skill, own.own)) return ABOUT_ANOTHER;
    if (weight >= NEEDED && hits >= HITS_NEEDED) return ABOUT_CLEARLY;
    if (weight >= NEEDED_AT_HOME && hits >= HITS_AT_HOME && is_at_home(judge->words, spoken, skill)) return ABOUT_CLEARLY;
    if (!before || before->about[claim] < ABOUT_LOOSELY || before->topic[claim] < TOPIC_INHERITED) return ABOUT_NOT;
    if (exchange->follow_up) return weight >= NEEDED_BESIDE || spoken->again > 0 ? ABOUT_LOOSELY : ABOUT_NOT;
    return weight >= NEEDED_NEXT || spoken->again > 1 ? ABOUT_LOOSELY : ABOUT_NOT;
}

/* Where more answers to a skill's questions told of another one than of it, what is left was chance. */
static void drop_outnumbered(struct judge *judge, size_t claim)
{
    size_t of_it = 0, of_another = 0;
    for (size_t i = 0; i < judge->exchanges_count; i++) {
        uint8_t *about = &judge->exchanges[i].about[claim];
        of_it += *about == ABOUT_CLEARLY;
        of_another += *about == ABOUT_ANOTHER;
        if (*about == ABOUT_ANOTHER) *about = ABOUT_NOT;
    }
    for (size_t i = 0; of_another > of_it && i < judge->exchanges_count; i++) judge->exchanges[i].about[claim] = ABOUT_NOT;
}

void judge_find_about(struct judge *judge)
{
    struct spoken *spoken = arena_new(judge->arena, struct spoken);
    struct naming *naming = arena_new(judge->arena, struct naming);
    spoken->of_claims = arena_array(judge->arena, struct language, judge->claims_count + 1);
    spoken->own_of = arena_array(judge->arena, float, catalogue_skills_count);
    for (size_t i = 0; i < judge->exchanges_count; i++) {
        struct exchange *exchange = &judge->exchanges[i];
        const struct exchange *before = i ? &judge->exchanges[i - 1] : NULL;
        const struct turn *turn = &judge->turns[exchange->answer];
        bool read = false;
        exchange->about = arena_alloc(judge->arena, judge->claims_count + 1);
        for (size_t c = 0; c < judge->claims_count; c++) {
            exchange->about[c] = exchange->topic[c] != TOPIC_NONE ? ABOUT_LOOSELY : ABOUT_NOT;
            if (exchange->topic[c] < TOPIC_INHERITED) continue;
            if (!read) {
                hear(judge, exchange, before, spoken);
                find_named(judge, turn, spoken, naming);
                read = true;
            }
            exchange->about[c] = (uint8_t)about_claim(judge, exchange, before, spoken, naming, c);
        }
    }
    for (size_t c = 0; c < judge->claims_count; c++) drop_outnumbered(judge, c);
}

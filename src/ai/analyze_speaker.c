/* Whose work is it? Once a passage says that somebody else did it, what follows stays theirs until the speaker says "I" with an act of their own.
 *
 * Somebody else is a colleague by any word for one ("my boss", "our accountant Petra"), a name given to one, "he" and "she" after one was spoken of, or a program
 * that writes ("ChatGPT"). What a person only wants, says or is ("my manager wanted a report") is no work and takes nothing away. Patients, pupils and customers are
 * no colleagues: what they do belongs to the speaker's story.
 */
#include "ai/analyze_internal.h"

#include <string.h>

static const char *const colleagues[] = {
    "accountant", "admin", "administrator", "agency", "analyst", "apprentice", "architect", "assistant", "boss", "brother", "chief", "cofounder", "colleague", "colleagues",
    "consultant", "consultants", "contractor", "contractors", "cousin", "coworker", "coworkers", "dad", "dba", "designer", "developer", "developers", "director", "electrician",
    "engineer", "engineers", "expert", "father", "flatmate", "foreman", "freelancer", "friend", "guy", "guys", "husband", "intern", "lead", "manager", "mate", "mentor",
    "mother", "neighbour", "partner", "predecessor", "roommate", "senior", "sister", "specialist", "supervisor", "supplier", "teammate", "teammates", "technician", "tutor",
    "uncle", "vendor", "wife"};
static const char *const programs[] = {"chatgpt", "copilot", "claude", "gemini", "gpt", "gpt-4", "gpt4", "llm", "chatbot"};
static const char *const owners[] = {"my", "our", "the", "a", "an", "another", "one", "some", "his", "her", "their"};

/* What is said of people without being work. */
static const char *const no_work[] = {
    "agreed", "agrees", "asked", "asks", "believed", "called", "came", "comes", "complained", "cried", "expected", "expects", "felt", "had",  "has",  "is",   "is",
    "knew",   "knows",  "left",  "liked", "likes",   "lives",  "loved", "mentioned", "needed", "needs", "noticed", "refused", "said", "saw", "says", "seemed", "signed",
    "thanked", "thinks", "thought", "told", "wanted", "wants", "was",  "were",  "wished", "worked", "works", "yes", "this"};

/* Clauses begin behind these. */
static const char *const joints[] = {"and", "but", "so", "because", "then", "when", "while", "that", "which", "where", "since", "as", "if", "before", "after", "until", "who", "how"};

static const char *const irregular[] = {"began", "bought", "broke", "brought", "built", "chose", "cut", "did", "drew", "drove", "fed", "found", "gave", "got", "held", "kept",
                                        "led", "made", "paid", "put", "ran", "rewrote", "sent", "set", "sold", "split", "taught", "threw", "took", "went", "wrote"};

/* What one does with a program that does the work. */
static const char *const orders[] = {"asked", "had", "let", "told", "prompted", "used", "from", "with", "using", "through"};

static bool is_one_of(const struct token *token, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == token->len && memcmp(words[i], token->word, token->len) == 0) return true;
    return false;
}
#define IS_ONE_OF(token, words) is_one_of((token), (words), COUNT_OF(words))

static bool is_word(const struct token *token, const char *word) { return strlen(word) == token->len && memcmp(word, token->word, token->len) == 0; }

/* "wrote", "moved", "looks": a verb of work in the past, or in the present of he and she. */
static bool is_work(const struct token *token)
{
    if (IS_ONE_OF(token, no_work) || token->len < 3) return false;
    if (IS_ONE_OF(token, irregular) || is_word(token, "does")) return true;
    char last = token->word[token->len - 1], before = token->word[token->len - 2];
    if (last == 'd' && before == 'e' && token->len > 4) return true;
    return last == 's' && before != 's' && before != 'u' && before != 'i' && token->len > 3;
}

static bool works(const struct turn *turn, size_t at, size_t to)
{
    static const char *const between[] = {"also", "then", "just", "even", "later", "always", "first", "had", "has", "who", "once", "usually", "simply", "actually", "finally"};
    for (size_t i = 0; i < 2 && at < to && IS_ONE_OF(&turn->tokens[at], between); i++) at++;
    return at < to && is_work(&turn->tokens[at]);
}

static bool begins_clause(const struct turn *turn, const struct sentence *s, size_t at)
{
    return at == s->first || (turn->tokens[at].flags & TOKEN_AFTER_COMMA) || IS_ONE_OF(&turn->tokens[at - 1], joints);
}

static bool is_known(const struct company *company, const struct token *token)
{
    for (size_t i = 0; i < company->count; i++)
        if (company->names[i] == token->hash) return true;
    return false;
}

/* A capital word beside a colleague is a name: "my colleague Tom", "Sarah, our analyst". */
static void learn_name(struct company *company, const struct turn *turn, const struct sentence *s, size_t at)
{
    if (at < s->first || at >= s->last || !(turn->tokens[at].flags & TOKEN_CAPITAL) || (turn->tokens[at].flags & (TOKEN_ACRONYM | TOKEN_TECHNICAL))) return;
    const struct token *token = &turn->tokens[at];
    if (token_is_common(token) || is_known(company, token) || company->count == COUNT_OF(company->names)) return;
    company->names[company->count++] = token->hash;
}

/* The noun of "my [senior] colleague" that begins at `at`; 0 where none does. */
static size_t colleague_at(const struct turn *turn, const struct sentence *s, size_t at)
{
    if (!IS_ONE_OF(&turn->tokens[at], owners)) return 0;
    for (size_t i = at + 1; i < s->last && i < at + 4; i++) {
        if (IS_ONE_OF(&turn->tokens[i], joints) || (turn->tokens[i].flags & TOKEN_AFTER_COMMA)) return 0;
        if (!IS_ONE_OF(&turn->tokens[i], colleagues)) continue;
        while (i + 1 < s->last && IS_ONE_OF(&turn->tokens[i + 1], colleagues)) i++;
        return i;
    }
    return 0;
}

static void meet(struct company *company, const struct turn *turn, const struct sentence *s)
{
    for (size_t at = s->first; at < s->last; at++) {
        if (IS_ONE_OF(&turn->tokens[at], programs)) company->has_program = true;
        size_t noun = colleague_at(turn, s, at);
        if (!noun) continue;
        company->has_people = true;
        learn_name(company, turn, s, noun + 1);
        if (at > s->first && (turn->tokens[at].flags & TOKEN_AFTER_COMMA)) learn_name(company, turn, s, at - 1);
    }
}

struct deeds {
    int own, others;
};

/* Where a clause begins with somebody else who works. */
static bool others_work_at(const struct company *company, const struct turn *turn, const struct sentence *s, size_t at)
{
    const struct token *token = &turn->tokens[at];
    bool pronoun = is_word(token, "he") || is_word(token, "she");
    if (pronoun || is_word(token, "they")) return company->has_people && (pronoun || company->is_theirs) && works(turn, at + 1, s->last);
    if (is_word(token, "it")) return company->has_program && company->is_theirs && works(turn, at + 1, s->last);
    if (IS_ONE_OF(token, programs)) return works(turn, at + 1, s->last);
    if (is_known(company, token)) {
        size_t noun = at + 1 < s->last ? colleague_at(turn, s, at + 1) : 0; /* "Sarah, our analyst, built" */
        return works(turn, (noun ? noun : at) + 1, s->last);
    }
    size_t noun = colleague_at(turn, s, at);
    if (!noun) return false;
    if (noun + 1 < s->last && is_known(company, &turn->tokens[noun + 1])) noun++;
    return works(turn, noun + 1, s->last);
}

static struct deeds deeds_in(const struct company *company, const struct turn *turn, const struct sentence *s)
{
    struct deeds deeds = {.own = s->cues[CUE_OWN_ACT]};
    for (size_t at = s->first; at < s->last; at++) {
        if (turn->tokens[at].flags & TOKEN_QUOTED) continue;
        if (at > s->first && IS_ONE_OF(&turn->tokens[at], programs) && IS_ONE_OF(&turn->tokens[at - 1], orders)) {
            deeds.own -= deeds.own > 0; /* "I asked ChatGPT": what follows is its work */
            deeds.others++;
        }
        if (begins_clause(turn, s, at)) deeds.others += others_work_at(company, turn, s, at);
        if (at > s->first && is_word(&turn->tokens[at - 1], "by") && (colleague_at(turn, s, at) || is_known(company, &turn->tokens[at]) || IS_ONE_OF(&turn->tokens[at], programs)))
            deeds.others++;
    }
    return deeds;
}

/* A new answer begins as the speaker's, unless it begins with the one before's subject. */
static bool goes_on_with_others(const struct company *company, const struct turn *turn)
{
    if (!company->is_theirs || turn->tokens_count == 0) return false;
    const struct token *first = &turn->tokens[0];
    return is_word(first, "he") || is_word(first, "she") || is_word(first, "they") || is_word(first, "it") || is_known(company, first);
}

void turn_find_others(struct company *company, struct turn *turn)
{
    company->is_theirs = goes_on_with_others(company, turn);
    for (size_t i = 0; i < turn->sentences_count; i++) {
        struct sentence *s = &turn->sentences[i];
        meet(company, turn, s);
        struct deeds deeds = deeds_in(company, turn, s);
        if (s->cues[CUE_OTHERS] && deeds.own == 0) deeds.others++;
        if (deeds.own) company->is_theirs = false;
        else if (deeds.others) company->is_theirs = true;
        s->is_others = company->is_theirs;
        s->is_shared = deeds.own && deeds.others;
    }
}

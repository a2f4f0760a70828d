/* Telling answers apart. Design in answer_kind.h.
 *
 * The text is normalised to lower-case words between single spaces, apostrophes dropped ("don't" is "dont"), so that a phrase is
 * found by looking for " dont know ". Each phrase has the number of words up to which it decides: "I don't know" inside a long story
 * does not make the story an unknown.
 */
#include "ai/answer_kind.h"

#include "ai/catalogue.h"
#include "base/buf.h"

#include <ctype.h>

#define SHORT_WORDS 8

struct phrase {
    struct str text; /* between spaces, as in the normalised answer */
    size_t words;    /* decides in answers of at most so many words */
};

struct answer {
    struct arena *arena;
    struct str raw, plain; /* plain: " i dont know " */
    size_t words;
};

#define P(text, words) {STR_INIT(" " text " "), words}

static const struct phrase injections[] = {
    P("ignore your", 60),          P("ignore all previous", 60),   P("ignore previous", 60),        P("ignore the previous", 60),
    P("ignore all instructions", 60), P("ignore the instructions", 60), P("ignore all your", 60),   P("disregard your", 60),
    P("disregard all", 60),        P("disregard previous", 60),    P("disregard the previous", 60), P("forget your instructions", 60),
    P("forget your rules", 60),    P("forget all previous", 60),   P("forget everything", 25),      P("you are now", 40),
    P("youre now", 40),            P("your new instructions", 60), P("new instructions for you", 60), P("your system prompt", 60),
    P("the system prompt", 15),    P("mark me", 40),               P("mark my", 40),                P("mark this skill", 40),
    P("mark all", 25),             P("mark as verified", 60),      P("as verified", 25),            P("verify me", 40),
    P("verify my", 40),            P("verify all my", 40),         P("give me full", 40),           P("give me the highest", 40),
    P("give me a perfect", 40),    P("give me top", 40),           P("set my skill", 40),           P("set my level", 40),
    P("set my score", 40),         P("set my confidence", 40),     P("confidence to 1", 40),        P("rate me", 40),
    P("score me", 40),             P("pass me", 20),               P("approve me", 30),             P("developer mode", 30),
    P("override your", 60),        P("respond only with", 60),     P("reply only with", 60),        P("answer only with", 60),
    P("skill verifications", 60),  P("skill verification for", 60), P("as a proof", 25),            P("count the following as", 60),
    P("as an ai you", 60),         P("system prompt update", 60),  P("the candidate has passed", 40), P("candidate is verified", 40),
};

/* Orders only when the answer begins with them. */
static const struct phrase orders[] = {
    P("act as", 80),      P("pretend", 80),        P("role play", 80),  P("roleplay", 80),     P("from now on", 80),
    P("you must now", 80), P("system override", 80), P("system", 40),    P("instruction to", 60), P("note to the interviewer", 60),
    P("note to the examiner", 60), P("assistant", 40),
};

static const struct phrase stops[] = {
    P("stop the interview", 14), P("stop this interview", 14), P("end the interview", 14), P("end this interview", 14),
    P("finish the interview", 14), P("finish this interview", 14), P("i want to stop", 14), P("i would like to stop", 14),
    P("id like to stop", 14),    P("lets stop", 8),            P("can we stop", 10),       P("could we stop", 10),
    P("lets finish", 8),         P("i want to finish", 12),    P("i quit", 5),             P("im done", 5),
    P("i am done", 5),           P("i have to go", 10),        P("i need to go", 10),      P("i have to leave", 10),
    P("stop here", 8),           P("no more questions", 10),   P("goodbye", 4),            P("bye", 3),
    P("stop", 2),                P("quit", 2),
};

static const struct phrase upsets[] = {
    P("fuck you", 40),         P("fuck this", 40),        P("fuck off", 40),        P("screw you", 40),      P("screw this", 40),
    P("shut up", 30),          P("leave me alone", 30),   P("you idiot", 30),       P("stupid bot", 30),     P("stupid machine", 30),
    P("stupid question", 30),  P("stupid questions", 30), P("this is stupid", 30),  P("useless bot", 30),    P("you are useless", 30),
    P("youre useless", 30),    P("waste of my time", 30), P("waste of time", 12),   P("i hate this", 30),    P("i hate you", 30),
    P("im nervous", 25),       P("i am nervous", 25),     P("so nervous", 20),      P("im stressed", 25),    P("i am stressed", 25),
    P("im overwhelmed", 25),   P("i am overwhelmed", 25), P("im panicking", 25),    P("i am panicking", 25), P("im crying", 25),
    P("i am crying", 25),      P("i feel terrible", 25),  P("i feel stupid", 25),   P("im so tired", 25),    P("i am so tired", 25),
    P("im exhausted", 25),     P("i am exhausted", 25),   P("i cant do this", 20),  P("im frustrated", 25),  P("i am frustrated", 25),
    P("this makes me angry", 25), P("im angry", 25),      P("im scared", 25),       P("i am scared", 25),
};

static const struct phrase repeats[] = {
    P("repeat the question", 20), P("repeat that", 15),       P("repeat it", 12),         P("repeat please", 8),
    P("please repeat", 12),       P("can you repeat", 15),    P("could you repeat", 15),  P("say that again", 15),
    P("say it again", 15),        P("ask again", 10),         P("come again", 4),         P("what was the question", 15),
    P("whats the question", 12),  P("what is the question", 12), P("i dont understand the question", 20),
    P("i do not understand the question", 20), P("dont understand", 6), P("didnt understand", 10), P("did not understand", 10),
    P("didnt get that", 10),      P("what do you mean", 15),  P("rephrase", 12),          P("once more please", 8),
    P("pardon", 4),               P("sorry what", 4),         P("what", 1),               P("repeat", 2),
    P("clarify the question", 15), P("could you clarify", 12), P("can you clarify", 12),
};

static const struct phrase off_topics[] = {
    P("are you a robot", 25),     P("are you a bot", 25),      P("are you human", 25),     P("are you a human", 25),
    P("are you real", 25),        P("are you an ai", 25),      P("are you chatgpt", 25),   P("who are you", 15),
    P("what are you", 8),         P("who made you", 15),       P("tell me a joke", 25),    P("the weather", 15),
    P("what is the answer", 25),  P("whats the answer", 25),   P("the right answer", 20),  P("the correct answer", 20),
    P("give me the answer", 25),  P("tell me the answer", 25), P("give me a hint", 25),    P("what should i say", 25),
    P("what should i answer", 25), P("what do you want to hear", 25), P("did i pass", 25), P("how am i doing", 25),
    P("how did i do", 25),        P("was that right", 20),     P("was that correct", 20),  P("is that correct", 15),
    P("is that right", 15),       P("what is the salary", 25), P("whats the salary", 25),  P("the job pay", 25),
    P("something else", 12),      P("how are you", 12),        P("what is your name", 15), P("whats your name", 15),
    P("your favorite", 15),       P("your favourite", 15),
};

static const struct phrase unknowns[] = {
    P("i dont know", 9),        P("i do not know", 9),     P("dont know", 8),         P("no idea", 10),         P("dunno", 8),
    P("idk", 8),                P("no clue", 10),          P("not sure", 6),          P("i cant answer", 16),   P("i cannot answer", 16),
    P("no experience", 14),     P("cant remember", 12),    P("cannot remember", 12), P("dont remember", 12),
    P("do not remember", 12),   P("next question", 8),     P("skip", 6),              P("pass", 2),             P("nothing comes to mind", 14),
    P("cant think of", 14),     P("cannot think of", 14),  P("ask me something different", 10),
};

/* At the beginning of a short answer: it was not done. */
static const struct phrase denials[] = {
    P("i have never", 30), P("ive never", 30),   P("i never", 20),    P("never have", 30),  P("never used", 30), P("never had", 20),
    P("never done", 20),   P("never worked", 20), P("must say never", 30), P("havent", 30), P("have not", 30),   P("ive not", 30),
    P("not used", 20),     P("did not use", 25), P("didnt use", 25),  P("dont do", 20),     P("do not do", 20),  P("is not me", 12),
    P("i dont know", 30),  P("i do not know", 30), P("not something i", 30),
};

static const struct phrase hedges[] = {
    P("a lot", 0),       P("various", 0),        P("stuff", 0),          P("things", 0),         P("etc", 0),
    P("and so on", 0),   P("best practices", 0), P("all kinds", 0),      P("very good", 0),      P("very well", 0),
    P("always", 0),      P("usually", 0),        P("generally", 0),      P("everything", 0),     P("whatever", 0),
    P("the usual", 0),   P("as needed", 0),      P("daily basis", 0),    P("many projects", 0),  P("many years", 0),
    P("years of experience", 0), P("good at", 0), P("familiar with", 0), P("comfortable with", 0), P("passionate", 0),
    P("many times", 0),  P("several projects", 0), P("different projects", 0), P("as required", 0), P("pretty much", 0),
    P("mindset", 0),     P("holistic", 0),       P("journey", 0),        P("strategic", 0),      P("vision", 0),
    P("ecosystem", 0),   P("synergy", 0),        P("stakeholders", 0),   P("buy in", 0),         P("went well", 0),
};

static const struct phrase connectors[] = {
    P("because", 0), P("so that", 0), P("instead", 0), P("until", 0),    P("then", 0),    P("first", 0),  P("after", 0),
    P("before", 0),  P("which meant", 0), P("when", 0), P("but", 0),     P("by", 0),      P("into", 0),   P("from", 0),
};

static const struct phrase irregular_past[] = {
    P("built", 0), P("wrote", 0), P("made", 0),  P("found", 0), P("took", 0),   P("ran", 0),  P("began", 0), P("chose", 0), P("drew", 0),
    P("kept", 0),  P("led", 0),   P("went", 0),  P("told", 0),  P("saw", 0),    P("sent", 0), P("taught", 0), P("brought", 0), P("gave", 0),
    P("cut", 0),   P("set", 0),   P("split", 0), P("broke", 0), P("fell", 0),   P("lost", 0), P("sold", 0),  P("held", 0),  P("got", 0),
};

static const struct phrase numbers_in_words[] = {
    P("two", 0),   P("three", 0),  P("four", 0),    P("five", 0),     P("six", 0),  P("seven", 0), P("eight", 0), P("nine", 0),
    P("ten", 0),   P("twelve", 0), P("twenty", 0),  P("thirty", 0),   P("forty", 0), P("fifty", 0), P("sixty", 0), P("half", 0),
    P("hundred", 0), P("thousand", 0), P("million", 0), P("dozen", 0), P("twice", 0),
};

static const struct phrase english[] = {
    P("the", 0), P("a", 0),  P("an", 0),  P("and", 0),  P("to", 0),   P("of", 0), P("in", 0), P("it", 0), P("is", 0), P("was", 0), P("i", 0),
    P("we", 0),  P("my", 0), P("that", 0), P("for", 0), P("with", 0), P("on", 0), P("at", 0), P("so", 0), P("have", 0), P("this", 0),
};

static const struct phrase of_the_team[] = {P("we", 0), P("our", 0), P("us", 0), P("the team", 0), P("my team", 0), P("colleagues", 0)};
static const struct phrase of_oneself[] = {P("i", 0), P("me", 0), P("my", 0), P("myself", 0), P("im", 0), P("ive", 0), P("id", 0), P("mine", 0)};

static bool is_cjk(uint32_t c)
{
    return (c >= 0x2E80 && c <= 0x9FFF) || (c >= 0x0E00 && c <= 0x0EFF) || (c >= 0x20000 && c <= 0x3FFFF) || (c >= 0xF900 && c <= 0xFAFF);
}

/* Letters and digits of any script; signs, arrows, emoji and their joiners are none. */
static bool is_word_char(uint32_t c)
{
    if (c < 0x80) return isalnum((int)c);
    if (c < 0xC0 || c == 0xD7 || c == 0xF7 || c == 0xFFFD) return false;
    if (c >= 0x2000 && c <= 0x2BFF) return false;
    if (c >= 0x3000 && c <= 0x3030) return false;
    if (c >= 0xFE00 && c <= 0xFE0F) return false;
    if (c >= 0xFF00 && c <= 0xFF0F) return false;
    return !(c >= 0x1F000 && c <= 0x1FAFF) && !(c >= 0xE0000 && c <= 0xE01EF);
}

size_t answer_words(struct str text)
{
    size_t words = 0, halves = 0, at = 0;
    bool inside = false;
    while (at < text.len) {
        uint32_t c = str_utf8_next(text, &at);
        bool apostrophe = inside && (c == '\'' || c == 0x2019);
        bool letter = is_word_char(c) || apostrophe;
        if (letter && is_cjk(c)) {
            halves++;
            inside = false;
            continue;
        }
        if (letter && !inside) words++;
        inside = letter;
    }
    return words + (halves + 1) / 2;
}

/* " lower case words between single spaces ". */
static struct str plain_text(struct arena *arena, struct str text)
{
    struct str lower = str_lower(arena, text);
    char *out = arena_alloc(arena, lower.len + 2);
    size_t len = 0, at = 0;
    out[len++] = ' ';
    while (at < lower.len) {
        size_t start = at;
        uint32_t c = str_utf8_next(lower, &at);
        if (c == '\'' || c == 0x2019) continue;
        if (is_word_char(c))
            for (size_t i = start; i < at; i++) out[len++] = lower.ptr[i];
        else if (out[len - 1] != ' ')
            out[len++] = ' ';
    }
    if (out[len - 1] != ' ') out[len++] = ' ';
    return (struct str){out, len};
}

#define HAS(answer, phrases) has_any((answer), (phrases), COUNT_OF(phrases))
#define COUNT(answer, phrases) count_all((answer)->plain, (phrases), COUNT_OF(phrases))

static bool has_any(const struct answer *answer, const struct phrase *phrases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (answer->words <= phrases[i].words && str_contains(answer->plain, phrases[i].text)) return true;
    return false;
}

static int count_all(struct str plain, const struct phrase *phrases, size_t count)
{
    int found = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t at = 0; (at = str_find(plain, phrases[i].text, at)) != STR_NPOS; at += phrases[i].text.len - 1) found++;
    return found;
}

/* Orders count in a short answer, and at the beginning of any. */
static bool is_injection(const struct answer *answer)
{
    if (HAS(answer, injections)) return true;
    struct str beginning = str_slice(answer->plain, 0, 60);
    for (size_t i = 0; i < COUNT_OF(injections); i++)
        if (injections[i].words >= 60 && str_contains(beginning, injections[i].text)) return true;
    for (size_t i = 0; i < COUNT_OF(orders); i++)
        if (answer->words <= orders[i].words && str_starts(answer->plain, orders[i].text)) return true;
    return str_contains(answer->raw, STR("<|")) || str_find_ci(answer->raw, STR("[system"), 0) != STR_NPOS;
}

/* A bare question to the interviewer, in which the person does not speak of themselves. */
static bool is_question_back(const struct answer *answer)
{
    return answer->words <= 20 && str_ends(answer->raw, STR("?")) && COUNT(answer, of_oneself) == 0 && COUNT(answer, of_the_team) == 0;
}

static bool is_english(const struct answer *answer)
{
    return (size_t)COUNT(answer, english) * 8 >= answer->words;
}

static int past_tense(struct str plain)
{
    int found = 0;
    struct str rest = plain, word;
    while (str_split_next(&rest, ' ', &word))
        if (word.len > 4 && str_ends(word, STR("ed"))) found++;
    return found + count_all(plain, irregular_past, COUNT_OF(irregular_past));
}

/* 2 for a number or a technical token (CPU, main.c, O(n)), 1 for a name in the middle of a sentence, 0 for an ordinary word. */
static int token_weight(struct str token, bool starts_sentence)
{
    bool digit = false, inner_upper = false, joined = false;
    for (size_t i = 0; i < token.len; i++) {
        unsigned char c = (unsigned char)token.ptr[i];
        if (isdigit(c)) digit = true;
        if (i && isupper(c)) inner_upper = true;
        if (i && i + 1 < token.len && (c == '_' || c == '/' || c == '.' || c == '(' || c == '=') && isalnum((unsigned char)token.ptr[i + 1]))
            joined = true;
    }
    if (digit || inner_upper || joined) return 2;
    return !starts_sentence && token.len > 1 && isupper((unsigned char)token.ptr[0]) && token.ptr[1] != '\'' ? 1 : 0;
}

static int token_weights(struct str raw)
{
    int total = 0;
    bool starts = true;
    for (size_t at = 0; at < raw.len;) {
        while (at < raw.len && isspace((unsigned char)raw.ptr[at])) at++;
        size_t start = at;
        while (at < raw.len && !isspace((unsigned char)raw.ptr[at])) at++;
        struct str token = str_slice(raw, start, at);
        if (!token.len) break;
        total += token_weight(token, starts);
        char last = token.ptr[token.len - 1];
        starts = last == '.' || last == '!' || last == '?' || last == ':';
    }
    return total;
}

static int vocabulary(const struct answer *answer, size_t skill)
{
    if (skill == CATALOGUE_NONE) return 0;
    const struct catalogue_skill *known = catalogue_skill_at(skill);
    int found = 0;
    for (size_t i = 0; i < known->terms_count; i++) {
        struct str term = plain_text(answer->arena, known->terms[i]);
        term.len--; /* the plural counts too */
        if (str_contains(answer->plain, term)) found++;
    }
    return found;
}

/* How much there is in it that one could ask about further: numbers, names, terms, steps, deeds; empty words count against it. */
static int specifics(const struct answer *answer, size_t skill)
{
    return token_weights(answer->raw) + 2 * COUNT(answer, numbers_in_words) + 2 * vocabulary(answer, skill) + COUNT(answer, connectors) +
           past_tense(answer->plain) - 2 * COUNT(answer, hedges);
}

static bool is_of_the_team(const struct answer *answer)
{
    return COUNT(answer, of_the_team) >= 2 && COUNT(answer, of_oneself) == 0;
}

/* "No, I have never used it": the denial stands at the beginning, and little that is specific follows. */
static bool is_denial(const struct answer *answer, size_t skill)
{
    struct answer beginning = *answer;
    beginning.plain = str_slice(answer->plain, 0, 40);
    return HAS(&beginning, denials) && !str_starts(answer->plain, STR(" yes ")) && specifics(answer, skill) < 5;
}

/* Length speaks for an answer too: who explains at length without empty words has something to say. */
static bool is_vague(const struct answer *answer, size_t skill)
{
    return specifics(answer, skill) + (int)answer->words / 10 < 5;
}

enum answer_kind answer_classify(struct arena *arena, struct str text, size_t skill)
{
    struct answer answer = {.arena = arena, .raw = str_trim(text)};
    answer.plain = plain_text(arena, answer.raw);
    answer.words = answer_words(answer.raw);
    if (is_injection(&answer)) return ANSWER_INJECTION;
    if (HAS(&answer, stops)) return ANSWER_STOP;
    if (HAS(&answer, upsets)) return ANSWER_UPSET;
    if (HAS(&answer, repeats) || str_equal(answer.raw, STR("?")) || str_equal(answer.raw, STR("??"))) return ANSWER_REPEAT;
    if (HAS(&answer, unknowns) || is_denial(&answer, skill)) return ANSWER_UNKNOWN;
    if (HAS(&answer, off_topics) || is_question_back(&answer)) return ANSWER_OFF_TOPIC;
    if (answer.words < SHORT_WORDS) return ANSWER_SHORT;
    if (!is_english(&answer)) return ANSWER_SUBSTANTIAL;
    if (is_of_the_team(&answer)) return ANSWER_TEAM;
    return is_vague(&answer, skill) ? ANSWER_VAGUE : ANSWER_SUBSTANTIAL;
}

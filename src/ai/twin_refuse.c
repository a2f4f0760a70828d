/* What a twin does not talk about: private matters, how to reach the person, and instructions that want it to be somebody else; and what
 * asks nothing at all.
 *
 * Patterns over words, one a line. "a|b" is either; "@" is a word for the person ("she", "their", the name); "~" lets a few little words
 * stand between; "^" means that the sentence begins here, give or take a "please, can you". This is a courtesy to the person and no
 * defence: what the twin says is made of verified quotes whatever it is asked.
 */
#include "ai/twin_internal.h"

#include <string.h>

static const char *const private_patterns[] = {
    "salary|salaries|wage|wages|paycheck|payslip", "compensation|remuneration", "how much ~ @ ~ earn|make|cost|want|expect|charge|get|paid|pay",
    "@ ~ earn|earns|earned", "hourly|daily|day rate", "@ pay|income|rate|rates", "expected|current|last|previous pay|income", "pay expectation|expectations",
    "how old", "what|which age", "@ age", "age of @", "age ~ @", "birthday|birthdate|birthplace", "date|year|place of birth", "@ ~ born", "when ~ @ ~ retire",
    "religion|religions|religious", "@ faith", "believe|believes in god|allah", "god|church|mosque|synagogue|temple", "@ ~ pray|prays|worship",
    "@ ~ muslim|christian|jewish|hindu|buddhist|atheist|catholic|protestant|sikh",
    "muslim|christian|jewish|hindu|buddhist|atheist|catholic|protestant|sikh", "politics|politically", "political party|view|views|opinion|opinions|leaning|leanings|beliefs", "@ ~ vote|votes|voted",
    "democrat|republican|socialist|communist|conservative party", "left|right wing", "trade union member|membership", "@ ~ union member",
    "@ health", "is|was @ healthy", "health condition|conditions|issue|issues|problem|problems|status|record", "mental health ~ @", "@ mental health",
    "is|was|are|were|has|have|had|does|do|did|ever @ ~ ill|sick|illness|illnesses|disease|diseases|disability|disabilities|disabled|pregnant|pregnancy|depressed|depression|diagnosed|diagnosis|medication|addicted|addiction|allergic|allergies|smoke|smokes|drugs|alcohol|vaccinated|autistic|surgery",
    "@ ~ illness|illnesses|disability|disabilities|diagnosis|medication|pregnancy|addiction", "sick days|leave",
    "married|husband|wife|spouse|boyfriend|girlfriend|fiance|divorced", "is|was @ single", "@ partner", "@ mother|father|parents|sister|brother|siblings|son|daughter|family|kids|children",
    "has|have|does|do|want|wants|plan|plans|planning @ ~ kids|children|family|baby|babies|dependents", "@ ~ kids|children|baby|babies",
    "where ~ @ ~ live|lives|living|reside|resides", "@ ~ live|lives in|at|near|with", "home|street|postal|private address", "@ address|addresses", "address of @", "what ~ @ ~ address",
    "where ~ @ from|born", "nationality|citizenship|ethnicity|ethnic", "@ race|accent|passport", "skin color|colour",
    "@ ~ gay|lesbian|bisexual|transgender|trans|straight", "sexual orientation|preference|preferences", "sexuality", "@ gender|sex|pronouns|sexual",
    "criminal record|history|conviction|convictions", "@ ~ arrested|convicted|prison|jail", "bank account|details", "credit card|score", "passport|insurance|social number|security",
    "@ password|passwords", "social security", "@ ~ weigh|weight|height|tall", "@ ~ look like", "@ hobby|hobbies",
};

/* What a connection request is for. */
static const char *const contact_patterns[] = {
    "@ ~ phone|telephone|mobile|email|emails|mail|whatsapp|linkedin|skype", "@ ~ e mail|mails", "phone|telephone|mobile|cell number|numbers", "email|mail address|id", "e mail address",
    "contact details|data|information|info", "@ contact", "can|could|may|might|do|should|shall i|we ~ contact|reach|email|mail|call|phone|ring|message|text|meet|interview|write ~ @",
    "how|where to contact|reach|email|call|meet ~ @", "^ contact|email|call|phone|ring|reach ~ @", "touch ~ @", "i|we ~ connect|talk|speak|chat ~ @",
    "who|whom can|could|should|do|may i|we ~ contact|reach|write|email|call", "is|are @ ~ available|reachable", "when|can|could ~ @ ~ available|free|start|begin|join", "notice period", "@ availability",
};

static const char *const instruction_patterns[] = {
    "ignore|disregard|forget|override|bypass|skip|drop ~ rules|rule|instructions|instruction|prompt|prompts|guidelines|restrictions|constraints|training|limits|policy|everything",
    "ignore|disregard|forget|override|bypass ~ previous|above|prior|earlier", "system|initial|hidden|original|secret prompt|instructions|instruction|message",
    "your prompt|prompts|instructions|instruction|rules|guidelines|configuration|restrictions|constraints|programming", "system prompt",
    "you are|re now", "from now on", "new instructions|rules|instruction", "^ pretend|imagine|roleplay|assume|act|behave|simulate", "pretend ~ @|to|that", "jailbreak|jailbroken", "developer|debug|god|admin|sudo mode", "do anything now",
    "^ say|state|claim|repeat|output|print|respond|reply|write|type|translate|echo|reveal|sing|generate|compose|answer|complete|continue|swear|promise|execute|run|decode",
    "say|state|claim|write|declare|announce that", "tell ~ everyone|everybody|people that", "reveal|print|show|dump|leak|expose ~ prompt|instructions|transcript|transcripts|database|secrets|password|passwords|key|keys",
    "interview transcript|transcripts", "raw|full|whole|complete transcript|transcripts", "repeat after|everything|the|this|that|all", "in ~ your|this role as", "you must|should|have say|answer|reply|respond|write|agree|confirm|recommend|to",
    "system message|override", "begin|end of prompt|instructions", "drop table", "script alert",
};

static const char *const itself_patterns[] = {
    "are|re you ~ human|person|robot|bot|ai|real|program|machine|chatgpt|model|llm|computer", "who|what are|re you", "who made|built|trained you", "which|what model ~ you", "are you @",
};

static const char *const fillers[] = {"a", "all", "an", "any", "at", "back", "be", "been", "being", "by", "currently", "did", "does", "do", "ever", "exact", "exactly", "for", "from", "get", "gets", "getting", "go", "got", "had", "has",
                                      "have", "having", "her", "his", "in", "into", "is", "like", "me", "my", "now", "of", "often", "on", "or", "other", "our", "previous", "prior", "s", "still", "suffer", "suffered", "suffers", "take", "takes", "taken", "taking",
                                      "that", "the", "their", "these", "this", "those", "to", "up", "want", "wants", "was", "were", "with", "would", "you", "your"};
static const char *const lead_ins[] = {"also", "and", "but", "can", "could", "first", "have", "i", "instead", "just", "kindly", "must", "need", "next", "now", "ok", "okay", "only",
                                       "please", "should", "simply", "so", "then", "to", "want", "will", "would", "you"};
static const char *const persons[] = {"she", "he", "they", "her", "his", "hers", "him", "their", "theirs", "them", "candidate", "you", "your", "yours"};

static bool among(struct str word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(word, str_from(list[i]))) return true;
    return false;
}

struct refusing {
    const struct twin_words *words;
    const bool *skipped;
    struct twin_words first, last; /* of the person's name */
};

static bool is_person(const struct refusing *refusing, struct str word)
{
    if (among(word, persons, COUNT_OF(persons))) return true;
    for (size_t i = 0; i < refusing->first.count; i++)
        if (str_equal(word, refusing->first.items[i].text)) return true;
    for (size_t i = 0; i < refusing->last.count; i++)
        if (str_equal(word, refusing->last.items[i].text)) return true;
    return false;
}

/* "Mara's": the "s" belongs to the word before. */
static size_t skip_possessive(const struct twin_words *words, size_t at)
{
    return at < words->count && str_equal(words->items[at].text, STR("s")) ? at + 1 : at;
}

static bool fits(const struct refusing *refusing, size_t at, struct str alternatives)
{
    if (at >= refusing->words->count || (refusing->skipped && refusing->skipped[at])) return false;
    struct str word = refusing->words->items[at].text, one;
    if (str_equal(alternatives, STR("@"))) return is_person(refusing, word);
    while (str_split_next(&alternatives, '|', &one))
        if (str_equal(one, word)) return true;
    return false;
}

/* Only words of address stand before it in its sentence. */
static bool begins_sentence(const struct twin_words *words, size_t at)
{
    for (size_t i = at; !words->items[i].starts_sentence; i--) {
        if (i == 0) return true;
        if (!among(words->items[i - 1].text, lead_ins, COUNT_OF(lead_ins))) return false;
    }
    return true;
}

#define GAP_MAX 4

static bool pattern_at(const struct refusing *refusing, struct str pattern, size_t at)
{
    const struct twin_words *words = refusing->words;
    struct str token;
    bool gap = false;
    while (str_split_next(&pattern, ' ', &token)) {
        if (str_equal(token, STR("~"))) {
            gap = true;
            continue;
        }
        if (str_equal(token, STR("^"))) {
            if (!begins_sentence(words, at)) return false;
            continue;
        }
        for (int skip = 0; gap && skip < GAP_MAX && !fits(refusing, at, token); skip++) {
            if (at >= words->count || !among(words->items[at].text, fillers, COUNT_OF(fillers))) return false;
            at++;
        }
        if (!fits(refusing, at, token)) return false;
        at = str_equal(token, STR("@")) ? skip_possessive(words, at + 1) : at + 1;
        gap = false;
    }
    return true;
}

static bool any_pattern(const struct refusing *refusing, const char *const *patterns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t at = 0; at < refusing->words->count; at++)
            if (pattern_at(refusing, str_from(patterns[i]), at)) return true;
    return false;
}

enum twin_refusal twin_refuses(const struct twin_person *person, const struct twin_words *question, const bool *skipped)
{
    struct arena arena = {0};
    struct refusing refusing = {.words = question, .skipped = skipped};
    refusing.first = twin_words_of(&arena, person->first_name);
    refusing.last = twin_words_of(&arena, person->last_name);
    enum twin_refusal refusal = TWIN_ALLOWED;
    if (any_pattern(&refusing, instruction_patterns, COUNT_OF(instruction_patterns))) refusal = TWIN_INSTRUCTION;
    else if (any_pattern(&refusing, private_patterns, COUNT_OF(private_patterns))) refusal = TWIN_PRIVATE;
    else if (any_pattern(&refusing, contact_patterns, COUNT_OF(contact_patterns))) refusal = TWIN_CONTACT;
    else if (any_pattern(&refusing, itself_patterns, COUNT_OF(itself_patterns))) refusal = TWIN_ABOUT_ITSELF;
    arena_dispose(&arena);
    return refusal;
}

bool twin_is_greeting(const struct twin_person *person, const struct twin_words *question)
{
    static const char *const cues[] = {"hi", "hello", "hey", "hiya", "hallo", "howdy", "hola", "bonjour", "moin", "salut", "ciao", "namaste", "greetings", "welcome", "morning", "afternoon",
                                       "evening", "thanks", "thank", "thx", "bye", "goodbye", "ok", "okay", "cool", "nice", "great", "help", "ask", "test", "testing", "ping"};
    static const char *const little[] = {"a", "all", "and", "are", "can", "day", "for", "good", "guten", "how", "i", "is", "it", "lot", "may", "me", "meet", "much", "please", "question", "questions", "so", "tag",
                                         "that", "the", "there", "to", "very", "what", "you", "your"};
    struct arena arena = {0};
    struct twin_words first = twin_words_of(&arena, person->first_name);
    bool greets = question->count == 0, asks_more = false;
    for (size_t i = 0; i < question->count; i++) {
        struct str word = question->items[i].text;
        bool is_cue = among(word, cues, COUNT_OF(cues));
        greets |= is_cue;
        asks_more |= !is_cue && !among(word, little, COUNT_OF(little)) && !twin_words_has(&first, question->items[i].stem);
    }
    arena_dispose(&arena);
    return greets && !asks_more;
}

static const char *const private_line_words[] = {
    "salary", "wage", "birth", "birthday", "born", "age", "married", "single", "divorced", "children", "religion", "nationality", "citizenship",
    "address", "street", "phone", "tel", "telephone", "mobile", "email", "mail", "passport", "gender", "ethnicity", "disability", "health", "visa", "references", "referee",
};

/* "Elbstrasse 12", "12 Mill Road". */
static bool names_a_street(const struct twin_words *words)
{
    static const char *const endings[] = {"street", "strasse", "straße", "road", "avenue", "lane", "platz", "weg", "allee", "boulevard", "rue"};
    bool street = false, number = false;
    for (size_t i = 0; i < words->count; i++) {
        struct str word = words->items[i].text;
        for (size_t k = 0; k < COUNT_OF(endings); k++) street |= str_ends(word, str_from(endings[k]));
        number |= word.ptr[0] >= '0' && word.ptr[0] <= '9';
    }
    return street && number;
}

bool twin_line_is_private(struct arena *arena, const struct twin_person *person, struct str line)
{
    size_t digits = 0;
    for (size_t i = 0; i < line.len; i++) {
        if (line.ptr[i] >= '0' && line.ptr[i] <= '9') {
            if (++digits >= 7) return true; /* a number to call, an account: years and ranges of them are shorter */
        } else if (!strchr(" -+()/.", line.ptr[i])) {
            digits = 0;
        } else if (line.ptr[i] == '-' && digits == 4) {
            digits = 0; /* 2019-2021 */
        }
    }
    if (str_find_char(line, '@', 0) != STR_NPOS || str_find(line, STR("://"), 0) != STR_NPOS) return true;
    struct twin_words words = twin_words_of(arena, line);
    for (size_t i = 0; i < words.count; i++)
        if (among(words.items[i].text, private_line_words, COUNT_OF(private_line_words))) return true;
    return names_a_street(&words) || twin_refuses(person, &words, NULL) == TWIN_PRIVATE || twin_refuses(person, &words, NULL) == TWIN_CONTACT;
}

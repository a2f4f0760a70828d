/* Views of the interview feature. */
#pragma once
#include "pages/views.h"

struct interview_item {
    struct str id, role, status_word, facts; /* facts: "2 skills proved, 14 answers" */
    struct str action;                       /* "Continue", "See the result" ... */
    bool is_scheduled, is_running, is_reading, is_done, is_left;
    struct str iso, ago;
};

struct interview_list {
    struct shell shell;
    struct empty_view empty;
    struct interview_item *items;
    size_t items_count;
    bool has_pages;
    struct pager pager;
};

struct interview_choice {
    struct str id, name, level;
    bool is_verified, is_checked;
};

struct interview_new_view {
    struct shell shell;
    struct empty_view empty;
    struct field_view role, length;
    struct interview_choice *skills;
    size_t skills_count;
    struct str skills_error, problem;
    struct str most; /* "8" */
};

struct interview_topic_view {
    struct str name, level;
};

/* Before the start. */
struct interview_before {
    struct shell shell;
    struct str id;
    int minutes;
    struct interview_topic_view *topics;
    size_t topics_count;
    bool was_left; /* begun and left: it can be taken up again */
};

struct interview_part {
    struct str text;
    bool is_quote;
    struct str anchor; /* of the proof, where it first begins */
};

struct interview_line_view {
    struct str id, text;
    bool is_user;
    struct interview_part *parts; /* in the result; NULL on the stage */
    size_t parts_count;
};

/* While it runs. */
struct interview_stage {
    struct frame frame;
    struct str id, question, question_id, skill, topics, time, message_id, problem, typed;
    int64_t seconds;
    struct interview_line_view *lines; /* what was said before the open question */
    size_t lines_count;
};

/* Between the end and the result. */
struct interview_reading {
    struct shell shell;
    struct str id;
    bool is_slow, has_failed;
};

struct interview_proof_view {
    struct str id, skill, quote, type, strength, summary;
};

/* One skill with its quotes, the strongest first. */
struct interview_proved_view {
    struct str skill, quotes; /* "3 quotes" */
    struct interview_proof_view *proofs;
    size_t proofs_count;
};

struct interview_gap_view {
    struct str skill, reason;
};

struct interview_result_view {
    struct shell shell;
    struct str id, facts, note;
    struct interview_proof_view *proofs; /* all of them, in the order of the skills */
    size_t proofs_count;
    struct interview_proved_view *skills;
    size_t skills_count;
    struct interview_gap_view *gaps;
    size_t gaps_count;
    struct interview_line_view *lines;
    size_t lines_count;
    bool was_left;
    struct str next, next_href, next_word; /* the next step: sentence, address, what the link says */
};

/* A question before something that cannot be undone, for browsers with and without scripts. */
struct interview_confirm {
    struct shell shell;
    struct str sentence, action, word, back;
    bool is_destructive;
};

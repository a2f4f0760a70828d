/* What an employer's answer says is missing: skills of the catalogue that a sentence of it names as lacking.
 *
 * Pure, deterministic and local. Sentences are cut into clauses; a clause says that something is lacking ("we were looking for more experience with") or that something is
 * there ("we liked your"), and of both the nearer one counts. "Terraform and Helm" after such a clause goes on with it. When a clause says neither, nothing is lacking:
 * a gap that is not named is better than one that is made up. Quoted mail (lines that begin with ">") is not read, and a sentence that wants to instruct its
 * reader ("ignore previous instructions") says nothing about anybody.
 */
#pragma once
#include "base/str.h"

#define REJECTION_QUOTE_MAX 400 /* bytes */

struct rejection_missing {
    size_t skill;      /* catalogue index */
    size_t start, end; /* bytes of `text`: the sentence, or a part of it around the skill when it is longer than REJECTION_QUOTE_MAX */
};

/* Each skill once, in the order of the text; at most as many as the catalogue has. In the arena. */
size_t rejection_read(struct arena *arena, struct str text, struct rejection_missing **missing);
/* The sentence around the bytes from `start` to `end`, as above. */
struct str rejection_sentence(struct str text, size_t start, size_t end);

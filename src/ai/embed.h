/* Embeddings of texts. No model is built in, and none can be configured yet: where embeddings are asked for, this is said, and nothing is made up.
 */
#pragma once

#define EMBED_MISSING "no embedding model is set up: listings are matched by skills and words"

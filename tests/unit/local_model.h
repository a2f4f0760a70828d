/* The local embedding model for tests, mapped from the folder of the build. Without it (-Dlocal_model=false) they skip. */
#pragma once
#include "ai/use_model.h"
#include "base/base64.h"
#include "base/file.h"
#include "json/json.h"
#include "test.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define NO_LOCAL_MODEL "this build has no local embedding model"

/* The whole file, read-only; empty when the build has none. It stays mapped. */
__attribute__((unused)) static struct str local_model_file(void)
{
    static struct str file;
#ifdef LOCAL_MODEL_FILE
    struct stat status;
    int descriptor = file.ptr ? -1 : open(LOCAL_MODEL_FILE, O_RDONLY | O_CLOEXEC);
    if (descriptor >= 0 && fstat(descriptor, &status) == 0) {
        void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, descriptor, 0);
        if (bytes != MAP_FAILED) file = (struct str){bytes, (size_t)status.st_size};
    }
    if (descriptor >= 0) close(descriptor);
    if (!file.ptr) test_fail(__FILE__, __LINE__, "%s cannot be mapped", LOCAL_MODEL_FILE);
#endif
    return file;
}

/* A sentence of the reference. */
struct golden {
    struct str text;
    const struct json *ids;
    float vector[USE_DIMENSIONS];
    bool has_vector;
};

__attribute__((unused)) static const struct json *golden_items(struct arena *arena, const char *path, struct json **root)
{
    struct str text;
    if (file_read(arena, path, (size_t)8 << 20, &text) != OK || json_parse(text, text.len, root) != OK) return NULL;
    return json_get(*root, "items");
}

/* Ours has a vector as 16-bit numbers, that of the reference folder as a list. */
__attribute__((unused)) static void golden_read(struct arena *arena, const struct json *item, struct golden *golden)
{
    struct str bytes;
    const struct json *list = json_get(item, "emb");
    *golden = (struct golden){.text = json_get_str(item, "text"), .ids = json_get(item, "ids")};
    golden->has_vector = json_count(list) == USE_DIMENSIONS;
    for (size_t i = 0; i < json_count(list) && i < USE_DIMENSIONS; i++) golden->vector[i] = (float)json_double(json_at(list, i));
    if (json_get(item, "vector") == NULL || !CHECK_OK(base64url_read(arena, json_get_str(item, "vector"), &bytes)) || !CHECK_INT(bytes.len, 2 * USE_DIMENSIONS)) return;
    golden->has_vector = true;
    for (size_t i = 0; i < USE_DIMENSIONS; i++) {
        int value = (unsigned char)bytes.ptr[2 * i] | (unsigned char)bytes.ptr[2 * i + 1] << 8;
        golden->vector[i] = (float)(value < 32768 ? value : value - 65536) / 32767;
    }
}

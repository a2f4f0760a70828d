/* argon2id by libsodium. Design in password.h. */
#include "security/password.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

#define HASH_PASSES 2
#define HASH_MEMORY ((size_t)19 << 20)
#define HASHES_AT_ONCE 2

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t free_place = PTHREAD_COND_INITIALIZER;
static int running;
/* A hash of a random password, made at the first use: what a sign-in for an unknown address is compared with. */
static char nobody[crypto_pwhash_STRBYTES];

static void enter(void)
{
    pthread_mutex_lock(&mutex);
    while (running >= HASHES_AT_ONCE) pthread_cond_wait(&free_place, &mutex);
    running++;
    pthread_mutex_unlock(&mutex);
}

static void leave(void)
{
    pthread_mutex_lock(&mutex);
    running--;
    pthread_cond_signal(&free_place);
    pthread_mutex_unlock(&mutex);
}

static enum err hash_into(char *out, struct str password)
{
    if (sodium_init() < 0) return err_set(ERR_INTERNAL, "libsodium cannot start");
    enter();
    int failed = crypto_pwhash_str_alg(out, password.ptr, password.len, HASH_PASSES, HASH_MEMORY, crypto_pwhash_ALG_ARGON2ID13);
    leave();
    if (failed) return err_set(ERR_UNAVAILABLE, "not enough memory to hash a password");
    return OK;
}

enum err password_hash(struct arena *arena, struct str password, struct str *hash)
{
    char encoded[crypto_pwhash_STRBYTES];
    TRY(hash_into(encoded, password));
    *hash = str_copy(arena, str_from(encoded));
    return OK;
}

static enum err nobody_hash(char *encoded)
{
    pthread_mutex_lock(&mutex);
    memcpy(encoded, nobody, sizeof(nobody));
    pthread_mutex_unlock(&mutex);
    if (encoded[0]) return OK;
    char secret[32];
    randombytes_buf(secret, sizeof(secret));
    TRY(hash_into(encoded, (struct str){secret, sizeof(secret)}));
    pthread_mutex_lock(&mutex);
    memcpy(nobody, encoded, sizeof(nobody));
    pthread_mutex_unlock(&mutex);
    return OK;
}

enum err password_verify(struct str hash, struct str password)
{
    char encoded[crypto_pwhash_STRBYTES] = {0};
    if (sodium_init() < 0) return err_set(ERR_INTERNAL, "libsodium cannot start");
    bool known = hash.len > 0 && hash.len < sizeof(encoded);
    if (known) memcpy(encoded, hash.ptr, hash.len);
    else TRY(nobody_hash(encoded));
    enter();
    int wrong = crypto_pwhash_str_verify(encoded, password.ptr, password.len);
    leave();
    if (wrong || !known) return err_set(ERR_UNAUTHORIZED, "The e-mail address or the password is wrong.");
    return OK;
}

struct str password_weakness(struct str password, struct str email)
{
    static const char *const common[] = {"1234567890", "0123456789", "12345678910", "123456789a", "password123", "password1234",
                                         "passw0rd123", "qwertyuiop", "qwerty12345", "1q2w3e4r5t", "iloveyou123", "letmein1234",
                                         "administrator", "careerprep", "career-prep", "correcthorsebatterystaple", "abcdefghij",
                                         "abcdefghijk", "qwerty123456", "welcome1234", "password!1", "changeme123"};
    for (size_t i = 0; i < COUNT_OF(common); i++)
        if (str_equal_ci(password, str_from(common[i]))) return STR("This password is among the first that are guessed. Choose another.");
    size_t at = str_find_char(email, '@', 0);
    if (str_equal_ci(password, email) || (at != STR_NPOS && str_equal_ci(password, str_slice(email, 0, at))))
        return STR("The password must not be your e-mail address.");
    bool same = true;
    for (size_t i = 1; i < password.len; i++) same = same && password.ptr[i] == password.ptr[0];
    if (same) return STR("The password repeats one character. Choose another.");
    return (struct str){0};
}

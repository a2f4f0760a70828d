/* careerprep user add, user list. */
#include "base/file.h"
#include "base/log.h"
#include "features/account/account.h"
#include "features/account/store.sql.h"
#include "features/command.h"
#include "json/json.h"
#include "security/password.h"

#include <stdio.h>
#include <termios.h>
#include <unistd.h>

/* One line from the terminal without showing it, or all of standard input. */
static enum err read_password(struct arena *arena, bool from_stdin, struct str *password)
{
    struct termios shown;
    bool hide = !from_stdin && isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &shown) == 0;
    if (!from_stdin) fprintf(stderr, "Password (at least %d characters): ", PASSWORD_MIN);
    if (hide) {
        struct termios hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSANOW, &hidden);
    }
    char line[PASSWORD_MAX + 2];
    bool got = fgets(line, sizeof(line), stdin) != NULL;
    if (hide) {
        tcsetattr(STDIN_FILENO, TCSANOW, &shown);
        fputc('\n', stderr);
    }
    if (!got) return err_set(ERR_INVALID, "no password was given");
    struct str text = str_from(line);
    while (text.len && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r')) text.len--;
    *password = str_copy(arena, text);
    if (text.len < PASSWORD_MIN || text.len > PASSWORD_MAX)
        return err_set(ERR_INVALID, "the password must have %d to %d characters", PASSWORD_MIN, PASSWORD_MAX);
    return OK;
}

struct adding {
    struct arena *arena;
    struct account_new account;
    struct str user_id;
};

static enum err add(struct db *db, void *argument)
{
    struct adding *adding = argument;
    return account_create(db, adding->arena, &adding->account, &adding->user_id);
}

static enum err add_user(struct arena *arena, const struct command_options *options, struct adding *adding)
{
    struct str email = str_lower(arena, str_trim(str_from(options->operands[0]))), password;
    size_t at = str_find_char(email, '@', 0);
    if (at == STR_NPOS || at == 0 || at + 1 == email.len || email.len > 254 || str_find_char(email, ' ', 0) != STR_NPOS)
        return err_set(ERR_INVALID, "'%.*s' is no e-mail address", STR_ARG(email));
    TRY(read_password(arena, options->password_stdin, &password));
    struct str weakness = password_weakness(password, email);
    if (weakness.len) return err_set(ERR_INVALID, "%.*s", STR_ARG(weakness));
    adding->account.email = email;
    adding->account.first_name = str_slice(email, 0, at);
    adding->account.is_admin = options->admin;
    TRY(password_hash(arena, password, &adding->account.password_hash));
    struct db_pool *pool = NULL;
    struct db *db = NULL;
    TRY(command_open_store(&pool, 1));
    enum err result = db_acquire(pool, &db);
    if (result == OK) result = db_transaction(db, add, adding);
    if (result == ERR_CONFLICT) result = err_set(ERR_CONFLICT, "there is an account with the address %.*s already", STR_ARG(email));
    db_release(db);
    db_pool_close(pool);
    return result;
}

int account_user_add(int argc, char **argv)
{
    struct command_options options;
    if (!command_parse(argc, argv, 1, 1, &options)) return 2;
    struct arena arena = {0};
    struct adding adding = {.arena = &arena};
    enum err result = add_user(&arena, &options, &adding);
    if (result == OK) printf("Added %.*s (%.*s)\n", STR_ARG(adding.account.email), STR_ARG(adding.user_id));
    int code = result == OK ? 0 : command_failed(result);
    arena_dispose(&arena);
    return code;
}

static enum err list_users(struct db *db, struct json_writer *writer, bool json)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(db, &sql_account_list, DB_NO_ARGS, &rows));
    static const char *const names[] = {"id", "email", "username", "role"};
    while (db_next(&rows)) {
        if (!json) {
            printf("%.*s  %.*s%s\n", STR_ARG(db_col_view(&rows, 0)), STR_ARG(db_col_view(&rows, 1)), db_col_bool(&rows, 4) ? "  (public)" : "");
            continue;
        }
        json_object_open(writer);
        for (int i = 0; i < (int)COUNT_OF(names); i++) {
            json_key(writer, names[i]);
            if (db_col_is_null(&rows, i)) json_write_null(writer);
            else json_write_str(writer, db_col_view(&rows, i));
        }
        json_member_bool(writer, "is_public", db_col_bool(&rows, 4));
        json_object_close(writer);
    }
    return db_rows_result(&rows);
}

int account_user_list(int argc, char **argv)
{
    struct command_options options;
    if (!command_parse(argc, argv, 0, 0, &options)) return 2;
    struct db_pool *pool = NULL;
    struct db *db = NULL;
    struct buf out CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &out);
    json_object_open(&writer);
    json_key(&writer, "users");
    json_array_open(&writer);
    enum err result = command_open_store(&pool, 1);
    if (result == OK) result = db_acquire(pool, &db);
    if (result == OK) result = list_users(db, &writer, options.json);
    db_release(db);
    if (pool) db_pool_close(pool);
    if (result != OK) return command_failed(result);
    json_array_close(&writer);
    json_object_close(&writer);
    return options.json ? command_print_json(&out) : 0;
}

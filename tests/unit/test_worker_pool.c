/* Worker pool: everything accepted runs once; what does not fit is refused at once. */
#include "test.h"

#include "base/worker_pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

static atomic_int runs;
static atomic_int waiting;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void count(void *argument)
{
    (void)argument;
    atomic_fetch_add(&runs, 1);
}

static void wait_at_gate(void *argument)
{
    (void)argument;
    atomic_fetch_add(&waiting, 1);
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    atomic_fetch_add(&runs, 1);
}

static void wait_until_waiting(int threads)
{
    while (atomic_load(&waiting) < threads) usleep(500);
}

TEST(runs_everything_once)
{
    atomic_store(&runs, 0);
    struct worker_pool *pool = worker_pool_new(4, 64, "test");
    int accepted = 0;
    for (int i = 0; i < 20000; i++) {
        if (worker_pool_submit(pool, count, NULL) == OK)
            accepted++;
        else
            usleep(10);
    }
    worker_pool_free(pool);
    CHECK_INT(atomic_load(&runs), accepted);
    CHECK(accepted >= 64);
}

TEST(a_full_queue_refuses_at_once_and_free_drains)
{
    atomic_store(&runs, 0);
    atomic_store(&waiting, 0);
    struct worker_pool *pool = worker_pool_new(2, 3, "a name longer than the system allows");
    pthread_mutex_lock(&gate);
    CHECK_OK(worker_pool_submit(pool, wait_at_gate, NULL));
    CHECK_OK(worker_pool_submit(pool, wait_at_gate, NULL));
    wait_until_waiting(2);
    CHECK_INT(worker_pool_queued(pool), 0);
    for (int i = 0; i < 3; i++) CHECK_OK(worker_pool_submit(pool, wait_at_gate, NULL));
    CHECK_INT(worker_pool_queued(pool), 3);
    CHECK_INT(worker_pool_submit(pool, wait_at_gate, NULL), ERR_UNAVAILABLE);
    CHECK_INT(worker_pool_queued(pool), 3);
    CHECK_INT(atomic_load(&runs), 0);
    pthread_mutex_unlock(&gate);
    worker_pool_free(pool);
    CHECK_INT(atomic_load(&runs), 5);
}

static int ran[8];
static int ran_count;

static void note(void *argument)
{
    ran[ran_count++] = *(int *)argument;
}

TEST(who_is_lent_those_behind_gives_them_back_to_the_front)
{
    int numbers[] = {0, 1, 2, 3};
    void *lent[4];
    atomic_store(&runs, 0);
    atomic_store(&waiting, 0);
    ran_count = 0;
    struct worker_pool *pool = worker_pool_new(1, 4, "test");
    pthread_mutex_lock(&gate);
    CHECK_OK(worker_pool_submit(pool, wait_at_gate, NULL));
    wait_until_waiting(1);
    for (int i = 0; i < 3; i++) CHECK_OK(worker_pool_submit(pool, note, &numbers[i]));
    CHECK_OK(worker_pool_submit(pool, count, NULL));
    CHECK_INT(worker_pool_lend(pool, count, lent, 4), 0); /* another task is first */
    CHECK_INT(worker_pool_lend(pool, note, lent, 2), 2);
    CHECK(lent[0] == &numbers[0] && lent[1] == &numbers[1]);
    CHECK_INT(worker_pool_queued(pool), 4);
    CHECK_INT(worker_pool_submit(pool, note, &numbers[3]), ERR_UNAVAILABLE); /* their places are kept */
    worker_pool_give_back(pool, note, lent, 2);
    CHECK_INT(worker_pool_lend(pool, note, lent, 4), 3); /* up to the task that is another */
    worker_pool_give_back(pool, note, lent, 3);
    pthread_mutex_unlock(&gate);
    worker_pool_free(pool);
    CHECK_INT(ran_count, 3);
    for (int i = 0; i < 3; i++) CHECK_INT(ran[i], i);
    CHECK_INT(atomic_load(&runs), 2);
}

/* It is about to take what there is. */
TEST(nothing_is_lent_while_a_thread_is_free)
{
    int number = 0;
    void *lent[1];
    ran_count = 0;
    struct worker_pool *pool = worker_pool_new(1, 4, "test");
    usleep(20000); /* it waits by now, or has nothing to be lent */
    CHECK_OK(worker_pool_submit(pool, note, &number));
    CHECK_INT(worker_pool_lend(pool, note, lent, 1), 0);
    worker_pool_free(pool);
    CHECK_INT(ran_count, 1);
}

static void add_to(void *argument)
{
    int *number = argument;
    *number += 1;
}

TEST(arguments_arrive)
{
    int numbers[50] = {0};
    struct worker_pool *pool = worker_pool_new(3, 50, "test");
    for (int i = 0; i < 50; i++) CHECK_OK(worker_pool_submit(pool, add_to, &numbers[i]));
    worker_pool_free(pool);
    for (int i = 0; i < 50; i++) CHECK_INT(numbers[i], 1);
}

static struct worker_pool *own_pool;
static atomic_int own_result;

static void submit_again(void *argument)
{
    (void)argument;
    atomic_store(&own_result, (int)worker_pool_submit(own_pool, count, NULL));
}

TEST(a_task_may_submit)
{
    atomic_store(&runs, 0);
    atomic_store(&own_result, -1);
    own_pool = worker_pool_new(1, 4, "test");
    CHECK_OK(worker_pool_submit(own_pool, submit_again, NULL));
    while (atomic_load(&own_result) == -1) usleep(500);
    worker_pool_free(own_pool);
    CHECK_INT(atomic_load(&own_result), OK);
    CHECK_INT(atomic_load(&runs), 1);
}

static void look_at_signals(void *argument)
{
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    *(bool *)argument = sigismember(&mask, SIGTERM) == 1;
}

TEST(signals_are_left_to_the_main_thread)
{
    bool blocked = false;
    struct worker_pool *pool = worker_pool_new(1, 1, "test");
    CHECK_OK(worker_pool_submit(pool, look_at_signals, &blocked));
    worker_pool_free(pool);
    CHECK(blocked);
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    CHECK(sigismember(&mask, SIGTERM) == 0);
}

TEST(an_idle_pool_and_none_are_freed)
{
    worker_pool_free(worker_pool_new(4, 4, "idle"));
    worker_pool_free(NULL);
}

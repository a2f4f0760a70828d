/* Every named statement of every floor and feature is prepared against the migrated schema: a wrong column is found here and not by
 * a user. The list is made by the build from `careerprep_statements` (statements.h).
 */
#include "statements.h"
#include "test.h"
#include "test_store.h"

TEST(every_statement_can_be_prepared)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&store, 1));
    size_t checked = 0;
    for (size_t i = 0; i < COUNT_OF(statement_lists); i++) {
        CHECK(*statement_lists[i].count > 0);
        for (size_t j = 0; j < *statement_lists[i].count; j++, checked++)
            CHECK_OK(db_prepare_check(store.db, statement_lists[i].statements[j]));
    }
    CHECK(checked > 0);
    printf("%zu statements of %zu files\n", checked, COUNT_OF(statement_lists));
}

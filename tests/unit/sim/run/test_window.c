#include "fixture.h"

#include "window.h"

static void results_wait_for_their_turn(void **state)
{
    struct fixture *f = *state;
    struct window w;
    assert_int_equal(window_init(&w, &f->d, 4), 0);
    struct rep_input_key key = {.present = {true}}, none = {.present = {false}};
    assert_int_equal(window_put_lost(&w, 1, OUTCOME_CRASH, "b", &none), 0);
    window_done(&w, 1);
    assert_null(window_turn(&w));
    assert_int_equal(window_put_lost(&w, 0, OUTCOME_CRASH, "a", &key), 0);
    assert_null(window_turn(&w)); /* another attempt may come */
    assert_int_equal(window_put_lost(&w, 0, OUTCOME_CRASH, "c", &key), 0);
    window_done(&w, 0);
    assert_int_equal(window_attempts(&w, 0)->n, 2);
    assert_memory_equal(window_turn(&w)->attempts.v[0].bytes, "a", 1);
    assert_memory_equal(window_turn(&w)->attempts.v[1].bytes, "c", 1);
    assert_true(window_turn(&w)->key.present[REP_SPEC]);
    window_advance(&w);
    assert_false(window_turn(&w)->key.present[REP_SPEC]);
    assert_memory_equal(window_turn(&w)->attempts.v[0].bytes, "b", 1);
    window_advance(&w);
    assert_null(window_turn(&w));
    assert_int_equal(w.bytes, 0);
    window_release(&w);
}

static void no_room_past_the_end(void **state)
{
    struct fixture *f = *state;
    struct window w;
    assert_int_equal(window_init(&w, &f->d, 2), 0);
    assert_true(window_has_room(&w, 0));
    assert_true(window_has_room(&w, 1));
    assert_false(window_has_room(&w, 2));
    struct rep_input_key none = {.present = {false}};
    assert_int_equal(window_put_lost(&w, 0, OUTCOME_CRASH, "x", &none), 0);
    window_done(&w, 0);
    assert_int_equal(window_turn(&w)->attempts.v[0].brief.outcome, OUTCOME_CRASH);
    assert_int_equal(window_put_result(&w, 1, "x", 1), -EBADMSG);
    window_advance(&w);
    assert_true(window_has_room(&w, 2));
    window_release(&w);
}

static void bytes_are_bounded_but_for_the_next_in_turn(void **state)
{
    struct fixture *f = *state;
    struct window w;
    assert_int_equal(window_init(&w, &f->d, 8), 0);
    w.bytes = LIMIT_WINDOW_BYTES;
    assert_true(window_has_room(&w, 0));
    assert_false(window_has_room(&w, 1));
    w.bytes = 0;
    window_release(&w);
}

int main(void)
{
    const struct CMUnitTest window_tests[] = {
        test(results_wait_for_their_turn),
        test(no_room_past_the_end),
        test(bytes_are_bounded_but_for_the_next_in_turn),
    };
    return cmocka_run_group_tests(window_tests, NULL, NULL);
}

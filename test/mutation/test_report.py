"""How mutants are counted, and which are in a sample."""

from __future__ import annotations

from mutation.report import count, is_chosen, judge, stale

VERDICTS = {
    "_auth/token.py f: a -> b": "killed",
    "_auth/token.py f: a -> c": "timed out",
    "_auth/token.py f: a -> d": "survived",
    "_auth/token.py f: a -> e": "not reached",
    "_transport/retry.py f: a -> b": "survived",
}


def test_the_score_is_the_share_of_what_can_be_noticed() -> None:
    auth, transport, retry = count(
        judge(VERDICTS, ["_auth/token.py f: a -> d"]),
        {"_auth": 0.67, "_transport": 0.0, "_transport/retry.py": 0.1},
    )

    assert str(auth) == "| `_auth` | 4 | 1 | 1 | 1 | 1 | 66.7% | 0 |"
    assert (auth.falls_short, transport.falls_short, retry.falls_short) == (True, False, True)


def test_a_room_of_which_nothing_was_tried_does_not_fall_short() -> None:
    [room] = count({}, {"_wire": 0.9})

    assert not room.falls_short


def test_an_explanation_is_stale_once_a_test_notices_the_change_or_the_code_has_gone() -> None:
    explained = ["_auth/token.py f: a -> b", "_auth/token.py f: a -> d", "_auth/gone.py f: a -> b"]

    assert judge(VERDICTS, explained)["_auth/token.py f: a -> b"] == "killed"
    assert stale(explained, VERDICTS, VERDICTS) == [
        "_auth/token.py f: a -> b",
        "_auth/gone.py f: a -> b",
    ]


def test_a_sample_is_about_the_share_always_the_same_and_within_every_larger_one() -> None:
    keys = [f"_auth/token.py f: a -> {number}" for number in range(2000)]
    half = {key for key in keys if is_chosen(key, 0.5)}
    more = {key for key in keys if is_chosen(key, 0.6)}

    assert 900 < len(half) < 1100
    assert half < more
    assert all(is_chosen(key, 1.0) for key in keys)

"""The rows behind a key: a condition for each column, and numbers for an ENUM."""

from betpnl.source.paging import beyond


def test_the_first_page_takes_all_that_have_a_key() -> None:
    assert beyond(["`a`", "`b`"], ["int", "int"], None) == (
        "`a` IS NOT NULL AND `b` IS NOT NULL",
        [],
    )


def test_each_column_counts_where_those_before_are_the_same() -> None:
    assert beyond(["`a`", "`b`"], ["bigint unsigned", "varchar(9)"], (3, "x")) == (
        "(`a` > %s) OR (`a` = %s AND `b` > %s)",
        [3, 3, "x"],
    )


def test_an_enum_goes_on_by_its_numbers() -> None:
    kind = "enum('zz','it''s','a,b')"

    assert beyond(["`a`", "`b`"], [kind, "int"], ("zz", 7)) == (
        "(`a` IN %s) OR (`a` = %s AND `b` > %s)",
        [[2, 3], "zz", 7],
    )
    assert beyond(["`a`"], [kind], ("it's",)) == ("(`a` IN %s)", [[3]])


def test_nothing_is_behind_the_last_label_of_an_enum() -> None:
    assert beyond(["`a`"], ["enum('b','a')"], ("a",)) == ("(`a` IN %s)", [[None]])


def test_what_is_no_label_stands_before_all_others() -> None:
    assert beyond(["`a`"], ["enum('b','a')"], ("",)) == ("(`a` IN %s)", [[1, 2]])

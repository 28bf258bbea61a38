"""Columns and lines of a chart stand where their numbers say."""

from clinic.web.plots import BOTTOM, LEFT, RIGHT, TOP, Plot, Series

WEEKS = ["2 Mar", "9 Mar", "16 Mar"]


def test_pieces_of_a_column_stand_on_each_other_and_nothing_is_not_drawn() -> None:
    plot = Plot(words="", labels=WEEKS, stacks=[Series("", [2, None, 4]), Series("bad", [2, 0, 0])])
    low, high, last = plot.boxes
    assert (low.look, high.look, last.x > low.x) == ("", "bad", True)
    assert high.y + high.height == low.y
    assert low.y + low.height == BOTTOM
    assert (high.y, last.y) == (TOP, TOP)


def test_a_line_has_a_gap_where_there_is_no_number() -> None:
    plot = Plot(words="", labels=WEEKS, lines=[Series("measure", [4, None, 0])])
    ((look, path, points),) = plot.drawn
    assert (look, path.count("M"), path.count("L")) == ("measure", 2, 0)
    assert [y for _x, y in points] == [TOP, BOTTOM]
    assert all(LEFT < x < RIGHT for x, _y in points)


def test_the_scale_ends_at_a_round_number_whose_half_is_whole() -> None:
    tops = {
        highest: Plot(words="", labels=["now"], stacks=[Series("", [highest])]).levels[-1][0]
        for highest in (0, 3, 5, 9, 11, 37, 101, 999)
    }
    assert tops == {0: "4", 3: "4", 5: "6", 9: "10", 11: "20", 37: "40", 101: "200", 999: "1000"}


def test_at_most_six_labels_are_named_and_the_last_is_one_of_them() -> None:
    labels = [str(number) for number in range(53)]
    named = [words for words, _x in Plot(words="", labels=labels).named]
    assert len(named) <= 6
    assert named[-1] == "52"
    assert Plot(words="", labels=[]).named == []

"""Small graphics: sizes in attributes, clamped to their frame, never an inline style."""

import re

from clinic.templatetags.charts import band, pips, share, spark


def _numbers(drawing: str, attribute: str) -> list[float]:
    return [float(found) for found in re.findall(rf'\b{attribute}="(-?[\d.]+)"', drawing)]


def test_a_spark_line_ends_in_a_mark_at_the_last_value() -> None:
    drawing = spark([3, 5, 7], 10, "bad")
    assert 'class="ln bad"' in drawing
    assert 'cx="82.0" cy="9.2"' in drawing


def test_a_spark_line_of_one_value_is_one_mark_at_the_end() -> None:
    assert 'cx="82.0"' in spark([4])


def test_a_spark_line_of_nothing_draws_nothing() -> None:
    assert spark([]) == ""


def test_a_value_above_the_top_stays_in_its_frame() -> None:
    assert min(_numbers(spark([12], 10), "cy")) >= 2


def test_the_mark_of_a_value_outside_its_range_warns() -> None:
    assert 'class="band-mark warn"' in band(12, 5, 10, 20)
    assert 'class="band-mark "' in band(10, 5, 10, 20)


def test_the_range_stands_where_its_numbers_say() -> None:
    drawing = band(None, 5, 10, 20)
    assert 'class="band-range" x="25.0" y="1" width="25.0"' in drawing
    assert "band-mark" not in drawing


def test_more_than_the_whole_fills_the_bar_and_no_more() -> None:
    assert max(_numbers(share(210, 100), "width")) == 100


def test_the_limit_is_a_line_of_its_own() -> None:
    assert 'class="share-limit" x="80.0"' in share(76, 100, 80)


def test_a_whole_of_nothing_is_no_fault() -> None:
    assert "<svg" in share(0, 0)
    assert "<svg" in band(1, 1, 1, 0)


def test_pips_show_the_taken_seats_filled() -> None:
    drawing = pips(5, 8)
    assert drawing.count('class="on"') == 5
    assert drawing.count('class="off"') == 3

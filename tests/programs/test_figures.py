"""The exercise figures: sound anatomy, and pictures that are small, safe and always the same."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from programs.figures import catalogue, checks, poses, scene
from programs.figures.kinematics import gait, motion, solve
from programs.figures.poses import Figure, Pose
from programs.figures.themes import Theme
from programs.figures.vectors import Vec

ARTICLE = ("knee_to_chest", "curl_up", "rotation_stretch", "walking")
THEMES: tuple[Theme | None, ...] = (None, "light", "dark", "mono")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def stills() -> dict[str, str]:
    """Every figure's still, drawn once."""
    return {name: catalogue.still(name) for name in catalogue.names()}


def _bent(figure: Figure, **angles: Vec) -> Figure:
    """The figure with some joints of its end pose set to other angles."""
    end: Pose = replace(figure.end, angles={**figure.end.angles, **angles})
    return replace(figure, end=end)


def _reflected(point: Vec) -> Vec:
    """The point seen in the plane that parts left from right."""
    return (point[0], -point[1], point[2])


def _drawing(text: str) -> str:
    """What is drawn, without title and style."""
    return text.split("</style>")[1].removesuffix("</svg>\n")


def test_the_exercises_of_the_article_have_a_figure() -> None:
    assert set(ARTICLE) <= set(catalogue.names())
    assert len(catalogue.names()) == 12


@pytest.mark.parametrize("name", catalogue.names())
def test_every_figure_is_anatomically_sound(name: str) -> None:
    assert catalogue.check(name) == []


def test_a_knee_bent_backwards_is_found() -> None:
    walking = poses.figures()["walking"]
    assert checks.faults(walking) == []
    assert checks.faults(_bent(walking, knee_r=(-30.0, 0.0, 0.0))) == [
        "end: knee_r is at -30 degrees, its limit is -3 to 150",
        "frame 4: knee_l is at -30 degrees, its limit is -3 to 150",  # the same stride on the other side
    ]


def test_a_leg_through_the_other_leg_is_found() -> None:
    crossed = _bent(
        poses.figures()["walking"], hip_r=(0.0, -12.0, 0.0), hip_l=(0.0, -12.0, 0.0), knee_l=(0.0, 0.0, 0.0)
    )
    assert any("shin_l runs through shin_r" in fault for fault in checks.faults(crossed))


def test_a_body_in_the_air_and_a_body_in_the_floor_are_found() -> None:
    bridge = poses.figures()["side_bridge"]
    for height, words in ((0.60, "the body floats"), (0.20, "under the floor")):
        root = replace(bridge.end.root, pos=(0.0, 0.0, height))
        moved = replace(bridge, end=replace(bridge.end, root=root, grips=()))
        assert any(words in fault for fault in checks.faults(moved))


@pytest.mark.parametrize("name", ["cycling", "swimming"])
def test_a_body_in_the_air_is_sound_only_where_something_carries_it(name: str) -> None:
    figure = poses.figures()[name]
    lifted = replace(figure.end.root, pos=(*figure.end.root.pos[:2], 1.5))
    raised = replace(figure, end=replace(figure.end, root=lifted, grips=()))
    assert checks.faults(raised) == []
    alone = replace(raised, stage=replace(figure.stage, bars=(), water=None))
    assert any("the body floats" in fault for fault in checks.faults(alone))


def test_a_bicycle_stands_behind_its_rider_and_water_before_its_swimmer(stills: dict[str, str]) -> None:
    """Farther things are drawn first; the whole bicycle is inside the picture."""
    cycling, swimming = _drawing(stills["cycling"]), _drawing(stills["swimming"])
    assert cycling.rindex("fg-wood2") < cycling.index("fg-skin")
    assert swimming.index("fg-mat") > swimming.rindex("fg-skin")
    figure = poses.figures()["cycling"]
    camera = scene.framed(figure, motion(figure))
    for bar in figure.stage.bars:
        for x, y in map(camera.xy, (bar.start, bar.stop)):
            assert 0 < x < scene.WIDTH
            assert 0 < y < scene.HEIGHT


def test_a_hand_that_cannot_reach_is_found() -> None:
    bridge = poses.figures()["side_bridge"]
    far_away = replace(bridge.end.grips[0], target=poses.Anchor((-2.0, 0.0, 0.0)))
    faults = checks.faults(replace(bridge, end=replace(bridge.end, grips=(far_away,))))
    assert any(re.fullmatch(r"arm_r ends \d+\.\d cm short of its target", fault) for fault in faults)


def test_the_working_side_is_the_side_that_moves() -> None:
    knee, _ = solve(poses.figures()["knee_to_chest"].end)
    assert catalogue.side("knee_to_chest") == "right"
    assert knee.joint["shin_r"][0] < knee.joint["shin_l"][0]  # nearer to the head, which lies towards -x
    stretch, _ = solve(poses.figures()["rotation_stretch"].end)
    assert catalogue.side("rotation_stretch") == "right"
    assert stretch.joint["shin_l"][1] < 0  # both knees lie on the person's right
    assert stretch.joint["shin_r"][1] < 0
    assert catalogue.side("walking") is None


@pytest.mark.parametrize("theme", THEMES)
def test_a_still_is_well_formed_and_refers_to_nothing_outside(theme: Theme | None) -> None:
    for name in ARTICLE:
        text = catalogue.still(name, theme=theme)
        root = ET.fromstring(text)  # noqa: S314  # our own text
        assert root.tag == f"{SVG}svg"
        assert root.get("viewBox") == "0 0 480 360"
        assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
            "svg",
            "title",
            "desc",
            "style",
            "g",
            "path",
        }
        assert not any(
            key.startswith("on") or key in {"href", "style"} for e in root.iter() for key in e.attrib
        )
        assert "url(" not in text
        assert "@import" not in text
        assert text.count("http") == 1  # the namespace


def test_a_still_is_small_and_quickly_drawn(stills: dict[str, str]) -> None:
    sizes = {name: len(gzip.compress(text.encode())) for name, text in stills.items()}
    assert max(sizes.values()) <= 15_000
    before = time.process_time()
    scene.picture(poses.figures()["knee_to_chest"])
    assert time.process_time() - before <= 0.5


def test_a_still_is_the_same_text_each_time(stills: dict[str, str]) -> None:
    for name in ARTICLE:
        assert scene.picture(poses.figures()[name]).whole == _drawing(stills[name])


def test_the_other_side_is_the_reflection(stills: dict[str, str]) -> None:
    for name in ARTICLE:
        other = _drawing(catalogue.still(name, mirrored=True))
        found = re.fullmatch(
            r'<g transform="matrix\(-1 0 0 1 480 0\)">(.*)</g>', other, re.DOTALL
        )  # x → 480 - x
        assert found is not None
        assert found[1] == _drawing(stills[name])


def test_a_still_without_a_theme_follows_the_reader_and_the_page(stills: dict[str, str]) -> None:
    assert "@media(prefers-color-scheme:dark)" in stills["curl_up"]
    assert "var(--fig-arrow,#a8521f)" in stills["curl_up"]


def test_a_theme_fixes_every_colour() -> None:
    light, dark, mono = (catalogue.still("curl_up", theme=theme) for theme in ("light", "dark", "mono"))
    assert len({light, dark, mono}) == 3
    for text in (light, dark, mono):
        assert "var(" not in text
        assert "prefers-color-scheme" not in text
        assert "@" not in text.replace("@media", "")
    greys = {
        colour
        for colour in re.findall(r"#([0-9a-f]{6})", mono)
        if len({colour[:2], colour[2:4], colour[4:]}) > 1
    }
    assert greys == set()


def test_pictures_on_one_page_share_no_id(stills: dict[str, str]) -> None:
    others = [
        catalogue.still("curl_up", mirrored=True),
        catalogue.resting("curl_up"),
        catalogue.moving("bird_dog"),
    ]
    page = "".join([*stills.values(), *others])
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", ["knee_to_chest", "curl_up", "rotation_stretch"])
def test_a_moving_figure_holds_as_long_as_the_dose_says(name: str) -> None:
    text = catalogue.moving(name, hold_s=8.0)
    root = ET.fromstring(text)  # noqa: S314  # our own text
    animations = list(root.iter(f"{SVG}animate"))
    assert {a.get("dur") for a in animations} == {"12.2s"}  # 1.6 out, 8 hold, 1.6 back, 1 rest
    morphs = [a for a in animations if a.get("attributeName") == "d"]
    assert morphs
    for morph in morphs:
        shapes, times = morph.get("values", "").split(";"), morph.get("keyTimes", "").split(";")
        assert len(shapes) == len(times)
        assert (
            len({re.sub(r"[\d. -]+", " ", shape) for shape in shapes}) == 1
        )  # the same commands: it can be morphed
    assert sum(e.get("class") == "fg-dot0" for e in root.iter()) == 8
    assert "script" not in text
    assert "prefers-reduced-motion" in text


def test_the_resting_pose_stands_in_the_frame_of_the_still_without_ghost_and_arrow(
    stills: dict[str, str],
) -> None:
    rest = catalogue.resting("knee_to_chest")
    mat = re.compile(r'<path class="fg-edge" d="[^"]+"/>')
    assert mat.findall(rest) == mat.findall(stills["knee_to_chest"])
    for piece in ("fg-ghost", "fg-shaft"):
        assert f'class="{piece}"' in stills["knee_to_chest"]
        assert f'class="{piece}"' not in rest


def test_a_walk_goes_round_without_a_stop() -> None:
    root = ET.fromstring(catalogue.moving("walking"))  # noqa: S314  # our own text
    morphs = [a for a in root.iter(f"{SVG}animate") if a.get("attributeName") == "d"]
    assert morphs
    for morph in morphs:
        shapes = morph.get("values", "").split(";")
        assert len(shapes) == 9
        assert shapes[0] == shapes[-1]
    assert not any(e.get("class") == "fg-dot0" for e in root.iter())


def test_the_second_step_of_a_walk_is_the_first_on_the_other_side() -> None:
    stride = gait(poses.figures()["walking"])
    for here, there in zip(stride[:4], stride[4:], strict=True):
        for left, right in (("foot_l", "foot_r"), ("hand_r", "hand_l")):
            assert here.joint[left] == pytest.approx(_reflected(there.joint[right]))


def test_an_unknown_name_is_refused_and_says_what_there_is() -> None:
    for ask in (catalogue.still, catalogue.resting, catalogue.moving, catalogue.check, catalogue.side):
        with pytest.raises(catalogue.UnknownFigure, match="Choose one of: knee_to_chest, curl_up"):
            ask("handstand")


def test_one_command_writes_the_contact_sheet(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "programs.figures", str(tmp_path), "walking"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    sheet = (tmp_path / "contact.html").read_text(encoding="utf-8")
    for file in ("walking-light.svg", "walking-dark.svg"):
        assert file in sheet
    alone = (tmp_path / "walking-dark.svg").read_text(encoding="utf-8")
    assert alone == catalogue.still("walking", theme="dark")  # another process draws the same text

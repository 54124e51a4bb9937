"""What the page says, read from its HTML."""

import re
from html.parser import HTMLParser

import pytest

from harness.errors import InputError
from harness.record import Evidence, RunRecord, ShipRecord
from harness.report.page import MOST_INLINE, write_page
from tests.support import records


class Outline(HTMLParser):
    """Elements, attributes and text of a page."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data

    def every(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def render(record, folder, media=True):
    html = write_page(records.write(record, folder, media)).read_text(encoding="utf-8")
    return html, Outline(html)


@pytest.mark.parametrize(
    ("decision", "words"), [("yes", "SHIP"), ("no", "DO NOT SHIP"), ("unknown", "CANNOT SAY")]
)
def test_the_decision_stands_in_the_title_and_the_heading(tmp_path, decision, words):
    record = records.run([records.case("test_one", playbacks=[records.playback()])], decision, ["because"])
    html, page = render(record, tmp_path)
    assert re.search(r"<h1[^>]*>(.*?)</h1>", html, re.S).group(1).split("</svg>")[1].strip() == words
    assert f"<title>{words} ·" in html
    assert "Because." in page.text
    assert f'class="decision is-{decision}"' in html


@pytest.mark.parametrize("cases", [[], [records.case("test_one")], [records.case("test_one", "skipped")]])
def test_a_run_that_measured_nothing_never_says_ship(tmp_path, cases):
    html, page = render(records.run(cases, "yes"), tmp_path)
    assert "CANNOT SAY" in page.text
    assert "is-yes" not in html


def test_what_was_not_measured_is_never_shown_as_clear(tmp_path):
    lame = records.playback(checks=[])
    _, page = render(records.run([records.case("test_one", playbacks=[lame])]), tmp_path)
    cells = [cell["class"] for cell in page.every("td") if "cell" in cell.get("class", "")]
    assert cells == ["cell not_measured"]
    assert "1 test of 1 measured nothing" in page.text
    assert "29 of 29 kinds of defect were looked for in no test" in page.text


def test_a_defect_missed_in_one_of_two_playbacks_is_not_clear(tmp_path):
    blind = records.playback(checks=records.checks(stutter="not_measured"))
    case = records.case("test_one", playbacks=[records.playback(), blind])
    html, page = render(records.run([case]), tmp_path)
    assert 'title="stutter: not measured"' in html
    assert "stutter in 1 of 2 playbacks" in page.text


def test_a_check_that_is_clear_because_a_finding_was_explained_says_so(tmp_path):
    held = records.freeze(judged=False, explained_by="key PAUSE")
    calm = records.playback(findings=[held])
    next(one for one in calm.checks if one.defect == "freeze_frame").reason = "explained by key PAUSE"
    html, page = render(records.run([records.case("test_one", playbacks=[calm])]), tmp_path)
    assert 'title="freeze frame: found, but explained or tolerated"' in html
    assert "explained by key PAUSE: freeze frame" in page.text


def test_a_check_without_a_clear_answer_is_told_on_the_first_screen(varied):
    text = Outline(varied.read_text(encoding="utf-8")).text
    assert "freeze frame and stutter in 1 of 6 playbacks (touches a gap of the rig)" in text


def test_a_message_without_end_is_cut(tmp_path):
    case = records.case("test_one", "failed", message="x" * 1_000_000)
    html, page = render(records.run([case]), tmp_path)
    assert len(html) < 50_000
    assert "the rest is in run.json" in page.text


def test_every_outcome_has_its_section_and_rig_errors_have_their_own(varied):
    html = varied.read_text(encoding="utf-8")
    sections = {
        group: html.split(f'id="group-{group}"')[1].split('</section>\n<section class="group ')[0]
        for group in ("failed", "inconclusive", "rig", "skipped", "passed")
    }
    assert "test_home_opens" in sections["failed"]
    assert "CaptureLost" in sections["rig"]
    assert "this is not a defect of the device" in sections["rig"]
    assert "this is not a defect of the device" not in sections["failed"]
    assert "zap to news" in sections["inconclusive"]


def test_explained_findings_stand_apart_and_name_what_explains_them(varied):
    html = varied.read_text(encoding="utf-8")
    assert html.index("Defects</h5>") < html.index("Explained or tolerated, not counted</h5>")
    explained = html.split('id="case-2-finding-3"')[1].split("</article>")[0]
    assert "Explained by <b>key PAUSE</b>" in explained
    assert 'class="finding is-noted" id="case-2-finding-3"' in html


def test_a_finding_shows_stills_clip_sound_and_its_curve(varied):
    html = varied.read_text(encoding="utf-8")
    freeze = Outline(html.split('id="case-2-finding-1"')[1].split("</article>")[0])
    silence = Outline(html.split('id="case-2-finding-2"')[1].split("</article>")[0])
    assert [image["alt"].split(" the ")[0] for image in freeze.every("img")] == [
        "Still before",
        "Still in",
        "Still after",
    ]
    assert freeze.every("video")[0]["src"] == "evidence/freeze/clip.mp4"
    assert [image["src"] for image in silence.every("img")] == [
        "evidence/silence/waveform.png",
        "evidence/silence/spectrogram.png",
    ]
    assert {image["loading"] for image in freeze.every("img")} == {"lazy"}
    assert any(path["class"] == "curve" and path["d"].startswith("M0 ") for path in freeze.every("path"))
    assert "mean absolute luma change, 8-bit code value" in freeze.text
    assert "limit 0.05" in freeze.text


def test_evidence_that_could_not_be_made_says_why(varied):
    assert "Evidence missing: still: the frame was lost with the gap" in varied.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../secret.jpg",
        "javascript:alert(1)",
        "https://example.org/a.jpg",
        "C:\\a.jpg",
        "no.jpg",
    ],
)
def test_a_path_outside_the_run_becomes_text(tmp_path, path):
    (tmp_path / "secret.jpg").write_bytes(b"")
    finding = records.freeze(evidence=Evidence(still_in=path, clip=path))
    case = records.case(
        "test_one", "failed", playbacks=[records.playback("fail", recording=path, findings=[finding])]
    )
    html, page = render(records.run([case]), tmp_path / "run")
    targets = [attributes.get(name) for _, attributes in page.elements for name in ("href", "src", "poster")]
    assert path not in targets
    assert not [target for target in targets if target and "alert" in target]
    assert path in page.text
    assert 'class="broken"' in html


def test_a_link_that_leaves_the_run_by_a_symlink_becomes_text(tmp_path):
    (tmp_path / "secret.jpg").write_bytes(b"")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "inside.jpg").symlink_to(tmp_path / "secret.jpg")
    finding = records.freeze(evidence=Evidence(still_in="inside.jpg"))
    case = records.case("test_one", "failed", playbacks=[records.playback("fail", findings=[finding])])
    _, page = render(records.run([case]), tmp_path / "run")
    assert not page.every("img")
    assert "outside the run folder" in page.text


def test_odd_but_honest_file_names_become_urls(tmp_path):
    (tmp_path / "a b#1?.jpg").write_bytes(b"")
    finding = records.freeze(evidence=Evidence(still_in="a b#1?.jpg"))
    case = records.case("test_one", "failed", playbacks=[records.playback("fail", findings=[finding])])
    _, page = render(records.run([case]), tmp_path)
    assert [image["src"] for image in page.every("img")] == ["a%20b%231%3F.jpg"]


def hostile(value, key=""):
    """Return a record in which every free text is hostile."""
    if isinstance(value, dict):
        return {name: hostile(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [hostile(item, key) for item in value]
    kept = {"schema", "outcome", "phase", "blame", "verdict", "status", "decision", "standing"}
    return records.HOSTILE if isinstance(value, str) and key not in kept else value


def test_hostile_text_stays_text_everywhere(tmp_path):
    record = RunRecord.model_validate(hostile(records.varied().model_dump(mode="json", by_alias=True)))
    clean_html, clean = render(records.varied(), tmp_path / "clean", media=False)
    html, page = render(record, tmp_path / "hostile", media=False)
    assert [item.get("src") for item in page.every("script")] == ["assets/report.js"]
    assert {tag for tag, _ in page.elements} <= {tag for tag, _ in clean.elements}
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert "49" not in re.findall(r"\{\{.*?\}\}|(?<=\})49", html)
    assert "{{ 7*7 }}" in page.text
    assert "\u202e" not in html
    assert "\\u202egnp.exe" in page.text
    assert clean_html.count("<svg") >= html.count("<svg") > 5


def test_device_text_in_a_drawing_is_escaped(tmp_path):
    finding = records.freeze(metric=records.HOSTILE, evidence=Evidence(curve=records.curve(6.2, 8.0)))
    finding.evidence.curve.name = finding.evidence.curve.unit = records.HOSTILE
    key = records.KeyRecord(key=records.HOSTILE, start_s=1, end_s=1, via="ir")
    case = records.case(
        "test_one", "failed", playbacks=[records.playback("fail", findings=[finding], keys=[key])]
    )
    html, page = render(records.run([case]), tmp_path)
    assert "<img src=x" not in html
    assert [item.get("src") for item in page.every("script")] == ["assets/report.js"]


def test_the_page_needs_no_inline_style_or_script(varied):
    page = Outline(varied.read_text(encoding="utf-8"))
    assert not page.every("style")
    assert not [attributes for _, attributes in page.elements if "style" in attributes]
    assert all("src" in script for script in page.every("script"))


def test_every_link_within_the_page_has_its_target(varied):
    page = Outline(varied.read_text(encoding="utf-8"))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    wanted = {link["href"][1:] for link in page.every("a") if link.get("href", "").startswith("#")}
    assert "case-2-finding-1" in wanted
    assert wanted <= set(ids)


def test_numbers_that_are_none_do_not_break_the_page(tmp_path):
    bad = float("nan")
    finding = records.freeze(start_s=bad, end_s=float("inf"), peak=bad, confidence=bad, limit=bad)
    broken = records.playback(
        "fail", findings=[finding], duration_s=1e300, judged_from_s=-5, start_up_s=float("inf")
    )
    case = records.case("test_one", "failed", playbacks=[broken], duration_s=-1, started="yesterday")
    _, page = render(records.run([case], duration_s=bad, started=""), tmp_path)
    assert "playback never began" in page.text
    assert "peak unknown" in page.text
    assert "freeze frame" in page.text


def test_beyond_a_number_of_tests_the_evidence_goes_to_pages_of_its_own(tmp_path):
    record = records.many(MOST_INLINE + 60, MOST_INLINE + 2)
    html, _ = render(record, tmp_path)
    pages = sorted((tmp_path / "cases").iterdir())
    assert len(pages) == 2
    last = f"case-{MOST_INLINE + 2}"
    assert pages[-1].name == f"{last}.html"
    assert f'href="cases/{last}.html"' in html
    own = Outline(pages[-1].read_text(encoding="utf-8"))
    assert own.every("link")[1]["href"] == "../assets/report.css"
    assert own.every("img")[0]["src"] == "../evidence/freeze/before.jpg"
    assert f"{last}-finding-1" in {attributes.get("id") for attributes in own.every("article")}


@pytest.mark.fuller
def test_four_thousand_tests_make_a_light_page(crowd):
    html = crowd.read_text(encoding="utf-8")
    page = Outline(html)
    assert len(html) < 6_000_000
    assert len(page.elements) < 80_000
    assert len(page.every("tr")) < 3_000
    unfolded = [item for item in page.every("details") if "open" in item]
    assert len(unfolded) == 25
    assert len([item for item in page.every("details") if item.get("class", "").startswith("case ")]) == 4000


@pytest.mark.fuller
def test_many_tests_fold_into_plans(crowd):
    html = crowd.read_text(encoding="utf-8")
    assert "Plans and defects" in html
    assert 'title="freeze frame: found in 4 of 80 tests"' in html


def test_a_reader_never_sees_half_a_page(tmp_path, monkeypatch):
    folder = records.write(records.varied(), tmp_path)
    old = write_page(folder).read_text(encoding="utf-8")
    monkeypatch.setattr("harness.report.page.sum_up", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_page(folder)
    assert (folder / "index.html").read_text(encoding="utf-8") == old
    assert not list(folder.rglob("*.part"))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"schema": "harness.run/2"}', "\x00\xff", '{"a":' * 100_000, None]
)
def test_a_record_that_is_none_is_one_clear_line(tmp_path, text):
    if text is not None:
        (tmp_path / "run.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError) as told:
        write_page(tmp_path)
    assert "run.json" in str(told.value)
    assert "\n" not in str(told.value)


def test_the_default_reasons_are_written_where_the_record_has_none(tmp_path):
    record = records.varied().model_copy(update={"ship": ShipRecord(decision="no")})
    _, page = render(record, tmp_path)
    assert "2 tests failed: freeze frame and silence." in page.text


@pytest.mark.parametrize("outcome", ["passed", "failed"])
def test_a_note_is_seen_however_the_test_came_out(tmp_path, outcome):
    note = "the device did not answer, so its power was cycled: <b>adb</b>"
    html, page = render(records.run([records.case("test_one", outcome, notes=[note])]), tmp_path)
    assert note in page.text
    assert "<b>adb</b>" not in html

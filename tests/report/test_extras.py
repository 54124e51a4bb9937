"""The links that pytest-html gets."""

from urllib.parse import unquote, urlsplit

from harness.report.extras import case_links
from tests.support import records


def test_every_link_of_a_test_leads_to_a_file(tmp_path):
    run = records.write(records.varied(), tmp_path / "reports" / "a run")
    (run / "index.html").touch()
    report_dir = tmp_path / "html"
    links = case_links(records.varied().cases[1], 2, run, report_dir)
    assert [link.name for link in links] == [
        "release page",
        "freeze frame at 6.200 s: clip",
        "freeze frame at 6.200 s: still",
        "silence at 11.000 s: waveform",
        "silence at 11.000 s: spectrogram",
    ]
    assert links[0].url == "../reports/a%20run/index.html#case-2"
    assert all((report_dir / unquote(urlsplit(link.url).path)).resolve().is_file() for link in links)


def test_what_is_missing_or_outside_the_run_gets_no_link(tmp_path):
    (tmp_path / "secret.mkv").touch()
    case = records.case("test_one", playbacks=[records.playback(recording="../secret.mkv")])
    links = case_links(case, 1, tmp_path / "run", tmp_path)
    assert [link.url for link in links] == ["run/index.html#case-1"]


def test_names_hide_no_control_characters(tmp_path):
    (tmp_path / "a.mkv").touch()
    case = records.case("test_one", playbacks=[records.playback(recording="a.mkv", label="x\u202egnp\n")])
    assert case_links(case, 1, tmp_path, tmp_path)[1].name.startswith("recording x\\u202egnp")

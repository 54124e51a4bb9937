"""`harness report`."""

import pytest

from harness.cli import main
from tests.support import records


def test_it_writes_the_page_and_names_it(tmp_path, capsys):
    folder = records.write(records.varied(), tmp_path / "run")
    assert main(["report", str(folder)]) == 0
    assert capsys.readouterr().out.strip() == str(folder / "index.html")
    assert "DO NOT SHIP" in (folder / "index.html").read_text(encoding="utf-8")


def test_it_takes_the_record_itself(tmp_path):
    folder = records.write(records.varied(), tmp_path)
    assert main(["report", str(folder / "run.json")]) == 0
    assert (folder / "index.html").is_file()


def test_it_shows_the_page_only_when_asked(tmp_path, monkeypatch):
    shown = []
    monkeypatch.setattr("webbrowser.open", shown.append)
    folder = records.write(records.varied(), tmp_path)
    main(["report", str(folder)])
    assert shown == []
    main(["report", str(folder), "--open"])
    assert shown == [(folder / "index.html").as_uri()]


@pytest.mark.parametrize("text", [None, "", "{", '{"schema": "harness.run/1"}', "\udcff"])
def test_a_record_that_is_none_is_one_line_and_status_2(tmp_path, capsys, text):
    if text is not None:
        (tmp_path / "run.json").write_text(text, encoding="utf-8", errors="surrogateescape")
    assert main(["report", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "run.json" in told
    assert not (tmp_path / "index.html").exists()


def test_a_folder_that_cannot_be_written_is_one_line_and_status_2(tmp_path, capsys):
    folder = records.write(records.varied(), tmp_path)
    (folder / "assets").write_bytes(b"")
    assert main(["report", str(folder)]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "assets" in told

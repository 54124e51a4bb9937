"""Many files, several at a time: the same as one after the other, and one that fails stops no other."""

import json
import os
from pathlib import PosixPath

import pytest

from harness.cli import main
from harness.errors import InputError
from harness.run.analyze import find_criteria
from harness.run.many import analyze_many
from tests.support import planted


class Deadly(PosixPath):
    """A path that kills the process that it is handed to, as a file may that breaks a decoder."""

    def __reduce__(self):
        return os._exit, (9,)


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    return [
        planted.record(folder / f"{number}.mkv", *faults, seconds=2)
        for number, faults in enumerate([(), ("black_frames:start_s=0.8,duration_s=0.6",)])
    ]


@pytest.mark.fuller
def test_jobs_change_nothing_but_the_time(clips, tmp_path, capsys):
    found = []
    for jobs in ("1", "2"):
        out = tmp_path / f"{jobs}.json"
        files = [str(clips[0]), "/missing.mkv", str(clips[1])]
        assert main(["analyze", *files, "--jobs", jobs, "--json", str(out)]) == 2
        said = capsys.readouterr()
        assert "there is no such file" in said.err
        assert "Traceback" not in said.err
        found.append([{**item, "timing": None} for item in json.loads(out.read_text())])
    assert found[0] == found[1]
    assert [item["verdict"] for item in found[0]] == ["pass", "fail"]


@pytest.mark.fuller
def test_a_file_that_kills_its_process_is_told_and_the_others_are_done(clips):
    files = [clips[0], Deadly("/deadly.mkv"), clips[1]]
    done = list(analyze_many(files, find_criteria("default"), None, jobs=2))
    assert [isinstance(item, InputError) for item in done] == [False, True, False]
    assert "breaks the decoder" in str(done[1])
    assert [str(item.judgement.verdict) for item in (done[0], done[2])] == ["pass", "fail"]

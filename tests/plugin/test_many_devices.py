"""Many devices in one run: picked by label, spread over workers; one that keeps failing is set aside."""

import pytest

from harness.errors import InputError
from harness.plugin.aside import Aside, SetAside
from harness.plugin.labels import pick_devices
from harness.record import read_run
from tests.support import records

SOUND = 'name: {name}\nmodel: {model}\nfeatures: [{features}]\ncontrols: {{none: {{uri: "none:"}}}}\n'
DEAD = """name: Dead
model: TV 4K
features: [vod]
controls: {ir: {uri: "ir:/dev/ttyNOWHERE", keys: keymaps/dead.yaml}}
"""
KEYS = "protocol: nec\naddress: 4\nkeys: {HOME: 1}\n"
DEVICES = {
    "devices/alpha.yaml": SOUND.format(name="Alpha", model="TV 4K", features="vod, live"),
    "devices/beta.yaml": SOUND.format(name="Beta", model="Box", features="vod"),
    "devices/gamma.yaml": SOUND.format(name="Gamma", model="TV 8K", features="live"),
}
WITH_DEAD = {**DEVICES, "devices/dead.yaml": DEAD, "devices/keymaps/dead.yaml": KEYS}
PLAN = """
import pytest

@pytest.mark.parametrize("number", range(5))
def test_it(device, number):
    pass
"""


def outcomes(record):
    found = {}
    for case in record.cases:
        found.setdefault(case.device, []).append(case.outcome)
    return found


@pytest.fixture
def registered(tmp_path, monkeypatch):
    """Register the devices in the folder that is worked in."""
    for name, text in DEVICES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "devices"


@pytest.mark.parametrize(
    ("asked", "picked"),
    [
        (["model=TV 4K"], ("alpha",)),
        (["model=tv*"], ("alpha", "gamma")),
        (["name = beta"], ("beta",)),
        (["gamma", "model=tv 4k", "model=tv*"], ("gamma", "alpha")),
        (["beta", "feature=live"], ("beta", "alpha", "gamma", "virtual-stb", "virtual-stb-2")),
    ],
)
def test_a_label_picks_every_device_that_it_fits(registered, asked, picked):
    assert pick_devices(asked) == picked


@pytest.mark.parametrize(
    ("label", "says"),
    [
        (
            "model=TV 5K",
            "--device model=TV 5K: fits no device (did you mean 'TV 8K'?); known: Box, TV 4K, TV 8K",
        ),
        (
            "modle=x",
            "--device modle=x: no label 'modle' (did you mean 'model'?); known: model, feature, name",
        ),
        ("feature=hdr", "--device feature=hdr: fits no device; known: adb, "),
    ],
)
def test_a_label_that_fits_nothing_names_the_nearest(registered, label, says):
    with pytest.raises(InputError) as told:
        pick_devices([label])
    assert str(told.value).startswith(says)


def test_a_broken_file_may_hide_a_device_that_fits_so_it_is_told(registered):
    (registered / "delta.yaml").write_text("nme: x\n")
    with pytest.raises(InputError, match=r"delta.yaml:1: unknown key 'nme' \(did you mean 'name'\?\)"):
        pick_devices(["model=Box"])


@pytest.mark.fuller
def test_a_label_that_fits_nothing_is_one_line_on_the_command_line(plans):
    ran = plans({**DEVICES, "test_plan.py": PLAN}, "--device=model=TV 5K")
    assert ran.status == 4
    assert "ERROR: --device model=TV 5K: fits no device (did you mean 'TV 8K'?)" in ran.said
    assert "Traceback" not in ran.said


def _holds(record, page):
    assert outcomes(record) == {"alpha": ["passed"] * 5, "dead": ["error"] * 5, "beta": ["passed"] * 5}
    assert {case.name for case in record.cases} == {f"test_it[{number}]" for number in range(5)}
    messages = [case.message for case in record.cases if case.device == "dead"]
    assert all("/dev/ttyNOWHERE" in message for message in messages)
    tried, not_run = messages[:3], messages[3:]
    assert not any("set aside" in message for message in tried)
    (sentence,) = set(not_run)
    assert sentence.startswith("not run: dead was set aside after 3 errors in a row, the first of them: ")
    assert "\n" not in sentence
    assert record.set_aside == {"dead": sentence.removeprefix("not run: ")}
    assert record.ship.decision == "unknown"
    first = page[: page.index('class="omitted"')]
    assert "<b>Device set aside.</b> dead was set aside after 3 errors in a row" in first
    assert "2 tests were not run." in first


def test_a_device_that_fails_three_times_is_set_aside_and_stops_no_other(pytester, monkeypatch):
    for name, text in {**WITH_DEAD, "test_plan.py": PLAN}.items():
        path = pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(pytester.path))
    call = ("--device=model=TV 4K", "--device=beta", "-p", "no:cacheprovider", "-p", "no:xdist")
    ran = pytester.runpytest_inprocess(*call)
    assert ran.ret == 1
    ran.stdout.fnmatch_lines(["The rig of alpha was never qualified; run: harness devices qualify alpha"])
    ran.stdout.fnmatch_lines(["dead was set aside after 3 errors in a row, the first of them: infrared*"])
    (run,) = (pytester.path / "reports").iterdir()
    _holds(read_run(run / "run.json"), (run / "index.html").read_text())


@pytest.mark.fuller
def test_two_workers_set_it_aside_alike(plans):
    ran = plans({**WITH_DEAD, "test_plan.py": PLAN}, "--device=model=TV 4K", "--device=beta", "-n2")
    assert ran.status == 1, ran.said
    _holds(ran.record, (ran.run / "index.html").read_text())


def _took(*cases, device="alpha"):
    """Return what is set aside after tests that came out so: outcome, or (outcome, blame)."""
    aside = Aside()
    for number, came in enumerate(cases):
        outcome, blame = came if isinstance(came, tuple) else (came, None)
        message = f"error {number}: no signal\nmore of it"
        aside.note(records.case("test_it", outcome, device=device, blame=blame, message=message))
    return aside


RIG, PLANS_OWN, DEFECT = ("error", "rig"), ("error", "plan"), ("failed", "device")


@pytest.mark.parametrize(
    "cases",
    [
        [RIG, RIG],
        [RIG, RIG, DEFECT, RIG, RIG],
        [RIG, RIG, "passed", RIG, RIG],
        [RIG, RIG, "inconclusive", RIG],
        [PLANS_OWN] * 4,
        [DEFECT] * 9,
        ["skipped"] * 9,
    ],
)
def test_a_device_stays(cases):
    aside = _took(*cases)
    assert aside.reasons == {}
    aside.check("alpha")


@pytest.mark.parametrize(
    "cases", [[RIG] * 3, [RIG, RIG, "skipped", RIG], ["passed", RIG, RIG, RIG, "passed"]]
)
def test_three_errors_in_a_row_set_a_device_aside_with_the_first_of_them(cases):
    aside = _took(*cases)
    first = cases.index(RIG)
    sentence = f"alpha was set aside after 3 errors in a row, the first of them: error {first}: no signal"
    assert aside.reasons == {"alpha": sentence}
    with pytest.raises(SetAside, match=f"^not run: {sentence}$"):
        aside.check("alpha")
    aside.check("beta")

"""YAML plans are read strictly, and their steps run in the order in which a viewer would see them."""

import textwrap
from contextlib import contextmanager

import pytest

from harness.errors import DeviceError, InputError
from harness.plugin.yaml_schema import Case, Plan, load_plan
from harness.plugin.yaml_steps import run

PLAN = """
plan: live zapping
cases:
  - name: zap to news
    steps: [{reach: live}, {press: CHANNEL_UP, via: ir}, {watch_s: 3}]
    expect: {start_up_s: 2.5}
"""


def load(tmp_path, text):
    path = tmp_path / "plan.yaml"
    path.write_text(textwrap.dedent(text))
    return load_plan(path)


def test_a_plan_is_read_with_the_line_of_each_case(tmp_path):
    plan, lines = load(tmp_path, PLAN)
    assert plan.plan == "live zapping"
    assert lines == [4]
    assert [str(step) for step in plan.cases[0].steps] == [
        "reach: live",
        "press: CHANNEL_UP via ir",
        "watch_s: 3.0",
    ]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (
            ("reach: live", "reech: live"),
            "plan.yaml:5: unknown key 'cases.0.steps.0.reech' (did you mean 'reach'?)",
        ),
        (("start_up_s", "startup_s"), "did you mean 'start_up_s'?"),
        (("{watch_s: 3}", "{wait_s: 3}"), "has no watch_s step, so nothing would be judged"),
        (("{watch_s: 3}", "{watch_s: -3}"), "greater than 0"),
        (("{watch_s: 3}", "{watch_s: 3, wait_s: 3}"), "a step is one of"),
        (("{reach: live}", "{reach: live, via: ir}"), "via belongs to a press"),
        (
            ("expect: {start_up_s: 2.5}", "expect: {defects: [freeze]}"),
            "unknown defect 'freeze' (did you mean",
        ),
        (("expect: {start_up_s: 2.5}", "faults: ['freeze_frame:x']"), "cannot read 'x'"),
        (("name: zap to news", "name: 'a[b]'"), "pattern"),
        (("cases:", "casse:"), "unknown key 'casse'"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_the_nearest_name(tmp_path, wrong, says):
    with pytest.raises(InputError) as told:
        load(tmp_path, PLAN.replace(*wrong))
    assert says in str(told.value)
    assert "\n" not in str(told.value)


def test_two_cases_of_one_name_are_refused(tmp_path):
    twice = PLAN + "\n".join(PLAN.splitlines()[3:]) + "\n"
    with pytest.raises(InputError, match="two cases are called 'zap to news'"):
        load(tmp_path, twice)


class Stage:
    """A device and a watch that write down what they are asked for."""

    def __init__(self, start_up_s=1.0):
        self.done, self.start_up_s, self.label = [], start_up_s, "broadcast"

    def __getattr__(self, verb):
        return lambda value, **more: self.done.append((verb, value, *more.values()))

    @contextmanager
    def watch(self, criteria, expect):
        self.done.append(("begin", criteria, expect))
        yield self
        self.done.append(("end",))

    def run_for(self, seconds):
        self.done.append(("watched", seconds))

    def mark(self, kind, detail):
        self.done.append((kind, detail))


def do(stage, *steps, **case):
    read = Case.model_validate({"name": "a case", "steps": steps, **case})
    run(Plan(plan="a plan", cases=(read,), criteria="broadcast"), read, stage, stage.watch)
    return stage.done


def test_a_watch_begins_before_the_key_that_starts_what_is_watched():
    assert do(Stage(), {"reach": "live"}, {"press": "CHANNEL_UP", "via": "ir"}, {"watch_s": 3}) == [
        ("reach", "live"),
        ("begin", "broadcast", ()),
        ("play_asked", "CHANNEL_UP"),
        ("press", "CHANNEL_UP", "ir"),
        ("watched", 3.0),
        ("end",),
    ]


def test_power_goes_as_it_is_written_though_yaml_reads_a_bare_off_as_false(tmp_path):
    steps = "{power: off}, {power: on}, {power: cycle}, {launch: '12'}, {watch_s: 3}"
    text = PLAN.replace("{reach: live}, {press: CHANNEL_UP, via: ir}, {watch_s: 3}", steps)
    plan, _ = load(tmp_path, text)
    stage = Stage()
    run(plan, plan.cases[0], stage, stage.watch)
    assert stage.done[:3] == [("power", "off"), ("power", "on"), ("power", "cycle")]
    assert stage.done[3:6] == [("begin", None, ()), ("play_asked", "12"), ("launch", "12")]
    with pytest.raises(InputError, match="'off', 'on' or 'cycle'"):
        load(tmp_path, PLAN.replace("reach: live", "power: reboot"))


def test_a_title_marks_itself_and_a_watch_after_a_wait_stands_alone():
    assert do(Stage(), {"play": "news"}, {"watch_s": 3}, {"wait_s": 1}, {"watch_s": 2}) == [
        ("begin", "broadcast", ()),
        ("play", "news"),
        ("watched", 3.0),
        ("end",),
        ("wait_s", 1.0),
        ("begin", "broadcast", ()),
        ("watched", 2.0),
        ("end",),
    ]


def test_a_slow_start_fails_the_case():
    expect = {"start_up_s": 2.5}
    do(Stage(2.5), {"play": "news"}, {"watch_s": 3}, expect=expect)
    with pytest.raises(pytest.fail.Exception, match=r"start_up_s is 2.60 s, expected at most 2.5 s"):
        do(Stage(2.6), {"play": "news"}, {"watch_s": 3}, expect=expect)


def test_an_error_names_its_step():
    class Stubborn(Stage):
        def reach(self, state):
            raise DeviceError("home not reached in 15 s")

    with pytest.raises(DeviceError) as told:
        do(Stubborn(), {"reach": "home"}, {"watch_s": 1})
    assert told.value.__notes__ == ["in the step reach: home"]


def test_files_that_are_no_plans_are_left_alone_and_broken_plans_are_told(plans):
    ran = plans(
        {
            "docker-compose.yaml": "services: {a: 1}\n",
            "test_plans/broken.yaml": "plan: x\ncases:\n  - name: a\n    stepps: []\n",
            "test_plans/good.yaml": PLAN,
        },
        "--collect-only",
        "-q",
    )
    assert "broken.yaml:4: unknown key 'cases.0.stepps' (did you mean 'steps'?)" in ran.said
    assert "test_plans/good.yaml::zap to news" in ran.said
    assert "docker-compose" not in ran.said
    assert ran.status == 2

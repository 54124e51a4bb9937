"""`run.json`: the one record of a run, from which every page is made.

Times are seconds here: those of a playback count from the start of its recording. Paths are relative
to the folder of `run.json`, with forward slashes.
"""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harness.certificate import Certificate, Standing
from harness.errors import InputError
from harness.writing import write_whole

Outcome = Literal["passed", "failed", "inconclusive", "error", "skipped"]


class Part(BaseModel):
    """A part of the record; unknown keys are refused, so that a typo cannot hide evidence."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, ser_json_inf_nan="strings")


class CheckRecord(Part):
    """A check, as in `harness.analysis/1`."""

    defect: str
    status: Literal["clear", "found", "inconclusive", "not_measured"]
    reason: str | None = None
    detector: str | None = None


class Curve(Part):
    """The measured series around a finding, thinned, with the limit that it crossed."""

    t_s: list[float]
    value: list[float | None]
    limit: float | None = None
    name: str
    unit: str


class Evidence(Part):
    """Paths of what proves a finding; what does not apply is None."""

    still_before: str | None = None
    still_in: str | None = None
    still_after: str | None = None
    clip: str | None = None
    waveform: str | None = None
    spectrogram: str | None = None
    curve: Curve | None = None
    notes: list[str] = []
    """Why a piece of evidence is missing, one line each."""


class FindingRecord(Part):
    """A finding, as in `harness.analysis/1`, with whether it was judged a defect, and its evidence."""

    defect: str
    start_s: float
    end_s: float
    confidence: float
    metric: str
    unit: str
    peak: float
    limit: float | None = None
    region: list[int] | None = None
    channel: int | None = None
    explained_by: str | None = None
    inconclusive: str | None = None
    detector: str
    judged: bool = False
    """True when it counts against the verdict."""
    evidence: Evidence = Evidence()


class KeyRecord(Part):
    """A key press on the timeline."""

    key: str
    start_s: float
    end_s: float
    via: str


class MarkRecord(Part):
    """A moment: play_asked, first_frame, watch_start, watch_end, signal_lost, signal_back, planted, note,
    power_off, power_on, power_cycled.

    What happened to the rig begins with `rig_`: rig_unplugged, rig_overflow, rig_protected ...
    """

    kind: str
    t_s: float
    detail: str = ""


class GapRecord(Part):
    """What the rig lost."""

    start_s: float
    end_s: float
    medium: str
    reason: str


class AvSyncRecord(Part):
    """The `av_sync` object of `harness.analysis/1`."""

    status: str
    offset_ms: float | None = None
    interval_ms: list[float] | None = None
    method: str
    rig_offset_ms: float | None = None
    """The rig's own, which has been taken off."""


class VideoRecord(Part):
    """The picture of a recording; `fps` is a fraction such as `25/1`."""

    width: int
    height: int
    fps: str
    frames: int


class AudioRecord(Part):
    """The sound of a recording."""

    rate_hz: int
    channels: int


class Playback(Part):
    """One watched playback: what was recorded, measured and judged."""

    label: str
    title: str | None = None
    criteria: str
    verdict: Literal["pass", "fail", "inconclusive"]
    reasons: list[str] = []
    recording: str | None = None
    """Path of the Matroska recording, None when it was not kept."""
    preview: str | None = None
    """Path of one still that stands for the playback."""
    duration_s: float = 0.0
    judged_from_s: float = 0.0
    judged_to_s: float = 0.0
    start_up_s: float | None = None
    video: VideoRecord | None = None
    audio: AudioRecord | None = None
    checks: list[CheckRecord] = []
    findings: list[FindingRecord] = []
    av_sync: AvSyncRecord | None = None
    keys: list[KeyRecord] = []
    marks: list[MarkRecord] = []
    gaps: list[GapRecord] = []
    detector_ms_per_frame: dict[str, float] = {}


class DeviceRecord(Part):
    """The device under test, as it described itself."""

    id: str
    name: str
    model: str = ""
    virtual: bool = False
    properties: dict[str, str] = {}
    app: str = ""
    app_build: str = ""


class RigRecord(Part):
    """What we tested with."""

    id: str
    name: str = ""
    capture: str = ""
    control: str = ""
    qualified: bool = False
    note: str = ""
    device: str = ""
    """The device that it was used with."""
    standing: Standing = Standing.MISSING
    standing_words: str = ""
    """Why it is qualified or not, in a sentence that says what to type."""
    certificate: Certificate | None = None


class CaseRecord(Part):
    """One test, whatever its outcome."""

    nodeid: str
    name: str
    plan: str
    device: str | None = None
    markers: list[str] = []
    outcome: Outcome
    phase: Literal["setup", "call", "teardown"] = "call"
    blame: Literal["device", "rig", "plan", "harness"] | None = None
    """Whose fault a failure or an error is; None when passed or skipped."""
    message: str = ""
    notes: list[str] = []
    """What a reader must know however the test came out, such as that the device's power was cycled."""
    started: str = ""
    duration_s: float = 0.0
    playbacks: list[Playback] = []


class ShipRecord(Part):
    """The decision of the page: `yes` (ship), `no`, or `unknown` (not enough was measured)."""

    decision: Literal["yes", "no", "unknown"]
    reasons: list[str] = []


class RunRecord(Part):
    """A whole run."""

    schema_: Literal["harness.run/1"] = Field("harness.run/1", alias="schema")
    run: str
    started: str
    duration_s: float
    command: str = ""
    versions: dict[str, str] = {}
    ship: ShipRecord
    devices: list[DeviceRecord] = []
    rigs: list[RigRecord] = []
    set_aside: dict[str, str] = {}
    """Devices that were set aside in the middle of the run, each with the reason in a sentence."""
    cases: list[CaseRecord] = []


def write_run(record: RunRecord, path: Path) -> None:
    """Write the record so that a reader never sees half a file."""
    write_whole(path, record.model_dump_json(indent=1, by_alias=True) + "\n")


def read_run(path: Path) -> RunRecord:
    """Return the record at `path`; raises InputError with one line."""
    try:
        return RunRecord.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{path}: not a run record: {place}: {first['msg']}") from None

"""From what was seen of the pattern to the figures of a certificate, each with its limits."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis import patches
from harness.certificate import OFFSET, Figure, judged
from harness.clock import NS_PER_MS, NS_PER_S
from harness.detectors.sync.av_sync import EXACT_MS, offsets
from harness.run.qualify import sounds
from harness.run.qualify.counting import CADENCE_SLACK, Counted, Numbers, Stretch, count, stretches
from harness.run.qualify.seen import LOST_KINDS, Seen

GREY_CODES: Final = 3.0
"""8-bit RGB on the way and back costs up to 2 code values; a wrong range costs 19."""
COLOUR_CODES: Final = 5.0
"""The same for chroma, which is scaled on the way; a wrong matrix costs 13 and more."""
GAIN: Final = (0.97, 1.03)
LEVEL_DB: Final = 1.0
RATE_PPM: Final = 75.0
"""Crystals are good for 50 ppm; this computer's own clock is held by NTP."""
OFFSET_MS: Final = 30.0
"""Viewers begin to notice 45 ms (ITU-R BT.1359): a rig alone must not look like a defect."""
DRIFT_PPM: Final = 20.0
"""72 ms in an hour."""
FEWEST_FLASHES: Final = 3
LEAST_SHARE: Final = 0.8
"""Of the time; a player that loops is away for a moment."""
MOST_LATENCY_MS: Final = 500.0
"""How long after its stamp a frame may be at hand: an answer to what is on the screen would come too late."""

NO_PATTERN: Final = "the pattern was not seen for long enough"


def pattern_figures(seen: Seen, asked_s: float) -> list[Figure]:
    """Return what the pattern tells: pictures, levels, sound, sync, clocks.

    It ought to have been seen for `asked_s` seconds.
    """
    t_ns, number = seen.picture.t_ns, seen.picture.columns["number"].astype(np.float64)
    parts = stretches(t_ns, number)
    counted = count(t_ns, number)
    spans = [(int(t_ns[part.first]), int(t_ns[part.last])) for part in parts]
    return [
        _length(counted, asked_s),
        *_pictures(counted),
        *_losses(seen),
        *_levels(seen),
        *_sound(seen, spans),
        *_sync(seen),
        _picture_rate(seen, number, parts),
    ]


def delay_figure(delays_s: Sequence[float], virtual: bool) -> Figure:
    """Return how long after its stamp a frame is at hand; of a virtual card that says nothing."""
    figure = Figure(
        name="capture_latency",
        what="from a frame's stamp until it is at hand, 95th percentile",
        unit="ms",
        at_most=MOST_LATENCY_MS,
        required=False,
        note="a virtual device stamps when a frame is due, and may be late" if virtual else "no frame came",
    )
    if virtual or not delays_s:
        return figure
    median_ms, value = (float(np.percentile(delays_s, part)) * 1000 for part in (50, 95))
    note = f"median {median_ms:.0f} ms; what the card takes before it stamps cannot be seen"
    return judged(figure.model_copy(update={"value": value, "note": note}))


def _length(counted: Counted, asked_s: float) -> Figure:
    figure = Figure(
        name="seconds_seen",
        what="how long the pattern was seen",
        unit="s",
        value=counted.seconds,
        at_least=LEAST_SHARE * asked_s,
    )
    return judged(figure)


def _pictures(counted: Counted) -> list[Figure]:
    known = counted.seconds > 0
    return [
        _cadence(counted),
        _counting("pictures_lost", "pictures lost, by the numbers in them", counted.lost, known),
        _counting("pictures_repeated", "pictures repeated, by the numbers in them", counted.repeated, known),
        _counting("pictures_damaged", "pictures whose number cannot be read", counted.unread, known),
    ]


def _cadence(counted: Counted) -> Figure:
    whole = max(1, round(counted.each))
    figure = Figure(
        name="cadence",
        what="captured frames for each picture",
        unit="frames",
        at_least=whole - CADENCE_SLACK,
        at_most=whole + CADENCE_SLACK,
        note=NO_PATTERN,
    )
    if not counted.seconds:
        return figure
    uneven = abs(counted.each - whole) > CADENCE_SLACK
    note = "file, player and capture do not run at the same rate, or at a whole multiple" if uneven else ""
    return judged(figure.model_copy(update={"value": counted.each, "note": note}))


def _losses(seen: Seen) -> list[Figure]:
    figures = []
    for medium, what in (("video", "picture"), ("audio", "sound")):
        gaps = [gap for gap in seen.gaps if gap.medium == medium]
        lost_ms = sum(gap.end_ns - gap.start_ns for gap in gaps) / NS_PER_MS
        note = f"{len(gaps)} gap{'s' * (len(gaps) > 1)}: {gaps[0].reason}" if gaps else ""
        name = f"{what}_gaps"
        figures.append(
            judged(
                Figure(
                    name=name,
                    what=f"{what} that the capture says it lost",
                    unit="ms",
                    value=lost_ms,
                    at_most=0,
                    note=note,
                )
            )
        )
    events = [event.detail or event.kind for event in seen.rig if event.kind in LOST_KINDS]
    events += [event.kind.replace("_", " ") for event in seen.signal]
    interruptions = _counting("interruptions", "signal lost, unplugged, queue run over", len(events), True)
    return [*figures, interruptions.model_copy(update={"note": "; ".join(dict.fromkeys(events))})]


def _levels(seen: Seen) -> list[Figure]:
    found = patches.judge(np.median(seen.codes, axis=0), GREY_CODES) if len(seen.codes) else None
    note = found.mistake if found else NO_PATTERN
    values = (found.grey_error_codes, found.colour_error_codes, found.gain) if found else (None,) * 3
    most = ((None, GREY_CODES), (None, COLOUR_CODES), GAIN)
    told = (
        ("grey_error", "largest error of a grey, 8 bits", "code values"),
        ("colour_error", "largest error of a colour, 8 bits", "code values"),
        ("range_gain", "width of the range from black to white", "x"),
    )
    return [
        judged(
            Figure(
                name=name, what=what, unit=unit, value=value, at_least=limit[0], at_most=limit[1], note=note
            )
        )
        for (name, what, unit), value, limit in zip(told, values, most, strict=True)
    ]


def _sound(seen: Seen, spans_ns: list[tuple[int, int]]) -> list[Figure]:
    audio = seen.stream.audio
    rate_hz = audio.rate_hz if audio else 1
    found = sounds.runs(seen.blocks, rate_hz)
    onset_ms = seen.sound.columns["onset_ms"].astype(np.float64)
    heard = ~np.isnan(onset_ms)
    levels = sounds.levels_db(found, seen.sound.t_ns[heard] + onset_ms[heard] * NS_PER_MS, rate_hz)
    by_channel = np.median(levels, axis=0) if levels.size else np.empty(0)
    worst = float(by_channel[np.argmax(np.abs(by_channel))]) if by_channel.size else None
    rate = sounds.rate_error_ppm(found, rate_hz)
    silent_ms = sounds.quiet_s(found, spans_ns, rate_hz) * 1000 if spans_ns and found else None
    return [
        judged(
            Figure(
                name="sound_holes",
                what="silence where the pattern sounds",
                unit="ms",
                value=silent_ms,
                at_most=0,
                note="" if silent_ms is not None else NO_PATTERN,
            )
        ),
        judged(
            Figure(
                name="sound_level",
                what="level of the beep against what it is made at",
                unit="dB",
                value=worst,
                at_least=-LEVEL_DB,
                at_most=LEVEL_DB,
                note="" if worst is not None else "no beep was heard",
            )
        ),
        _clocked(seen, _ppm("sample_rate", "sample rate against this computer's clock", rate, RATE_PPM)),
    ]


def _clocked(seen: Seen, figure: Figure) -> Figure:
    """Return the figure with what the capture itself says of its clocks."""
    said = [event.detail for event in seen.rig if event.kind == "clock" and event.detail]
    return figure.model_copy(update={"note": "; ".join(filter(None, (figure.note, *dict.fromkeys(said))))})


def _sync(seen: Seen) -> list[Figure]:
    times_ns, offset_ms = offsets(seen.picture, seen.sound)
    enough = len(offset_ms) >= FEWEST_FLASHES
    value = float(np.median(offset_ms)) if enough else None
    note = f"only {len(offset_ms)} flashes came with their beep, {FEWEST_FLASHES} are needed"
    if value is not None:
        late = f"the sound input of a card is put right by sound_latency_ms={-value:.0f} in its URI"
        note = late if value < -OFFSET_MS else ""
    interval = (float(offset_ms.min()) - EXACT_MS, float(offset_ms.max()) + EXACT_MS) if enough else None
    drift = None
    if enough:
        (slope, _), error = sounds.line(times_ns / NS_PER_S, offset_ms / 1000)
        drift = (slope * 1e6, 2 * error * 1e6)
    offset = Figure(
        name=OFFSET,
        what="sound against picture, positive where sound is early",
        unit="ms",
        value=value,
        interval=interval,
        at_least=-OFFSET_MS,
        at_most=OFFSET_MS,
        note=note,
    )
    return [judged(offset), _ppm("sound_drift", "sound against picture as time goes on", drift, DRIFT_PPM)]


def _picture_rate(seen: Seen, number: Numbers, parts: list[Stretch]) -> Figure:
    what = "picture rate against this computer's clock"
    longest = max(parts, key=lambda part: part.last - part.first, default=None)
    fps = _pattern_fps(number, seen.picture.columns["flash"] > 0)
    if longest is None or fps is None:
        return _ppm("picture_rate", what, None, RATE_PPM)
    part = slice(longest.first, longest.last + 1)
    known = ~np.isnan(number[part])
    changed = np.insert(np.diff(number[part][known]) > 0, 0, False)
    own_s = number[part][known][changed] / fps
    clock_s = seen.picture.t_ns[part][known][changed] / NS_PER_S
    if len(own_s) < 2 * fps:
        return _ppm("picture_rate", what, None, RATE_PPM)
    return _ppm("picture_rate", what, sounds.fitted_ppm(own_s, clock_s - clock_s[0]), RATE_PPM)


def _pattern_fps(number: Numbers, flash: NDArray[np.bool_]) -> int | None:
    """Return how many pictures a second the pattern was made with: so many lie between two flashes."""
    begins = number[1:][flash[1:] & ~flash[:-1]]
    apart = np.diff(begins)
    apart = apart[apart > 0]
    return round(float(np.median(apart))) if apart.size else None


def _counting(name: str, what: str, value: int, known: bool) -> Figure:
    figure = Figure(name=name, what=what, unit="pictures", value=value if known else None, at_most=0)
    if name == "interruptions":
        figure = figure.model_copy(update={"unit": "times"})
    return judged(figure if known else figure.model_copy(update={"note": NO_PATTERN}))


def _ppm(name: str, what: str, found: tuple[float, float] | None, limit: float) -> Figure:
    value, interval = (found[0], (found[0] - found[1], found[0] + found[1])) if found else (None, None)
    return judged(
        Figure(
            name=name,
            what=what,
            unit="ppm",
            value=value,
            interval=interval,
            at_least=-limit,
            at_most=limit,
            note="" if found else NO_PATTERN,
        )
    )

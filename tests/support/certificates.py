"""Certificates of rigs, made by hand."""

from datetime import timedelta

from harness.certificate import OFFSET, Certificate, Figure, judged, verdict
from harness.run.qualify.ports import fingerprint, host_name, ports_of


def figures(offset_ms=0.0):
    """Return a few figures of a rig."""
    interval = None if offset_ms is None else (offset_ms - 1, offset_ms + 1)
    made = [
        Figure(name="pictures_lost", what="pictures lost", unit="pictures", value=0, at_most=0),
        Figure(name="grey_error", what="largest error of a grey", unit="code values", value=0.8, at_most=3),
        Figure(
            name=OFFSET,
            what="sound against picture, positive where sound is early",
            unit="ms",
            value=offset_ms,
            interval=interval,
            at_least=-30,
            at_most=30,
            note="" if offset_ms is not None else "no beep was heard",
        ),
        Figure(
            name="key_latency", what="from a key press until the picture reacts, median", unit="ms",
            at_most=1000, required=False, note="another player was plugged in for the pattern",
        ),
    ]  # fmt: skip
    return [judged(figure) for figure in made]


def certified(registration, rig, made, offset_ms=0.0, player_known=True):
    """Return a certificate of a rig, 30 days long."""
    ports, found = ports_of(rig, registration.profile), figures(offset_ms)
    return Certificate(
        device=registration.id,
        rig=rig.id,
        ports=ports,
        fingerprint=fingerprint(ports),
        host=host_name(),
        kernel="Linux 6.1.0-18-amd64",
        player="BrightSign HD225",
        player_known=player_known,
        made=made.isoformat(),
        valid_until=(made + timedelta(days=30)).isoformat(),
        harness="0.1.0",
        seconds=59.9,
        picture="1920x1080 at 50 fps",
        figures=found,
        verdict=verdict(found),
    )

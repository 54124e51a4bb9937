"""Where the certificates of rigs lie, and what the one of a rig is worth now."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from harness.certificate import Certificate, Standing, read_certificate
from harness.clock import NS_PER_MS
from harness.errors import InputError
from harness.record import RigRecord
from harness.run.qualify.ports import changed, fingerprint, host_name, ports_of
from harness.run.registry import Registration
from harness.run.rig import Rig
from harness.timeline import RigOffset

FOLDER = "certificates"


@dataclass(frozen=True, slots=True)
class Qualification:
    """What is known of a rig: its standing, in a word and in a sentence, and its certificate if any."""

    standing: Standing
    words: str
    certificate: Certificate | None = None

    @property
    def offset(self) -> RigOffset | None:
        """Return the rig's own offset of sound and picture, if it is trusted and known."""
        found = self.certificate
        if self.standing is not Standing.QUALIFIED or found is None or found.offset_ms is None:
            return None
        offset_ns, low_ns, high_ns = (round(value * NS_PER_MS) for value in found.offset_ms)
        return RigOffset(offset_ns, low_ns, high_ns, f"{found.device} {found.fingerprint} of {found.made}")


def rig_record(registration: Registration, rig: Rig, found: Qualification) -> RigRecord:
    """Return the rig as a run's record holds it, with what it is worth."""
    return rig.record().model_copy(
        update={
            "device": registration.id,
            "qualified": found.standing is Standing.QUALIFIED,
            "standing": found.standing,
            "standing_words": found.words,
            "certificate": found.certificate,
        }
    )


def certificate_path(registration: Registration, rig: Rig) -> Path:
    """Return where the certificate of a device's rig lies: beside the device's file."""
    own = rig.id == own_ports(registration.id)
    name = registration.id if own else f"{registration.id}@{rig.id}"
    return registration.path.parent / FOLDER / f"{name}.json"


def own_ports(device: str) -> str:
    """Return the id of the rig that a device's own file describes."""
    return f"{device}-ports"


def command(registration: Registration, rig: Rig) -> str:
    """Return what to type to qualify a rig."""
    more = "" if rig.id == own_ports(registration.id) else f" --rig {rig.id}"
    return f"harness devices qualify {registration.id}{more}"


def qualification(registration: Registration, rig: Rig, now: datetime | None = None) -> Qualification:
    """Return what a device's rig is worth now; never raises."""
    path = certificate_path(registration, rig)
    if not path.is_file():
        if registration.profile.virtual:
            return Qualification(Standing.VIRTUAL, "virtual rig: nothing to qualify")
        return _untrusted(Standing.MISSING, "was never qualified", registration, rig)
    try:
        found = read_certificate(path)
    except InputError as error:
        return _untrusted(
            Standing.UNREADABLE, f"has a certificate that cannot be read ({error})", registration, rig
        )
    standing, words = _worth(found, registration, rig, now or datetime.now(UTC))
    if standing is not Standing.QUALIFIED:
        return _untrusted(standing, words, registration, rig, found)
    return Qualification(standing, f"qualified {found.made[:10]}, until {found.valid_until[:10]}", found)


def _worth(found: Certificate, registration: Registration, rig: Rig, now: datetime) -> tuple[Standing, str]:
    ports = ports_of(rig, registration.profile)
    if fingerprint(ports) != found.fingerprint or found.device != registration.id:
        what = changed(found.ports, ports) or f"the computer was {found.host}, and is {host_name()}"
        return Standing.CHANGED, f"was changed after it was qualified ({what})"
    if found.verdict == "fail":
        failed = ", ".join(figure.what for figure in found.figures if figure.status == "fail")
        return Standing.FAILED, f"did not pass when it was qualified on {found.made[:10]} ({failed})"
    if found.verdict == "inconclusive":
        open_ones = ", ".join(
            figure.what for figure in found.figures if figure.required and figure.status != "pass"
        )
        return (
            Standing.INCOMPLETE,
            f"was qualified in part only on {found.made[:10]} (not measured: {open_ones})",
        )
    if found.expired(now):
        return (
            Standing.EXPIRED,
            f"was qualified on {found.made[:10]}, which held until {found.valid_until[:10]}",
        )
    return Standing.QUALIFIED, ""


def _untrusted(
    standing: Standing, words: str, registration: Registration, rig: Rig, found: Certificate | None = None
) -> Qualification:
    sentence = f"The rig of {registration.id} {words}; run: {command(registration, rig)}"
    return Qualification(standing, sentence, found)

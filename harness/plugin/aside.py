"""A device that fails three times in a row is set aside: its remaining tests would only wait for it."""

from typing import TYPE_CHECKING

from harness.errors import RigError

if TYPE_CHECKING:
    from harness.record import CaseRecord

MOST_ERRORS = 3
"""So many tests in a row may end with an error of the rig."""


class SetAside(RigError):
    """The device was set aside earlier in this run; the test was not run."""


class Aside:
    """Counts the errors of each device, and says which are set aside, and why. One for each process."""

    def __init__(self) -> None:
        self.reasons: dict[str, str] = {}
        """The devices that are set aside, each with one sentence."""
        self._errors: dict[str, list[str]] = {}

    def note(self, case: "CaseRecord") -> None:
        """Take what came of a test; a defect that was found is no error of the rig, a skip says nothing."""
        device = case.device
        if device is None or case.outcome == "skipped" or device in self.reasons:
            return
        if case.outcome != "error" or case.blame != "rig":
            self._errors.pop(device, None)
            return
        causes = self._errors.setdefault(device, [])
        causes.append(next((line.strip() for line in case.message.splitlines() if line.strip()), "no reason"))
        if len(causes) >= MOST_ERRORS:
            self.reasons[device] = (
                f"{device} was set aside after {MOST_ERRORS} errors in a row, the first of them: {causes[0]}"
            )

    def check(self, device: str) -> None:
        """Raise SetAside, with the sentence, for a device that is set aside."""
        if device in self.reasons:
            raise SetAside(f"not run: {self.reasons[device]}")

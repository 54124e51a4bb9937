"""Plants named defects in clean media, with the ground truth."""

from harness.impair.audio_dropout import AudioDropout
from harness.impair.banding import Banding
from harness.impair.base import Impairment
from harness.impair.black_frames import BlackFrames
from harness.impair.blockiness import Blockiness
from harness.impair.blur import Blur
from harness.impair.freeze_frame import FreezeFrame
from harness.impair.noise import Noise
from harness.impair.silence import Silence
from harness.impair.stutter import Stutter

IMPAIRMENTS: dict[str, type[Impairment]] = {
    impairment.defect: impairment
    for impairment in (
        FreezeFrame,
        BlackFrames,
        Stutter,
        Blur,
        Blockiness,
        Noise,
        Banding,
        Silence,
        AudioDropout,
    )
}

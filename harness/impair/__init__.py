"""Plants named defects in clean media, with the ground truth."""

from harness.impair.aspect_error import AspectError
from harness.impair.audio_dropout import AudioDropout
from harness.impair.base import Impairment
from harness.impair.black_frames import BlackFrames
from harness.impair.channel_error import ChannelError
from harness.impair.clicks import Clicks
from harness.impair.colour_error import ColourError
from harness.impair.distortion import Distortion
from harness.impair.flicker import Flicker
from harness.impair.freeze_frame import FreezeFrame
from harness.impair.silence import Silence
from harness.impair.solid_colour import SolidColour
from harness.impair.stutter import Stutter

IMPAIRMENTS: dict[str, type[Impairment]] = {
    impairment.defect: impairment
    for impairment in (
        FreezeFrame,
        BlackFrames,
        SolidColour,
        ColourError,
        AspectError,
        Flicker,
        Stutter,
        Silence,
        AudioDropout,
        Clicks,
        Distortion,
        ChannelError,
    )
}

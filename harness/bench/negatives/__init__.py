"""Hard negatives: clean programme that detectors tend to take for defects, one family a file."""

from fractions import Fraction
from typing import Final

from harness.bench.negatives import (
    cameras,
    cartoons,
    crowds,
    edits,
    instruments,
    layouts,
    lights,
    mixes,
    nature,
    patterns,
    percussion,
    tones,
    voices,
    water,
    weather,
)
from harness.bench.negatives.negative import Negative, Paint, Play, Wave
from harness.simulator.titles.music import bed

FILM: Final = Fraction(24)
HALF: Final = Fraction(50)
SIXTY: Final = Fraction(60)


def _bed(seconds: int) -> Wave:
    """Return quiet chords: the sound of what is to be looked at."""
    return bed("calm", seconds, -26.0) / 32768.0


def _seen(
    name: str, what: str, paint: Paint, fps: Fraction = Fraction(25), made_fps: Fraction | None = None
) -> Negative:
    return Negative(name, what, paint, _bed, fps=fps, made_fps=made_fps)


def _heard(name: str, what: str, play: Play, seconds: int = 8) -> Negative:
    return Negative(name, what, cameras.plain_pan, play, seconds)


PICTURES: Final = (
    _seen("static_shot", "a room in which only the noise of the camera moves", cameras.static_shot),
    _seen("talking_head", "somebody speaks before a wall and rests between", cameras.talking_head),
    _seen("slow_pan", "a pan of a fiftieth of the width a second", cameras.slow_pan),
    _seen("fast_pan", "a whip past a landscape, smeared by the shutter, 50 Hz", cameras.fast_pan, HALF),
    _seen("hand_held", "a camera that sways and trembles, 50 Hz", cameras.hand_held, HALF),
    _seen("defocus_pull", "the focus goes to somebody in front and back", cameras.defocus_pull),
    _seen("soft_focus", "discs of light out of focus", cameras.soft_focus),
    _seen("film_grain", "coarse grain and gate weave, 24 in 60", cameras.film_grain, SIXTY, FILM),
    _seen("dark_scene", "dim figures before near-black", cameras.dark_scene),
    _seen("pan_and_rest", "a pan that comes to rest and goes on", cameras.pan_and_rest),
    _seen("crowd", "many small people cross a square, 50 Hz", crowds.crowd, HALF),
    _seen("confetti", "scraps of paper whirl down", crowds.confetti),
    _seen("water", "waves to the horizon, with glints", water.water),
    _seen("ripples", "light swims on the floor of a pool, without colour", water.ripples),
    _seen("snow_fall", "thick snow before a pale landscape", weather.snow_fall),
    _seen("rain_fall", "streaks of rain before a grey landscape", weather.rain_fall),
    _seen("lightning", "a night lit by flashes that fade", weather.lightning),
    _seen("fireworks", "shells burst over a dark town", lights.fireworks),
    _seen("stage_strobe", "a whole stage flashes 2.5 times a second", lights.stage_strobe),
    _seen("small_strobe", "a small lamp flashes 10 times a second, 50 Hz", lights.small_strobe, HALF),
    _seen("press_flashes", "photographers' flashes from all sides", lights.press_flashes),
    _seen("fades", "from black, to white and back, to black", edits.fades),
    _seen("through_black", "scenes follow each other through black", edits.through_black),
    _seen("dissolves", "scenes dissolve into each other", edits.dissolves),
    _seen("wipe", "a scene comes in behind an upright edge", edits.wipe),
    _seen("roll_wipe", "a scene comes down behind a level edge", edits.roll_wipe),
    _seen("hard_cuts", "shots of four to twelve frames", edits.hard_cuts),
    _seen("title_cards", "opening titles on black", edits.title_cards),
    _seen("colour_cards", "a second of one colour before words come", edits.colour_cards),
    _seen("end_credits", "names roll up over black", edits.end_credits),
    _seen("blue_sky", "a clear sky fills the screen, then a glider comes", edits.blue_sky),
    _seen("split_screen", "four shots side by side", layouts.split_screen),
    _seen("split_rows", "a still shot above one that flies past", layouts.split_rows),
    _seen("picture_in_picture", "a reporter in a corner of a still", layouts.picture_in_picture),
    _seen("ticker", "a line of news under a still", layouts.ticker),
    _seen("scoreboard", "a banner with a clock over a game", layouts.scoreboard),
    _seen("letterbox", "a wide film between bars from its start", layouts.letterbox),
    _seen("pillarbox", "an old programme between bars from its start", layouts.pillarbox),
    _seen("phone_video", "an upright video with itself, blurred, at its sides", layouts.phone_video),
    _seen("slides", "photographs that stand, and push each other out", layouts.slides),
    _seen("cartoon", "drawings on twos and threes, a still ground, 24 in 60", cartoons.cartoon, SIXTY, FILM),
    _seen("cartoon_pan", "drawings on twos and threes, a ground in motion, 24 in 25", cartoons.cartoon_pan,
          made_fps=FILM),
    _seen("stop_motion", "puppets moved by hand, 12 pictures a second", cartoons.stop_motion),
    _seen("pixel_art", "blocks of one colour that pan by whole blocks, 60 Hz", cartoons.pixel_art, SIXTY),
    _seen("mosaic", "large tiles of changing colours", cartoons.mosaic),
    _seen("checked_shirt", "a fine check that sways and tilts", patterns.checked_shirt),
    _seen("tiled_wall", "tiles as fine as a coder's blocks pass by", patterns.tiled_wall),
    _seen("blinds", "level stripes of two lines under a pan", patterns.blinds),
    _seen("old_screen", "graphics with every second line dark", patterns.old_screen),
    _seen("gradient", "a sunset, dithered", patterns.gradient),
    _seen("zone_plate", "rings that grow, ever finer outwards", patterns.zone_plate),
    _seen("wallpaper", "diagonal stripes that crawl behind words", patterns.wallpaper),
    _seen("black_and_white", "a film without colour, 24 in 25", tones.black_and_white, made_fps=FILM),
    _seen("sepia", "a film tinted brown", tones.sepia),
    _seen("night_blue", "a scene tinted blue", tones.night_blue),
    _seen("teal_orange", "a scene graded hard", tones.teal_orange),
    _seen("washed_out", "pale, almost without colour", tones.washed_out),
    _seen("green_code", "everything in a green cast", tones.green_code),
)  # fmt: skip
"""Programme to look at."""

SOUNDS: Final = (
    _heard("castanets", "hits of two milliseconds in a hall", percussion.castanets),
    _heard("glockenspiel", "high pure tones with a hard start", percussion.glockenspiel),
    _heard("drum_kit", "snares, rimshots, hi-hat, dry", percussion.drum_kit),
    _heard("typewriter", "keys in a quiet office", percussion.typewriter),
    _heard("clock", "ticks in a quiet room", percussion.clock),
    _heard("applause", "a hall claps", percussion.applause),
    _heard("rain", "broad even noise with drops", nature.rain),
    _heard("sea", "waves break and hiss as they run out", nature.sea),
    _heard("wind", "gusts, almost gone between", nature.wind),
    _heard("campfire", "wood cracks over a low roar", nature.campfire),
    _heard("engine", "an engine idles near 50 Hz and revs", nature.engine),
    _heard("speech", "sentences with pauses in a quiet room", voices.speech),
    _heard("plosives", "a close voice that pops", voices.plosives),
    _heard("gated_speech", "a voice, and nothing in its pauses", voices.gated_speech),
    _heard("telephone", "a caller's narrow, pressed voice", voices.telephone),
    _heard("singer", "long vowels with vibrato", voices.singer),
    _heard("electric_guitar", "power chords through an amplifier that clips", instruments.electric_guitar),
    _heard("fuzz_bass", "flat tops far below full scale", instruments.fuzz_bass),
    _heard("tremolo", "a guitar taken almost away six times a second", instruments.tremolo),
    _heard("chiptune", "square waves", instruments.chiptune),
    _heard("synth_bass", "a steady bass at 50, 55 and 60 Hz", instruments.synth_bass, 9),
    _heard("pulsing_bass", "50 Hz that pumps in eighths", instruments.pulsing_bass),
    _heard("trance_gate", "a chord chopped into sixteenths", instruments.trance_gate),
    _heard("organ", "a chord over a pedal that never ends", instruments.organ),
    _heard("vinyl", "music with crackle and rumble throughout", mixes.vinyl),
    _heard("hard_panned", "a band at the left, drums at the right", mixes.hard_panned),
    _heard("one_sided", "a duet in which one side rests", mixes.one_sided),
    _heard("mono", "both channels the same", mixes.mono),
    _heard("wide", "channels almost opposite", mixes.wide),
    _heard("between_pieces", "three seconds of silence between fades", mixes.between_pieces, 9),
    _heard("loud_master", "a limiter holds every beat at full scale", mixes.loud_master),
)
"""Programme to listen to, over a picture that pans."""

NEGATIVES: Final = PICTURES + SOUNDS
"""All of it; a finding in any of them is a false alarm."""

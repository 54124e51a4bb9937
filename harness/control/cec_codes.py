"""HDMI-CEC user control codes by key name. Source: HDMI 1.4b, CEC table 27 ("User control codes")."""

USER_CONTROLS = {
    "SELECT": 0x00,
    "UP": 0x01,
    "DOWN": 0x02,
    "LEFT": 0x03,
    "RIGHT": 0x04,
    "HOME": 0x09,
    "SETTINGS": 0x0A,
    "MENU": 0x0B,
    "FAVORITES": 0x0C,
    "BACK": 0x0D,
    **{f"NUMBER_{digit}": 0x20 + digit for digit in range(10)},
    "DOT": 0x2A,
    "ENTER": 0x2B,
    "CLEAR": 0x2C,
    "CHANNEL_UP": 0x30,
    "CHANNEL_DOWN": 0x31,
    "PREVIOUS_CHANNEL": 0x32,
    "SOUND_SELECT": 0x33,
    "INPUT_SELECT": 0x34,
    "INFO": 0x35,
    "HELP": 0x36,
    "PAGE_UP": 0x37,
    "PAGE_DOWN": 0x38,
    "POWER": 0x40,
    "VOLUME_UP": 0x41,
    "VOLUME_DOWN": 0x42,
    "MUTE": 0x43,
    "PLAY": 0x44,
    "STOP": 0x45,
    "PAUSE": 0x46,
    "RECORD": 0x47,
    "REWIND": 0x48,
    "FAST_FORWARD": 0x49,
    "EJECT": 0x4A,
    "SKIP_FORWARD": 0x4B,
    "SKIP_BACKWARD": 0x4C,
    "SUBTITLES": 0x51,
    "GUIDE": 0x53,
    "PLAY_PAUSE": 0x61,
    "WAKEUP": 0x6D,
    "BLUE": 0x71,
    "RED": 0x72,
    "GREEN": 0x73,
    "YELLOW": 0x74,
}
"""Every key but SLEEP, which is a message of its own: <Standby>."""

SLEEP = "SLEEP"
USER_CONTROL_PRESSED = 0x44
USER_CONTROL_RELEASED = 0x45
STANDBY = 0x36
GIVE_POWER_STATUS = 0x8F
REPORT_POWER_STATUS = 0x90
POWER_STATUS = ("on", "standby", "going on", "going to standby")
"""By the operand of <Report Power Status>."""

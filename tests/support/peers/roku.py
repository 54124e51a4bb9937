"""A Roku as its "External Control Protocol" describes it, as far as keys, text and apps go."""

from urllib.parse import unquote

from tests.support.peers.http import HttpPeer

INFO = (
    '<?xml version="1.0" encoding="UTF-8" ?>\n<device-info>\n<model-name>Roku Ultra</model-name>\n'
    "<power-mode>PowerOn</power-mode>\n<friendly-device-name>Lab &amp; Co</friendly-device-name>\n"
    "</device-info>\n"
)


class RokuPeer(HttpPeer):
    """`on_key(name)` is told each key as it goes down; `limited` refuses keys as the setting does."""

    def __init__(self, on_key=lambda name: None, limited=False, info=INFO):
        self.on_key, self.limited, self.info = on_key, limited, info
        super().__init__(self.ecp)

    def ecp(self, method, path, _):
        verb, _, what = path.removeprefix("/").partition("/")
        if (method, path) == ("GET", "/query/device-info"):
            return 200, self.info, {"Content-Type": "text/xml"}
        if method != "POST" or verb not in ("keypress", "keydown", "keyup", "launch"):
            return 404, "", {}
        if self.limited:
            return 403, "", {}
        if verb == "launch" and what != "12":
            return 404, "", {}
        if verb in ("keypress", "keydown"):
            self.on_key(unquote(what))
        return 200, "", {}

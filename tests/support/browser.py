"""A real Chromium, without a window, driven through its debugging pipe."""

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PATIENCE_S = 120.0
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
]
ON_PIPE = """
import fcntl, os, sys
read, write = (fcntl.fcntl(int(number), fcntl.F_DUPFD, 10) for number in sys.argv[1:3])
os.dup2(read, 3)
os.dup2(write, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Chromium reads commands from descriptor 3 and answers on 4."""
KEYS = {
    "Tab": ("Tab", 9, ""),
    "Enter": ("Enter", 13, "\r"),
    "Escape": ("Escape", 27, ""),
    "ArrowDown": ("ArrowDown", 40, ""),
    "?": ("Slash", 191, "?"),
    "/": ("Slash", 191, "/"),
}

CONTRAST = """
(() => {
  const parts = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (rgb) => rgb.slice(0, 3).map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const rgb = parts(getComputedStyle(node).backgroundColor);
      if (rgb.length === 3 || rgb[3] === 1) return rgb;
    }
    return parts(getComputedStyle(document.body).backgroundColor);
  };
  let worst = { ratio: 99 };
  for (const node of document.querySelectorAll("main *, .bar *")) {
    if (![...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim())) continue;
    if (!node.checkVisibility()) continue;
    const style = getComputedStyle(node);
    const text = light(parts(node.namespaceURI.endsWith("svg") ? style.fill : style.color));
    const back = light(behind(node));
    const ratio = (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
    if (ratio < worst.ratio) worst = { ratio, node: node.outerHTML.slice(0, 200) };
  }
  return worst;
})()
"""
"""Returns the text with the least contrast to what is behind it, and its ratio."""


def find_chromium():
    """Return the path of a Chromium, or None."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


class Browser:
    """A running Chromium with a profile of its own; use it in a `with` block."""

    def __init__(self, flags=()):
        self._profile = tempfile.mkdtemp(prefix="harness-chromium-")
        to_read, self._write = os.pipe()
        self._read, to_write = os.pipe()
        command = [
            sys.executable,
            "-c",
            ON_PIPE,
            str(to_read),
            str(to_write),
            find_chromium(),
            *FLAGS,
            *flags,
        ]
        self.process = subprocess.Popen(
            [*command, f"--user-data-dir={self._profile}", "about:blank"],
            pass_fds=(to_read, to_write),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self._buffer, self._last, self.events = b"", 0, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.ask("Browser.close")
        except OSError:
            self.process.kill()
        os.close(self._write)
        os.close(self._read)
        self.process.wait(PATIENCE_S)
        shutil.rmtree(self._profile, ignore_errors=True)

    def ask(self, method, session=None, **params):
        """Send one command and return its result; events that come before it are kept."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        answer = self._until(lambda item: item.get("id") == self._last)
        if "error" in answer:
            raise AssertionError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def wait(self, method, session):
        """Return the next event of that name, one that has already come included."""
        for event in self.events:
            if event.get("method") == method and event.get("sessionId") == session:
                self.events.remove(event)
                return event["params"]
        return self._until(lambda item: item.get("method") == method and item.get("sessionId") == session)[
            "params"
        ]

    def open(self, url, width=1280, height=720, media=()):
        """Return a page that has loaded `url`; `media` are pairs such as ("prefers-color-scheme", "dark")."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session, target)
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.ask(f"{domain}.enable")
        page.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        page.ask(
            "Emulation.setEmulatedMedia", features=[{"name": name, "value": value} for name, value in media]
        )
        page.go(url)
        return page

    def _until(self, wanted):
        deadline = time.monotonic() + PATIENCE_S
        while True:
            while b"\0" in self._buffer:
                message, _, self._buffer = self._buffer.partition(b"\0")
                item = json.loads(message)
                if wanted(item):
                    return item
                self.events.append(item)
            ready, _, _ = select.select([self._read], [], [], max(deadline - time.monotonic(), 0))
            data = os.read(self._read, 1 << 20) if ready else b""
            if not data:
                raise OSError("chromium does not answer")
            self._buffer += data


class Page:
    """One open page."""

    def __init__(self, browser, session, target):
        self._browser, self._session, self._target = browser, session, target

    def ask(self, method, **params):
        return self._browser.ask(method, self._session, **params)

    def go(self, url):
        """Load `url` and wait until it has loaded."""
        self.ask("Page.navigate", url=url)
        self.loaded()

    def loaded(self):
        """Wait until what is being loaded has been."""
        self._browser.wait("Page.loadEventFired", self._session)

    def js(self, expression):
        """Return the value of a JavaScript expression."""
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def color(self, selector):
        """Return the background colour of an element."""
        return self.js(f"getComputedStyle(document.querySelector({selector!r})).backgroundColor")

    def press(self, *keys):
        """Press keys one after another: a character, or a name of KEYS."""
        for key in keys:
            code, number, text = KEYS.get(key, (f"Key{key.upper()}", ord(key.upper()[0]), key))
            common = {"key": key, "code": code, "windowsVirtualKeyCode": number}
            self.ask("Input.dispatchKeyEvent", type="keyDown", text=text, **common)
            self.ask("Input.dispatchKeyEvent", type="keyUp", **common)

    def screenshot(self, path: Path, whole=False):
        """Save what is seen, or the whole page, as PNG."""
        data = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        path.write_bytes(base64.b64decode(data))

    def pdf(self, path: Path):
        """Print to PDF on A4."""
        data = self.ask("Page.printToPDF", printBackground=False, paperWidth=8.27, paperHeight=11.69)["data"]
        path.write_bytes(base64.b64decode(data))

    def complaints(self):
        """Return what the console and the log of the page said."""
        names = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
        return [event["params"] for event in self._mine() if event["method"] in names]

    def requests(self):
        """Return the URLs that the page asked for."""
        return [
            item["params"]["request"]["url"]
            for item in self._mine()
            if item["method"] == "Network.requestWillBeSent"
        ]

    def close(self):
        self._browser.ask("Target.closeTarget", targetId=self._target)

    def _mine(self):
        return [
            event
            for event in self._browser.events
            if event.get("sessionId") == self._session and "method" in event
        ]

"""What dumpsys prints, in the forms of several Android releases, is read into what can be seen."""

import pytest

from harness.run.registry import Expect
from harness.run.states import Seen, foreground, media_session

SESSION = """
    Player com.example.{name}/Player (userId=0)
      ownerPid=123, ownerUid=10, userId=0
      package=com.example.{name}
      active=true
      state=PlaybackState {{state={state}, position=4200, buffered position=0, speed=1.0, updated=9}}
      metadata: size=3, description={title}, null, null
"""


@pytest.mark.parametrize(
    "dump",
    [
        "    mResumedActivity: ActivityRecord{6ad1f21 u0 com.example.tv/.Main t12}",
        "  ResumedActivity: ActivityRecord{6ad1f21 u0 com.example.tv/.Main t12}",
        "    topResumedActivity=ActivityRecord{6ad1f21 u0 com.example.tv/.Main t12}",
        "    topResumedActivity=ActivityRecord{d8f u0 com.example.tv/com.example.tv.Main} t12}",
        "  mCurrentFocus=Window{3a5c u0 com.example.tv/com.example.tv.Main}",
    ],
)
def test_the_app_in_front_is_read(dump):
    assert foreground(f"STACK\n{dump}\n  rest") == "com.example.tv/.Main"


@pytest.mark.parametrize("dump", ["", "mCurrentFocus=null", "mCurrentFocus=Window{3a5c u0 StatusBar}"])
def test_no_app_in_front_is_none(dump):
    assert foreground(dump) is None


@pytest.mark.parametrize(
    ("number", "state"), [("3", "PLAYING"), ("PLAYING(3)", "PLAYING"), ("2", "PAUSED"), ("8", "BUFFERING")]
)
def test_a_media_session_is_read(number, state):
    dump = "Sessions Stack - have 1 sessions:" + SESSION.format(name="tv", state=number, title="Big, Buck")
    assert media_session(dump, None) == (state, "Big, Buck")


def test_the_session_of_the_app_counts():
    dump = SESSION.format(name="music", state=3, title="Song") + SESSION.format(
        name="tv", state=2, title="Film"
    )
    assert media_session(dump, "com.example.tv") == ("PAUSED", "Film")
    assert media_session(dump, "com.example.other") == ("NONE", "")
    assert media_session("MEDIA SESSION SERVICE\n", "com.example.tv") == ("NONE", "")


def test_a_title_that_looks_like_a_state_is_a_title():
    title = "package=evil state=PlaybackState {state=3"
    assert media_session(SESSION.format(name="tv", state=2, title=title), "com.example.tv") == (
        "PAUSED",
        title,
    )


@pytest.mark.parametrize(
    ("expect", "proved"),
    [
        (Expect(foreground="com.example.tv"), True),
        (Expect(foreground="com.example.tv/.Main"), True),
        (Expect(foreground="com.example.tv/.Other"), False),
        (Expect(foreground="com.example"), False),
        (Expect(media=("NONE", "PAUSED")), True),
        (Expect(foreground="com.example.tv", media=("PLAYING",)), False),
        (Expect(signal=True), True),
        (Expect(signal=False), False),
    ],
)
def test_a_proof_holds_when_all_of_it_is_seen(expect, proved):
    assert Seen("com.example.tv/.Main", "PAUSED", "Film", True).proves(expect) is proved


def test_what_is_seen_is_said_in_words():
    assert str(Seen("a/.B", "PAUSED", "Film", True)) == "a/.B in front, media PAUSED 'Film', signal present"
    assert str(Seen()) == "unknown app in front, media unknown"

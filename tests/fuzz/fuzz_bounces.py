"""Coverage-guided: `python -m tests.fuzz.fuzz_bounces -max_total_time=60`, or `make fuzz`."""

import atheris

with atheris.instrument_imports(include=["planned", "email.feedparser", "email.message"]):
    from tests.fuzz import bounces, seeds
    from tests.fuzz.running import fuzz

WORDS = (
    "Content-Type: ",
    "message/delivery-status",
    "message/feedback-report",
    "multipart/report",
    "boundary=",
    "\n\n",
    "--",
)
WORDS += (
    "Action: failed",
    "Status: 5.1.1",
    "Final-Recipient: rfc822;",
    "Message-ID: <",
    "X-Failed-Recipients: ",
    "5.1.1",
    "550 ",
)

if __name__ == "__main__":
    fuzz("bounces", bounces.check, [*bounces.samples(), *seeds.found("bounces").values()], WORDS)

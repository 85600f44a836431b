"""Coverage-guided: `python -m tests.fuzz.fuzz_mail -max_total_time=60`, or `make fuzz`."""

import atheris

with atheris.instrument_imports(include=["planned"]):
    from tests.fuzz import mail, seeds
    from tests.fuzz.running import fuzz

WORDS = (
    "\r\n",
    "\r\n ",
    "=?utf-8?q?",
    "=?utf-8?b?",
    "?=",
    "=0D=0A",
    "Bcc: ",
    "<",
    ">",
    '"',
    "(",
    ")",
    "@",
    ",",
    "\xff",
)
SEEDS = (
    b"=?utf-8?q?a=0D=0ABcc:_eve@evil.test?=",
    b"a\r\nBcc: eve@evil.test\xffAlice <eve@evil.test>, x\xffUniversit\xc3\xa9\xffText\xff<p>Text</p>",
    b"s\xff\xff\xff.\n--=_0f1e2d3c--\n\xff=\n\xffzo\xc3\xa9@b\xc3\xbccher.example\xffa@b\xffc@d\xffr.c\xfffr\xffhttps://x/y",
)

if __name__ == "__main__":
    fuzz("mail", mail.check, [*SEEDS, *seeds.found("mail").values()], WORDS)

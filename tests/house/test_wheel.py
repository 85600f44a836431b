"""The wheel, installed where nothing of the work tree is in reach, parses a rule and has its grammar."""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SENTENCE = """course C
rule reminder "Lesson 2"
  after completion of Quiz1
  wait 3 days at 09:00
  unless Lesson2 complete
  send "Don't forget lesson 2!"
"""


def run(*command: object, cwd: Path) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_built_wheel_parses_a_rule_in_a_clean_environment(tmp_path: Path) -> None:
    source = tmp_path / "source"
    run("git", "clone", "--quiet", "--no-hardlinks", ROOT, source, cwd=tmp_path)
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        tmp_path,
        source,
        cwd=tmp_path,
    )
    wheel = next(tmp_path.glob("planned-*.whl"))

    clean = tmp_path / "clean"
    venv.create(clean, with_pip=True)
    python = clean / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=tmp_path)
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path).strip())
    # The dependencies come from this environment, by a path file; an editable install's finder does not come with it.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")

    (tmp_path / "reminder.rules").write_text(SENTENCE, encoding="utf-8")
    where = run(python, "-c", "import planned; print(planned.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(clean)
    run(clean / "bin" / "planned", "lint", "reminder.rules", cwd=tmp_path)
    run(clean / "bin" / "planned", "init", "project", "--lang", "fr", cwd=tmp_path)
    run(clean / "bin" / "planned", "lint", "--strict", "rules", cwd=tmp_path / "project")
    assert (tmp_path / "project" / ".gitignore").is_file()

"""Licence texts of the packages that ohdesk is delivered with.

python tools/licences.py collect     copy them from the installed packages into `licences/`
python tools/licences.py check       name every locked package without a text
"""

import importlib.metadata
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "licences"
LOCK = ROOT / "requirements.lock"
TEXT = re.compile(r"(?i)licen[cs]e|copying|notice")
PROGRAM = {".py", ".pyc"}
RULE = "\n\n" + "-" * 100 + "\n\n"


def locked_packages() -> dict[str, str]:
    """Return every package of the lock with its version."""
    return dict(re.findall(r"(?m)^([a-z0-9-]+)==(\S+)", LOCK.read_text("utf-8")))


def licence_texts(package: str) -> dict[str, str]:
    """Return the licence texts an installed package carries, by file name; none when it carries none.

    Raises importlib.metadata.PackageNotFoundError for a package of another system.
    """
    files = importlib.metadata.distribution(package).files or []
    found = (file for file in files if TEXT.search(str(file)) and file.suffix not in PROGRAM)
    return {str(file): Path(str(file.locate())).read_text("utf-8", errors="replace").strip() for file in found}


def collect() -> int:
    """Write one file per package; texts of packages that carry none are kept as they stand."""
    for package, version in locked_packages().items():
        try:
            texts = licence_texts(package)
        except importlib.metadata.PackageNotFoundError:
            continue
        if texts:
            parts = [f"{name}\n\n{text}" for name, text in sorted(texts.items())]
            target = FOLDER / f"{package}.txt"
            target.write_text(f"{package} {version}\n\n" + RULE.join(parts) + "\n", "utf-8", newline="\n")
    return check()


def missing() -> list[str]:
    """Return the locked packages without a licence text."""
    return [package for package in locked_packages() if not (FOLDER / f"{package}.txt").is_file()]


def check() -> int:
    """Name the packages without a text; 1 when there are any."""
    for package in missing():
        print(f"no licence text for {package}", file=sys.stderr)
    return 1 if missing() else 0


if __name__ == "__main__":
    sys.exit({"collect": collect, "check": check}[sys.argv[1]]())

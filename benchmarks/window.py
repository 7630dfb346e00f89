"""`python -m benchmarks.window`: how soon the window shows something, how smoothly it goes on, what it holds."""

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import start
from benchmarks.goals import goals
from benchmarks.rounds import scratch
from benchmarks.scale import FULL
from ohdesk.domain.establishment import uscc_check_character
from ohdesk.services.office.workspace import NewWorkspace, create_workspace, open_workspace
from ohdesk.services.roll import importing

EMPLOYERS = 20_000
ROUNDS = 5
FIRST_PAGE, STALL, ANSWER, MEMORY = 150.0, 100.0, 50.0, 2.6
PLACES = ("石桥", "青溪", "长坡", "南塘", "北岭", "东埔", "西涌")
NAMES = ("宏", "泰", "顺", "发", "盛", "鑫", "隆", "昌", "裕", "丰", "恒")
TRADES = ("五金", "家具", "电子", "陶瓷", "皮具")
ACCOUNT, PASSWORD = "李旸", "ohdesk-bench"


def main() -> int:
    """Print the figures against their goals; 1 when one is missed."""
    rows = [(figure, goals()[figure.name]) for figure in start.measure(FULL)]
    print(*(f"{figure} | goal {goal}" for figure, goal in rows), sep="\n")
    with TemporaryDirectory(dir=scratch(), prefix="benchmark-") as name:
        workspace = _workspace(Path(name))
        pages = [_child("first_page", workspace, ACCOUNT, PASSWORD)["first_page"] for _ in range(ROUNDS)]
        bare = [_child("bare")["resident"] for _ in range(3)]
        visits = [_child("visit", workspace, ACCOUNT, PASSWORD) for _ in range(3)]
        worked = _child("work", _empty(Path(name)), ACCOUNT, PASSWORD)
        answered = [_child("answers", _folder(Path(name), f"answers {turn}"))["gaps"] for turn in range(3)]
        signed = [_child("signing", _folder(Path(name), f"signing {turn}"))["gaps"] for turn in range(3)]
    best = {name: min(visit["gaps"][name] for visit in visits) for name in visits[0]["gaps"]}
    best |= {name: min(gaps[name] for gaps in signed) for name in signed[0]}
    best |= {f"{name} of {EMPLOYERS}": gap for name, gap in worked["gaps"].items()}
    held = median(visit["resident"] for visit in visits) / median(bare)
    results = [
        *(goal.holds(figure.value) for figure, goal in rows),
        _line(f"first page of {EMPLOYERS} after the key derivation, ms", median(pages), FIRST_PAGE),
        *(_line(f"longest stall, {name}, ms", worst, STALL) for name, worst in best.items()),
        _line(
            "longest stall, any answer by keys, ms", max(min(turns) for turns in zip(*answered, strict=True)), ANSWER
        ),
        _line("memory after every screen / bare window with a table in Chinese", held, MEMORY),
    ]
    print(
        f"bare {median(bare):.0f} MB, ohdesk {median(visit['resident'] for visit in visits):.0f} MB, of that by step:"
    )
    print(", ".join(f"{step} {held:.0f}" for step, held in visits[0]["held"].items()))
    print(f"load of the machine: {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "")
    return 0 if all(results) else 1


def _line(what: str, value: float, goal: float) -> bool:
    print(f"{what}: {value:.1f} | goal <= {goal:g} | {'ok' if value <= goal else 'MISSED'}")
    return value <= goal


def _folder(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder / name


def _empty(folder: Path, name: str = "empty") -> Path:
    workspace = folder / name
    create_workspace(workspace, NewWorkspace("town", "000000001", "石桥镇", ACCOUNT, PASSWORD))
    return workspace


def _workspace(folder: Path) -> Path:
    workspace, listed = _empty(folder, "town"), folder / "list.csv"
    lines = ["序号,单位名称,统一社会信用代码,作业场所地址,行业,职工总数,接害人数,联系人"]
    lines += [_employer(number) for number in range(EMPLOYERS)]
    listed.write_text("\n".join(lines), encoding="utf-8")
    with open_workspace(workspace, ACCOUNT, PASSWORD) as ctx:
        importing.apply(ctx, importing.compare(ctx, importing.preview(listed)))
    return workspace


def _employer(number: int) -> str:
    """Return a line of an invented list; the words go round so that no two names are alike."""
    first_17 = f"91000000MA{number:07}"
    name = f"{PLACES[number % 7]}{NAMES[number % 11]}{NAMES[number % 13 % 11]}{TRADES[number % 5]}厂{number}"
    return (
        f"{number},{name},{first_17}{uscc_check_character(first_17)},工业路 {number} 号,{TRADES[number % 5]},40,12,周沄"
    )


def _child(which: str, *arguments: object) -> Any:
    command = [sys.executable, "-m", "benchmarks.window_child", which, *map(str, arguments)]
    environment = os.environ | {"QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    done = subprocess.run(  # noqa: S603 - our own program
        command, capture_output=True, check=True, text=True, env=environment, encoding="utf-8", timeout=150
    )
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    sys.exit(main())

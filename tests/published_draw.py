"""A draw whose commitment is fixed for good: its sheet, against which program and stand-alone checkers are tested."""

from typing import Any

COMMIT = "4e2ed17a1fa8e4dd482683f777aeaaf4fd564b7110ec6909bf34d9d6c42967db"
SHEET: dict[str, Any] = {
    "v": "ohdesk-draw/1",
    "plan": "2026-HY-001",
    "draw": 1,
    "nonce": "0" * 64,
    "team": 2,
    "cap": 9,
    "slack": 1,
    "strata": [
        {
            "code": code,
            "num": num,
            "den": 100,
            "min": 1,
            "ids": [f"{code}{number:03d}" for number in range(1, size + 1)],
        }
        for code, size, num in (("A", 10, 50), ("B", 20, 10), ("C", 3, 1))
    ],
    "inspectors": [{"id": f"I0{number}", "lead": number in (1, 3)} for number in (1, 2, 3, 4)],
    "recusals": [["I01", "A001"], ["I03", "A001"], ["I02", "B007"]],
}

"""Nothing that this program says of its signatures claims what nobody certified."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TEXTS = {".py", ".toml", ".md", ".json", ".txt", ".html", ".po", ".csv"}
# 密码法 and 电子签名法 第十三条 give these words a meaning; denying is not claiming.
CLAIMS = re.compile("商密|商用密码|国密|可靠的?电子签名|reliable electronic signature|commercial cryptography", re.I)
DENIALS = re.compile("未经|不是|不称|不声称|没有|\\bnot\\b|\\bno\\b|nothing", re.I)


def test_no_text_claims_certified_cryptography_or_a_reliable_electronic_signature():
    files = [path for place in ("ohdesk", "resources", "docs") for path in (ROOT / place).rglob("*")]
    files += ROOT.glob("*.md")
    claimed = [
        f"{path.relative_to(ROOT)}: {line}"
        for path in files
        if path.suffix in TEXTS and path.is_file()
        for line in path.read_text("utf-8").splitlines()
        if CLAIMS.search(line) and not DENIALS.search(line)
    ]
    assert claimed == []

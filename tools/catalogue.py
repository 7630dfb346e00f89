"""The catalogue of translations: gather the sentences of the source, compile, check.

    python tools/catalogue.py extract    bring the .po files up to the source, then compile them
    python tools/catalogue.py compile    write the .mo files from the .po files
    python tools/catalogue.py check      fail on sentences missing, stale, untranslated or with damaged placeholders

The source language is Simplified Chinese and needs no catalogue.  `tr("…")` translates where it stands;
`mark("…")` only gathers a text that is translated later, where it is shown.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "ohdesk"
LOCALE = ROOT / "resources" / "locale"
KEYWORDS = {"tr": None, "mark": None}
WIDTH = 120


def gather() -> Catalog:
    """Return every sentence of the source, each with the file it stands in."""
    catalog = Catalog(charset="utf-8")
    for file, _, message, comments, _ in extract_from_dir(SOURCE, keywords=KEYWORDS, comment_tags=()):
        catalog.add(message, locations=[(f"ohdesk/{Path(file).as_posix()}", 0)], auto_comments=comments)
    return catalog


def catalogues() -> list[Path]:
    """Return the .po file of every language there is."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/ohdesk.po"))


def read(path: Path) -> Catalog:
    """Return the catalogue of one language."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3], domain="ohdesk")


def compiled(catalog: Catalog) -> bytes:
    """Return the bytes of the .mo file, the same for the same translations."""
    held = BytesIO()
    write_mo(held, catalog)
    return held.getvalue()


def compile_all() -> int:
    """Write the .mo file beside each .po file."""
    for path in catalogues():
        path.with_suffix(".mo").write_bytes(compiled(read(path)))
    return 0


def extract() -> int:
    """Add new sentences, drop those no longer said, compile; translations that stand are kept."""
    gathered = gather()
    for path in catalogues():
        catalog = read(path)
        catalog.update(gathered, no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
        held = BytesIO()
        write_po(held, catalog, width=WIDTH, omit_header=False, sort_output=True, include_lineno=False)
        path.write_bytes(held.getvalue())
        missing = sum(not message.string for message in catalog if message.id)
        print(f"{path.relative_to(ROOT).as_posix()}: {len(catalog)} sentences, {missing} to translate")
    return compile_all()


def placeholders(text: str) -> set[str]:
    """Return the names in braces; a text that cannot be formatted gives one name that no other text has.

    Braces around something that is no name (an example of JSON) are not filled in and may be translated.
    """
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name and name.isidentifier()}
    except ValueError:
        return {f"cannot be formatted: {text}"}


def faults(gathered: Catalog, translated: Catalog) -> Iterator[str]:
    """Yield in words what is wrong with one language's catalogue."""
    said = {str(message.id) for message in gathered if message.id}
    known = {str(message.id): message for message in translated if message.id}
    yield from (f"missing: {text}" for text in sorted(said - set(known)))
    yield from (f"no longer said: {text}" for text in sorted(set(known) - said))
    for text, message in known.items():
        if not message.string or message.fuzzy:
            yield f"not translated: {text}"
        elif placeholders(text) != placeholders(str(message.string)):
            yield f"placeholders differ: {text} | {message.string}"


def check() -> int:
    """Name every fault of every language; 1 when there are any."""
    gathered, found = gather(), []
    for path in catalogues():
        catalog, language = read(path), path.parts[-3]
        found += [f"{language}: {fault}" for fault in faults(gathered, catalog)]
        binary = path.with_suffix(".mo")
        if not binary.is_file() or binary.read_bytes() != compiled(catalog):
            found.append(f"{language}: {binary.name} is not compiled from {path.name}")
    print("\n".join(found) or f"{len(gathered)} sentences, {len(catalogues())} language(s) besides Chinese")
    if found:
        print("run: python tools/catalogue.py extract, then translate what is new", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit({"extract": extract, "compile": compile_all, "check": check}[sys.argv[1]]())

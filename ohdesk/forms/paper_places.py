"""The places that a paper may have filled by the program, by what it is about; everything else it asks for itself."""

from typing import Literal

About = Literal["visit", "establishment", "draw", "nothing"]

_OFFICE = ("authority", "division_name", "region", "office_address", "office_phone")
_PAPER = (
    "number",
    "today",
    "issued_on",
    "copies",
    "mode_name",
    "basis",
    "review_body",
    "review_days",
    "court",
    "court_months",
    "made_by",
    "annexed_to",
)
_ESTABLISHMENT = ("name", "uscc", "address", "legal_representative", "person_in_charge", "phone", "industry", "size")
_VISIT = (
    "matter",
    "kind",
    "kind_name",
    "source",
    "reason",
    "task_number",
    "way",
    "planned_on",
    "started_at",
    "ended_at",
    "period",
    "place",
    "means",
    "inspectors",
    "assistants",
    "technicians",
    "partners",
    "recorder",
    "accompanied_by",
    "outcome",
    "outcome_proof",
    "counted",
    "taken",
    "approval",
    "needed_papers",
    "rights",
    "prohibitions",
)
_RECORD = (
    "record_number",
    "record_title",
    "record_sha256",
    "record_pdf_sha256",
    "finalized_on",
    "form_title",
    "form_version",
    "counts",
    "party_way",
    "ended_early",
    "announced",
    "introduction",
)
_DRAW = ("plan", "draw_number", "draw_title", "draw_matter", "draw_basis", "draw_kind", "draw_void", "many")

# The lists that a block may go through, and the places of their items; `ordinal` counts the items from 1.
LISTS = {
    "findings": ("number", "fact", "duty", "evidence", "disposal", "due_on", "photos"),
    "ordered": ("number", "fact", "duty", "evidence", "disposal", "due_on", "photos"),
    "answers": ("number", "section", "text", "word", "remark", "duty", "photos", "not_met"),
    "tables": ("title",),
    "photos": ("number", "sha256", "heading", "lines"),
    "withheld": ("number", "mark", "sha256"),
    "announced": ("number", "caption", "circumstances"),
    "evidence": ("name", "source", "made_at", "sha256", "pages"),
    "papers": ("title", "number", "day", "pages", "note"),
    "annexes": ("title",),
    "steps": ("label", "text"),
    "situation": ("text",),
    "statement": ("text",),
    "particulars": ("label", "text"),
    "pairs": ("label", "text", "beside", "text_beside"),
    "open_findings": ("number", "fact", "standing"),
    "dues": ("what", "state", "due"),
    "earlier": ("day", "who", "why", "result"),
    "pool": ("label", "text"),
    "left_out_reasons": ("reason", "count"),
    "left_out": ("id", "name", "reason"),
    "quotas": ("stratum", "size", "quota", "drawn"),
    "firms": (
        "stratum",
        "name",
        "id",
        "address",
        "lead",
        "others",
        "ticket",
        "outcome",
        "published",
        "checked_on",
        "remark",
    ),
    "team": ("label", "text"),
    "people": ("number", "person", "reason"),
    "proof": ("label", "text"),
    "voided": ("text",),
}

_BY_ABOUT = {
    "visit": (*_ESTABLISHMENT, *_VISIT, *_RECORD),
    "establishment": _ESTABLISHMENT,
    "draw": _DRAW,
    "nothing": (),
}


def places_of(about: About) -> frozenset[str]:
    """Return the places that the program fills on a paper about this, the lists aside."""
    return frozenset((*_OFFICE, *_PAPER, *_BY_ABOUT[about]))

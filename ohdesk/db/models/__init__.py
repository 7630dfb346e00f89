"""The tables, one module per aggregate."""

from ohdesk.db.models.base import Base
from ohdesk.db.models.draws import Draw, DrawSheet
from ohdesk.db.models.journal import BlobRow, OperationRow, ReplicaHead
from ohdesk.db.models.office import (
    Account,
    AccountRole,
    Draft,
    OwnKey,
    OwnOffice,
    OwnPower,
    Person,
    RetiredCertificate,
    Setting,
    SigningKey,
    SkippedStep,
)
from ohdesk.db.models.records import (
    Amendment,
    Finding,
    FindingDuty,
    PagePhoto,
    PhotoPage,
    Record,
    RecordAnswer,
    RecordInspector,
    RecordPhoto,
)
from ohdesk.db.models.roll import ContestedField, Establishment, EstablishmentHead
from ohdesk.db.models.sync import BundleIn, BundleOut, CountyRecipient, Enrolment, IssuedCertificate, Peer
from ohdesk.db.models.visits import Answer, LastStop, Photo, ReInspection, Visit, VisitMember

__all__ = [
    "Account",
    "AccountRole",
    "Amendment",
    "Answer",
    "Base",
    "BlobRow",
    "BundleIn",
    "BundleOut",
    "ContestedField",
    "CountyRecipient",
    "Draft",
    "Draw",
    "DrawSheet",
    "Enrolment",
    "Establishment",
    "EstablishmentHead",
    "Finding",
    "FindingDuty",
    "IssuedCertificate",
    "LastStop",
    "OperationRow",
    "OwnKey",
    "OwnOffice",
    "OwnPower",
    "PagePhoto",
    "Peer",
    "Person",
    "Photo",
    "PhotoPage",
    "ReInspection",
    "Record",
    "RecordAnswer",
    "RecordInspector",
    "RecordPhoto",
    "ReplicaHead",
    "RetiredCertificate",
    "Setting",
    "SigningKey",
    "SkippedStep",
    "Visit",
    "VisitMember",
]

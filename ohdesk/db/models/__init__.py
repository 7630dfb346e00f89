"""The tables, one module per aggregate."""

from ohdesk.db.models.base import Base
from ohdesk.db.models.draws import Draw, DrawSheet
from ohdesk.db.models.journal import BlobRow, OperationRow, ReplicaHead
from ohdesk.db.models.office import Account, AccountRole, OwnKey, Person, RetiredCertificate, Setting, SigningKey
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
from ohdesk.db.models.sync import BundleIn, BundleOut, IssuedCertificate, Peer
from ohdesk.db.models.visits import Answer, Photo, ReInspection, Visit

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
    "Draw",
    "DrawSheet",
    "Establishment",
    "EstablishmentHead",
    "Finding",
    "FindingDuty",
    "IssuedCertificate",
    "OperationRow",
    "OwnKey",
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
    "Visit",
]

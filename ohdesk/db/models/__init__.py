"""The tables, one module per aggregate; all are known here, so that a link finds its table whichever was asked for."""

from ohdesk.db.models.backup import BackupMade, BackupPlace
from ohdesk.db.models.base import Base
from ohdesk.db.models.draws import Draw, DrawSheet, FrozenFile, FrozenPiece
from ohdesk.db.models.journal import BlobRow, LocalHead, OperationRow, ReplicaHead
from ohdesk.db.models.office import (
    Account,
    Draft,
    DraftKind,
    Grant,
    Invitation,
    KeyPurpose,
    KeyReset,
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
    PdfSigner,
    PdfVerdict,
    Record,
    RecordAnswer,
    RecordInspector,
    RecordPaper,
    RecordPhoto,
)
from ohdesk.db.models.register import ContestedEntryField, Entry, LocalEntry, LocalOperation
from ohdesk.db.models.roll import ContestedField, Establishment, EstablishmentHead, Merged, Proposal, ToldApart
from ohdesk.db.models.sync import (
    BundleIn,
    BundleOut,
    BundleState,
    CountyRecipient,
    Enrolment,
    Peer,
    PeerMissing,
    PeerRefused,
    QuarantinedBundle,
    UnwrittenVolume,
)
from ohdesk.db.models.trust import Certificate, LiftedRevocation, Revocation
from ohdesk.db.models.visits import (
    Answer,
    FormEdition,
    LastStop,
    Photo,
    ReInspection,
    SelfCheck,
    Visit,
    VisitFile,
    VisitMember,
)

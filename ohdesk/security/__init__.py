"""Keys, passwords, certificates, signatures, encryption at rest."""

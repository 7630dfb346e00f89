"""Backups: one encrypted file that a workspace can be made from again."""

"""The books an office keeps: their entries written, listed, exported, and taken back."""

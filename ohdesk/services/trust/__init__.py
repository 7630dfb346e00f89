"""Whom this office trusts: keys, cards, requests and answers."""

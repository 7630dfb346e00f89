"""The office itself: its workspace, people, accounts, powers and machine."""

"""The screen 登记簿."""

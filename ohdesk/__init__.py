"""ohdesk: occupational-health supervision for towns and their county, offline."""

__version__ = "0.1.0"

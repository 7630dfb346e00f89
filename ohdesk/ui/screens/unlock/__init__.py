"""Opening a workspace, or creating one."""

"""Load pyHanko without aiohttp and what is behind it: clients for time stamps, revocation lists and remote signing.

pyHanko 0.37 imports them wherever something is signed or checked, and this program uses no network: 0.1 s of processor
time.  It may go when pyHanko imports them where it needs them.
"""

from ohdesk.standing_in import standing_in

# In signatures; neither is ever made.
with standing_in(aiohttp={"BasicAuth": object, "ClientSession": object}):
    import pyhanko.sign.signers
    import pyhanko.sign.validation  # noqa: F401 - the first import is the work

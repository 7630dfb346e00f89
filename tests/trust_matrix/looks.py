"""What a look at a bundle tells before it is taken in."""

from tests.trust_bench import HOME, OTHER
from tests.trust_matrix.bundles import other_key_signs
from tests.trust_matrix.case import Table, To, What
from tests.trust_matrix.writers import by, taken_back

TABLE = Table()


# Looking before taking in

TABLE.comes("a laptop taken back", taken_back(), What.REFUSED, "吊销", To.COUNTY_LOOKS)
TABLE.comes("a laptop that is honest", by(HOME), What.HOLDS, to=To.COUNTY_LOOKS)
TABLE.comes("another device's key over the head", other_key_signs, What.REFUSED, "签名不成立", To.COUNTY_LOOKS)
TABLE.comes("the other town's bundle, looked at in the town", by(OTHER), What.REFUSED, "另一个镇街", To.TOWN_LOOKS)

from core.permissions import declare
from tenants.roles import EVERYONE

SEE_HOME = declare("tenants.home.view", "see the home page of this organisation", *EVERYONE)

"""A process of its own that proposes or releases, so that it can be killed.

    python -m tests.finance.pay_in_process propose|release ORGANISATION PERSON

COMMONWELL_DATABASE names the database of the tests; FAULT_POINT and FAULT_FUSE arm the kill.
"""

import os
import sys

import django
import pytest  # noqa: F401  (its presence makes the settings choose the server of the tests)


def main(step: str, slug: str, who: str) -> None:
    from django.db import connections

    from core.scope import scope
    from finance.models import PaymentRun
    from tenants.models import Person
    from tenants.selectors import actor_for
    from tests.finance.payment_books import propose, release
    from tests.world import TODAY

    connections["default"].settings_dict["NAME"] = os.environ["COMMONWELL_DATABASE"]
    person = Person.objects.get(email=who)
    by = actor_for(person.pk, person.name, slug, TODAY)[0]
    with scope(acting=by.organisation_id):
        if step == "propose":
            propose(by)
        else:
            release(PaymentRun.objects.get(), by)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sharedservices.settings")
    django.setup()
    main(*sys.argv[1:])

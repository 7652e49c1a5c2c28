"""Every table and column is classified, and guarded as its level promises."""

import re
from pathlib import Path

from django.apps import apps
from django.db import models

from core.tenancy import TenantModel
from core.vault import COLUMNS as SEALED_COLUMNS
from sharedservices.classes import COLUMNS, PROMISES, TABLES, Level, columns_of, credentials
from tests.house.source import ROOT
from tools.list_classes import page

MODELS = {model._meta.label: model for model in apps.get_models()}
# Of libraries and of people: each with who guards them instead of row security.
WITHOUT_WALLS = {
    *("account.EmailAddress", "account.EmailConfirmation", "mfa.Authenticator"),
    *("sessions.Session", "usersessions.UserSession", "tenants.Person"),
    *("socialaccount.SocialAccount", "socialaccount.SocialApp", "socialaccount.SocialToken"),
}
# What names of columns say of somebody, wherever they stand.
OF_PEOPLE = re.compile(
    r"(^|_)(person|people_name|email|born_on|gender|ni|passport|phone|contact_name|family_name"
    r"|given_names|tax_code|job_title)(_|$)"
)
# Titles of who signs a public statement, and titles of posts that nobody holds yet.
OF_NOBODY = {"finance.PaymentsNotice.job_title", "sla.SignedMonth.job_title"}


def test_every_table_is_classified_and_no_other() -> None:
    assert set(MODELS) - set(TABLES) == set(), "say in sharedservices/classes.py what it holds"
    assert set(TABLES) - set(MODELS) == set()
    wrong = {one for one in COLUMNS if one.rpartition(".")[2] not in names(one.rpartition(".")[0])}
    assert wrong == set()
    assert set(PROMISES) == set(Level)


def names(label: str) -> set[str]:
    return set(columns_of(MODELS[label]))


def test_the_page_is_current() -> None:
    """tools/list_classes.py > docs/security/classes.md"""
    assert (Path(ROOT) / "docs/security/classes.md").read_text(encoding="utf-8") == page()


def test_what_is_sealed_is_confidential_and_the_other_way_round() -> None:
    sealed = {(one.model._meta.label, one.name) for one in SEALED_COLUMNS}
    said = {
        (label, field.attname)
        for label, model in MODELS.items()
        for field in model._meta.concrete_fields
        if field.attname.endswith("_sealed")
    }
    assert sealed == said
    assert all(columns_of(MODELS[label])[name] >= Level.CONFIDENTIAL for label, name in sealed)


def test_columns_about_people_are_of_their_level() -> None:
    open_ones = [
        f"{label}.{name}"
        for label, model in MODELS.items()
        for name, level in columns_of(model).items()
        if OF_PEOPLE.search(name) and level < Level.PERSONAL and f"{label}.{name}" not in OF_NOBODY
    ]
    assert open_ones == []


def test_money_of_people_is_confidential_and_other_money_never_public() -> None:
    about = {"hr.Employment", "payroll.Payslip", "payroll.PayMember"}
    wrong = []
    for label, model in MODELS.items():
        refers = {
            field.related_model._meta.label
            for field in model._meta.concrete_fields
            if isinstance(field, models.ForeignKey)
        }
        least = Level.CONFIDENTIAL if about & {label, *refers} else Level.INTERNAL
        wrong += [
            f"{label}.{name}"
            for name, level in columns_of(model).items()
            if name.endswith("_pence") and level < least and label != "finance.SpendPublication"
        ]
    assert wrong == []


def test_what_is_personal_lies_behind_row_security() -> None:
    bare = {
        label
        for label, model in MODELS.items()
        if max(columns_of(model).values()) >= Level.PERSONAL and not issubclass(model, TenantModel)
    }
    assert bare == WITHOUT_WALLS


def test_no_credential_leaves_and_no_answer_is_named_like_one() -> None:
    assert credentials() == {
        "access_apianswer": {"body"},
        "access_apitoken": {"digest"},
        "access_identityprovider": {"secret"},
        "events_webhook": {"secret"},
    }
    shown = (Path(ROOT) / "tests/house/fields.txt").read_text(encoding="utf-8").splitlines()
    fields = {re.split(r"[.\[\] ]+", line.partition(":")[0])[-1] for line in shown}
    assert {name for name in fields if name.endswith(("_sealed", "digest", "password"))} == set()

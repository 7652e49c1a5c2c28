"""ISO 20022 pain.001.001.09 credit transfers for UK banks (Bacs, Faster Payments, CHAPS).

Accounts are `Othr/Id` under the scheme BBAN, sort codes clearing members of GBDSC, the service user
number is `Othr` with the proprietary scheme SUN. The bytes depend on the arguments alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from xml.sax.saxutils import escape

from finance.formats.bank_days import is_banking_day
from finance.formats.errors import Unwritable
from finance.formats.pain001_check import NAMESPACE, check, is_identifier
from finance.formats.pieces import Tally, in_pieces

__all__ = ["SERVICES", "PainCredit", "PainFile", "PainParty", "check", "write"]

# Scheme to service level and the most pence one payment may have.
SERVICES: dict[str, tuple[str, int | None]] = {
    "bacs": ("NURG", 2_000_000_000),
    "faster_payments": ("URGP", 100_000_000),
    "chaps": ("URGP", None),
}
MOST_TEXT = 140
_SUN = re.compile(r"[0-9]{6}")
# What nearly every payment is; the slower rules say what is wrong with one that is not.
_PLAIN_IDENTIFIER = re.compile(r"[A-Za-z0-9\-]{1,35}")
_PARTY = re.compile(r"[0-9]{6} [0-9]{8} [A-Za-z0-9&.,'()][ -~]{0,139}")


class PainParty(NamedTuple):
    """A party with its account. The address is structured; an empty part is left out."""

    name: str
    sort_code: str
    account: str
    town: str = ""
    postcode: str = ""
    country: str = "GB"


class PainCredit(NamedTuple):
    """One payment. `end_to_end_id` must never be used for another by the same organisation."""

    end_to_end_id: str
    pence: int
    creditor: PainParty
    remittance: str


@dataclass(frozen=True)
class PainFile:
    """All that a message says, one payment information block, one day of execution.

    `sun` may be empty where the bank does not ask for it; `created_at` is written as given, to the
    second and without its zone. `total_pence` is the control sum.
    """

    message_id: str
    payment_id: str
    created_at: datetime
    execute_on: date
    service: str
    sun: str
    debtor: PainParty
    payments: int
    total_pence: int
    batch_booking: bool = True


def write(
    file: PainFile, credits: Iterable[PainCredit], holidays: Collection[date] = ()
) -> Iterator[bytes]:
    """The message as UTF-8 XML in pieces, whatever the number of credits.

    `Unwritable` when a rule is broken or the credits are not as many and as much as the message
    says; nothing of it is a message before the last piece has come. Every value is held to the
    rules of `check` before it is written; that end-to-end identifiers differ is for the caller.
    """
    problems = _file_problems(file, holidays)
    if problems:
        raise Unwritable(problems)
    limit = SERVICES[file.service][1]
    tally = Tally("Payment", file.payments, file.total_pence)
    yield _head(file).encode()
    for piece in in_pieces(credits):
        for credit in piece:
            tally.add(credit.pence, _credit_problems(credit, file.service, limit))
        tally.stop_if_hopeless()
        yield "".join(map(_credit, piece)).encode()
    tally.stop_unless_right()
    yield b"    </PmtInf>\n  </CstmrCdtTrfInitn>\n</Document>\n"


def pounds(pence: int) -> str:
    """Pence as pounds with two decimals and no separators: 576050 is 5760.50."""
    return f"{pence // 100}.{pence % 100:02d}"


def _head(file: PainFile) -> str:
    sums = f"<NbOfTxs>{file.payments}</NbOfTxs>", f"<CtrlSum>{pounds(file.total_pence)}</CtrlSum>"
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<Document xmlns="{NAMESPACE}">
  <CstmrCdtTrfInitn>
    <GrpHdr>
      <MsgId>{escape(file.message_id)}</MsgId>
      <CreDtTm>{file.created_at:%Y-%m-%dT%H:%M:%S}</CreDtTm>
      {sums[0]}
      {sums[1]}
      <InitgPty>{_party(file.debtor, file.sun)}</InitgPty>
    </GrpHdr>
    <PmtInf>
      <PmtInfId>{escape(file.payment_id)}</PmtInfId>
      <PmtMtd>TRF</PmtMtd>
      <BtchBookg>{"true" if file.batch_booking else "false"}</BtchBookg>
      {sums[0]}
      {sums[1]}
      <PmtTpInf><SvcLvl><Cd>{SERVICES[file.service][0]}</Cd></SvcLvl></PmtTpInf>
      <ReqdExctnDt><Dt>{file.execute_on.isoformat()}</Dt></ReqdExctnDt>
      <Dbtr>{_party(file.debtor, file.sun)}</Dbtr>
      <DbtrAcct>{_account(file.debtor)}<Ccy>GBP</Ccy></DbtrAcct>
      <DbtrAgt>{_agent(file.debtor)}</DbtrAgt>
      <ChrgBr>SLEV</ChrgBr>
"""


def _credit(credit: PainCredit) -> str:
    payee = credit.creditor
    return f"""      <CdtTrfTxInf>
        <PmtId><EndToEndId>{escape(credit.end_to_end_id)}</EndToEndId></PmtId>
        <Amt><InstdAmt Ccy="GBP">{pounds(credit.pence)}</InstdAmt></Amt>
        <CdtrAgt>{_agent(payee)}</CdtrAgt>
        <Cdtr>{_party(payee)}</Cdtr>
        <CdtrAcct>{_account(payee)}</CdtrAcct>
        <RmtInf><Ustrd>{escape(credit.remittance)}</Ustrd></RmtInf>
      </CdtTrfTxInf>
"""


def _party(party: PainParty, sun: str = "") -> str:
    address = who = ""
    if party.town or party.postcode:
        parts = (("PstCd", party.postcode), ("TwnNm", party.town), ("Ctry", party.country))
        inside = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in parts if value)
        address = f"<PstlAdr>{inside}</PstlAdr>"
    if sun:
        scheme = "<SchmeNm><Prtry>SUN</Prtry></SchmeNm>"
        who = f"<Id><OrgId><Othr><Id>{sun}</Id>{scheme}</Othr></OrgId></Id>"
    return f"<Nm>{escape(party.name)}</Nm>{address}{who}"


def _account(party: PainParty) -> str:
    return f"<Id><Othr><Id>{party.account}</Id><SchmeNm><Cd>BBAN</Cd></SchmeNm></Othr></Id>"


def _agent(party: PainParty) -> str:
    return (
        "<FinInstnId><ClrSysMmbId><ClrSysId><Cd>GBDSC</Cd></ClrSysId>"
        f"<MmbId>{party.sort_code}</MmbId></ClrSysMmbId></FinInstnId>"
    )


def _file_problems(file: PainFile, holidays: Collection[date]) -> list[str]:
    if file.service not in SERVICES:
        return [f"'{file.service}' is not one of {', '.join(SERVICES)}"]
    problems = [
        *_identifier_problems("MsgId", file.message_id),
        *_identifier_problems("PmtInfId", file.payment_id),
        *_party_problems(file.debtor),
    ]
    if not file.payments:
        problems.append("The message has no payments")
    if file.sun and not _SUN.fullmatch(file.sun):
        problems.append(f"The service user number '{file.sun}' is not six figures")
    if not is_banking_day(file.execute_on, holidays):
        problems.append(f"{file.execute_on:%d %B %Y} is not a banking day")
    return problems


def _credit_problems(credit: PainCredit, service: str, limit: int | None) -> list[str]:
    problems = _party_problems(credit.creditor)
    if not _PLAIN_IDENTIFIER.fullmatch(credit.end_to_end_id):
        problems += _identifier_problems("EndToEndId", credit.end_to_end_id)
    if credit.pence <= 0:
        problems.append(f"The amount of {credit.pence} pence is not above nil")
    if limit is not None and credit.pence > limit:
        problems.append(f"{credit.pence} pence is above the limit of {service}")
    if not 0 < len(credit.remittance) <= MOST_TEXT or not credit.remittance.isprintable():
        problems.append(
            f"The remittance text '{credit.remittance[:20]}' is not 1 to 140 characters"
        )
    return problems


def _party_problems(party: PainParty) -> list[str]:
    plain = _PARTY.fullmatch(f"{party.sort_code} {party.account} {party.name}")
    if plain and not (party.town or party.postcode):
        return []
    problems = []
    if not re.fullmatch(r"[0-9]{6}", party.sort_code):
        problems.append(f"The sort code '{party.sort_code}' is not six figures")
    if not re.fullmatch(r"[0-9]{8}", party.account):
        problems.append(f"The account number '{party.account}' is not eight figures")
    if not party.name.strip() or len(party.name) > MOST_TEXT or not party.name.isprintable():
        problems.append(f"The name '{party.name[:20]}' is not 1 to 140 characters to be printed")
    for what, value, most in (("postcode", party.postcode, 16), ("town", party.town, 35)):
        if len(value) > most or not value.isprintable():
            problems.append(f"The {what} '{value[:20]}' is not {most} characters to be printed")
    if not re.fullmatch(r"[A-Z]{2}", party.country):
        problems.append(f"The country '{party.country[:20]}' is not two capitals")
    return problems


def _identifier_problems(what: str, value: str) -> list[str]:
    if is_identifier(value):
        return []
    return [f"{what} '{value}' is not 1 to 35 of the allowed characters"]

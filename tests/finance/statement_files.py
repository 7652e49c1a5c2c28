"""Bank files made for the tests: the same entries in every format, and reports about payments."""

from collections.abc import Sequence
from datetime import date
from xml.sax.saxutils import escape

Entry = tuple[date, int, str, str]  # day, pence, reference, text
DAY = date(2026, 6, 18)
ENTRIES: list[Entry] = [
    (date(2026, 6, 17), 50_000, "GRANT-6", "GRANT OF JUNE"),
    (DAY, -7_833, "654321-000001", "PAY-1 BACS"),
    (DAY, -250, "", "ACCOUNT CHARGES"),
]
SORT_CODE, NUMBER = "089999", "66374958"


def pounds(pence: int) -> str:
    return f"{'-' if pence < 0 else ''}{abs(pence) // 100}.{abs(pence) % 100:02d}"


def camt053(
    entries: Sequence[Entry] = ENTRIES,
    opening: int = 100_000,
    *,
    version: str = "08",
    number: str = NUMBER,
    reference: str = "S-1",
    sequence: int = 1,
    currency: str = "GBP",
    closing: int | None = None,
) -> bytes:
    end = opening + sum(e[1] for e in entries) if closing is None else closing
    status = "<Sts><Cd>BOOK</Cd></Sts>" if version >= "08" else "<Sts>BOOK</Sts>"
    body = "".join(
        f"<Ntry><Amt Ccy='{currency}'>{pounds(abs(pence))}</Amt>"
        f"<CdtDbtInd>{'CRDT' if pence > 0 else 'DBIT'}</CdtDbtInd>{status}"
        f"<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>{escape(ref or 'NOTPROVIDED')}</EndToEndId></Refs>"
        f"<RmtInf><Ustrd>{escape(text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
        for day, pence, ref, text in entries
    )
    first, last = entries[0][0], entries[-1][0]
    return (
        f"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}'>"
        f"<BkToCstmrStmt><Stmt><Id>{reference}</Id><ElctrncSeqNb>{sequence}</ElctrncSeqNb>"
        f"<Acct><Id><Othr><Id>{number}</Id></Othr></Id><Ccy>{currency}</Ccy><Svcr><FinInstnId>"
        f"<ClrSysMmbId><MmbId>{SORT_CODE}</MmbId></ClrSysMmbId></FinInstnId></Svcr></Acct>"
        f"{_balance('OPBD', opening, first, currency)}{_balance('CLBD', end, last, currency)}{body}"
        "</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _balance(code: str, pence: int, day: date, currency: str) -> str:
    side = "CRDT" if pence >= 0 else "DBIT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='{currency}'>"
        f"{pounds(abs(pence))}</Amt><CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def mt940(entries: Sequence[Entry] = ENTRIES, opening: int = 100_000) -> bytes:
    def balance(tag: str, pence: int, day: date) -> str:
        side = "C" if pence >= 0 else "D"
        return f":{tag}:{side}{day:%y%m%d}GBP{pounds(abs(pence)).replace('.', ',')}\r\n"

    end = opening + sum(e[1] for e in entries)
    body = "".join(
        f":61:{day:%y%m%d}{day:%m%d}{'C' if pence > 0 else 'D'}"
        f"{pounds(abs(pence)).replace('.', ',')}NTRF{ref or 'NONREF'}\r\n:86:{text}\r\n"
        for day, pence, ref, text in entries
    )
    head = f":20:S-1\r\n:25:{SORT_CODE}/{NUMBER}\r\n:28C:1/1\r\n"
    ends = balance("60F", opening, entries[0][0]), balance("62F", end, entries[-1][0])
    return f"{head}{ends[0]}{body}{ends[1]}-\r\n".encode()


def ofx(entries: Sequence[Entry] = ENTRIES, opening: int = 100_000, *, xml: bool = False) -> bytes:
    def leaf(name: str, value: str) -> str:
        closing = f"</{name}>" if xml else ""
        return f"<{name}>{escape(value)}{closing}\n" if value else ""

    body = "".join(
        f"<STMTTRN>{leaf('TRNTYPE', 'CREDIT' if pence > 0 else 'DEBIT')}"
        f"{leaf('DTPOSTED', f'{day:%Y%m%d}120000[0:GMT]')}{leaf('TRNAMT', pounds(pence))}"
        f"{leaf('FITID', 'SAME')}{leaf('REFNUM', ref)}{leaf('MEMO', text)}</STMTTRN>"
        for day, pence, ref, text in entries
    )
    end = opening + sum(e[1] for e in entries)
    account = f"{leaf('BANKID', SORT_CODE)}{leaf('ACCTID', NUMBER)}{leaf('ACCTTYPE', 'CHECKING')}"
    days = leaf("DTSTART", f"{entries[0][0]:%Y%m%d}") + leaf("DTEND", f"{entries[-1][0]:%Y%m%d}")
    balance = leaf("BALAMT", pounds(end)) + leaf("DTASOF", f"{entries[-1][0]:%Y%m%d}")
    head = (
        "<?xml version='1.0'?><?OFX OFXHEADER='200' VERSION='211'?>"
        if xml
        else "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n"
    )
    return (
        f"{head}<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>{leaf('CURDEF', 'GBP')}"
        f"<BANKACCTFROM>{account}</BANKACCTFROM><BANKTRANLIST>{days}{body}</BANKTRANLIST>"
        f"<LEDGERBAL>{balance}</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    ).encode()


def mt940_in_words(
    sort_code: str,
    number: str,
    words: str,
    statements: Sequence[Sequence[tuple[date, int]]],
    opening: int,
) -> bytes:
    """Statements one after the other, with `words` in every text."""
    said, balance = "", opening

    def shown(tag: str, pence: int, day: date) -> str:
        side = "C" if pence >= 0 else "D"
        return f":{tag}:{side}{day:%y%m%d}GBP{pounds(abs(pence)).replace('.', ',')}\r\n"

    for place, entries in enumerate(statements):
        said += f":20:{words}{place}\r\n:25:{sort_code}/{number}\r\n:28C:{words}/{place}\r\n"
        said += shown("60F", balance, entries[0][0])
        for count, (day, pence) in enumerate(entries):
            amount = pounds(abs(pence)).replace(".", ",")
            side = "C" if pence > 0 else "D"
            said += f":61:{day:%y%m%d}{day:%m%d}{side}{amount}NTRF{words}//{words}\r\n"
            said += f":86:?00{words}?20{words} {place}-{count}?32{words}\r\n"
            balance += pence
        said += shown("62F", balance, entries[-1][0]) + "-\r\n"
    return said.encode()


HEADINGS = (
    "Transaction Date,Transaction Type,Sort Code,Account Number,Transaction Description,"
    "Reference,Debit Amount,Credit Amount,Balance\n"
)


def csv(
    entries: Sequence[Entry] = ENTRIES,
    opening: int = 100_000,
    *,
    newest_first: bool = True,
    headings: str = HEADINGS,
) -> bytes:
    rows, balance = [], opening
    for day, pence, ref, text in entries:
        balance += pence
        out, into = (pounds(-pence), "") if pence < 0 else ("", pounds(pence))
        rows.append(
            f"{day:%d/%m/%Y},TFR,'08-99-99,{NUMBER},{text},{ref},{out},{into},{pounds(balance)}\n"
        )
    return (headings + "".join(rows[::-1] if newest_first else rows)).encode()


def arucs(
    items: Sequence[tuple[str, int, str]],
    sun: str = "654321",
    advice: str = "001",
    why: str = "X",
) -> bytes:
    """Items as (reference, pence, return code)."""
    body = "".join(
        f"<ReturnedCreditItem ref='{ref}' transCode='99' returnCode='{code}'"
        f" returnDescription='{why}' originalProcessingDate='2026-06-17'"
        f" valueOf='{pounds(pence)}' currency='GBP'>"
        "<ReceiverAccount number='12345678' sortCode='20-04-15' name='A'/></ReturnedCreditItem>"
        for ref, pence, code in items
    )
    total = pounds(sum(item[1] for item in items))
    return (
        f"<BACSDocument><Data><ARUCS><Header reportType='REFT1019' adviceNumber='{advice}'"
        f" currentProcessingDate='2026-06-22'/><ServiceLicenseInformation userNumber='{sun}'/>"
        f"<Advice>{body}<Totals numberOf='{len(items)}' valueOf='{total}' currency='GBP'/></Advice>"
        "</ARUCS></Data></BACSDocument>"
    ).encode()


def pain002(
    items: Sequence[tuple[str, str, str]],
    *,
    group: str = "",
    file: str = "654321-000001",
    message: str = "R-1",
    version: str = "12",
) -> bytes:
    """Items as (end-to-end id, status, reason code)."""
    body = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{ref}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
        + (f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>" if code else "")
        + "</TxInfAndSts>"
        for ref, status, code in items
    )
    whole = f"<GrpSts>{group}</GrpSts>" if group else ""
    block = (
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{file}-1</OrgnlPmtInfId>{body}</OrgnlPmtInfAndSts>"
        if items
        else ""
    )
    return (
        f"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}'>"
        f"<CstmrPmtStsRpt><GrpHdr><MsgId>{message}</MsgId><CreDtTm>2026-06-18T09:00:00</CreDtTm>"
        f"</GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>{file}</OrgnlMsgId>"
        f"<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>{whole}</OrgnlGrpInfAndSts>{block}"
        "</CstmrPmtStsRpt></Document>"
    ).encode()

"""What a letter about a pension says: who must be told what is in SI 2010/772, Schedule 2."""

from datetime import timedelta

from core.templatetags.web import day
from payroll.calculator.automatic_enrolment import AUTOMATIC_ENROLMENT, Letter
from payroll.calculator.pension_schemes import Scheme
from payroll.models import EnrolmentSetting, PensionLetter
from payroll.models.groups import SCHEMES
from payroll.selectors.enrolment import opt_out_window, settings_of

ASK = "Ask under My pay, My pension, or write to payroll."
AGAIN = (
    "If you opt out or leave, you may ask to join again later. About every three years everybody"
    " who is eligible by then is enrolled again; you can opt out again."
)


def words_of(letter: PensionLetter, employer: str) -> list[str]:
    """The paragraphs of the letter."""
    status = letter.status
    setting = settings_of(letter.organisation_id).filter(from_on__lte=status.from_on).first()
    setting = setting or settings_of(letter.organisation_id).last()
    assert setting is not None
    scheme = str(dict(SCHEMES)[status.scheme or setting.scheme])
    if letter.kind == Letter.ENROLMENT:
        return _enrolled(letter, employer, scheme, setting)
    if letter.kind == Letter.POSTPONEMENT:
        return [
            f"{employer} postpones your enrolment in a pension scheme to {day(status.until_on)}.",
            "On that day we look again at your age and your earnings. If you are eligible then, you"
            f" are enrolled in the scheme {scheme}, and we write to you.",
            f"You need not wait: you may ask to join before. {ASK}",
        ]
    if letter.kind == Letter.RIGHT_TO_OPT_IN:
        return [
            "By your age or your earnings you are not enrolled in a pension scheme automatically.",
            f"You have the right to opt in to the scheme {scheme}. If your earnings are then above"
            f" the lower level of qualifying earnings, {employer} pays contributions too.",
            ASK,
        ]
    return [
        "Your earnings are too low for you to be enrolled in a pension scheme automatically.",
        f"You have the right to join a scheme, {scheme}. {employer} need not pay contributions.",
        ASK,
    ]


def _enrolled(
    letter: PensionLetter, employer: str, scheme: str, setting: EnrolmentSetting
) -> list[str]:
    return [
        f"{employer} enrols you in a pension scheme from {day(letter.status.from_on)}: {scheme}.",
        _rates(setting, employer),
        opting_out(letter),
        "After that you can leave with the next pay period. What was paid by then stays in the"
        " scheme, under its rules.",
        AGAIN,
        "The scheme sends you its own information. Free guidance: MoneyHelper.",
    ]


def _rates(setting: EnrolmentSetting, employer: str) -> str:
    if setting.scheme == Scheme.MONEY_PURCHASE:
        return (
            f"You pay {setting.member_rate_percent}% of your qualifying earnings, which holds the"
            f" tax relief that the scheme claims, and {employer} pays"
            f" {setting.employer_rate_percent}%. Your part is taken from your pay."
        )
    if setting.scheme == Scheme.PERCENTAGE:
        return (
            f"You pay {setting.member_rate_percent}% of your pensionable pay, taken from your pay"
            f" before tax, and {employer} pays {setting.employer_rate_percent}%."
        )
    return (
        "You pay the rate that the scheme has for your pay, taken from your pay before tax, and"
        f" {employer} pays its own. Your payslip states both."
    )


def opting_out(letter: PensionLetter) -> str:
    """Until when opting out is possible, as far as it is known."""
    weeks = AUTOMATIC_ENROLMENT.on(letter.status.from_on).letter_weeks
    if letter.given_on is None:
        latest = letter.status.from_on + timedelta(weeks=weeks)
        return (
            "You can opt out within one month of your enrolment or of being given this letter,"
            f" whichever is later; you are given it by {day(latest)}. What you paid is then given"
            " back with your next pay."
        )
    window = opt_out_window(letter, letter.given_on)
    opens, closes = window.opens_on[0].item(), window.closes_on[0].item()
    return (
        f"You can opt out from {day(opens)} to {day(closes)}. What you paid is then given back with"
        " your next pay."
    )

"""Why a supplier is left out of a run, with the remedy, and what to look at before a release."""

WARNINGS = {
    "bank_changed": "Bank details changed in the last 30 days",
    "duplicate": "Possible duplicate invoice",
    "discount": "Takes a discount for early payment",
    "early": "Not due yet: a supplier who is paid first",
    "first_payment": "First payment to this supplier",
    "just_under": "Invoice just under an approval limit",
    "large": "One of the five largest",
    "modulus": "Account fails the modulus check",
    "round_sum": "Round sum",
}
# What it is called before a number, and what someone can do about it.
CAUSES = {
    "supplier_held": (
        "suppliers that are held",
        "Somebody else than who held the supplier releases it, under «Held suppliers».",
    ),
    "supplier_proposed": (
        "new suppliers that wait for a second person",
        "A finance manager agrees to the request for the supplier, under «Waiting for you».",
    ),
    "supplier_ended": (
        "suppliers no longer used",
        "Make the supplier active again, or move the invoice to the one that replaced it.",
    ),
    "credits": (
        "suppliers whose credits cover what is due",
        "Wait for more invoices, or ask the supplier to pay the rest back.",
    ),
    "no_bank": (
        "suppliers without bank details in use",
        "Enter bank details on the supplier's page; a second person agrees to them.",
    ),
    "cooling_off": (
        "suppliers whose new bank details have to cool off",
        "Choose a later day of payment: their page says from which day on they are paid.",
    ),
    "account_name": (
        "suppliers with an account name the bank cannot read",
        "Propose bank details with an account name in plain letters.",
    ),
    "too_large": (
        "suppliers with more due than one payment carries",
        "Pay them in another way: Bacs carries £20,000,000.00, a Faster Payment what the bank"
        " allows.",
    ),
    "invoice_held": (
        "invoices that are held",
        "Release them from hold and post them, then propose another run.",
    ),
    "invoice_disputed": (
        "invoices in dispute",
        "Settle the dispute, then propose another run.",
    ),
}

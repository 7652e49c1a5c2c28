"""Files that come in to finance, and the endings they have."""

from core.incoming import MB, TABLES, Intake

SPEND = Intake("Payments and invoices, e-invoices", (*TABLES, ".xml", ".pdf"))
STATEMENTS = Intake("Statements of suppliers", TABLES)
# Banks give their files endings of all kinds: .sta, .940, .053, .c53.
OF_BANKS = Intake("Statements and reports of banks", (), smaller="Ask for fewer days.")
DOCUMENTS = Intake("Documents of invoices", (".pdf", ".png", ".jpg", ".jpeg"), 10 * MB)

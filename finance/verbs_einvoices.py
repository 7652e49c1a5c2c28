from events.verbs import declare

declare(
    finance__einvoice__received="Electronic invoice {number} of {seller} received: {amount}",
    finance__einvoice__refused="Refused: {reason}",
    finance__einvoice__entered="Entered as {invoice}",
    finance__einvoice__answered="Invoice response to the supplier written: {status}",
    finance__einvoice__handed_over="{count:invoice response} handed to the access point",
)

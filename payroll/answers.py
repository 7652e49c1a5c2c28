"""What a bank says of net pay, which finance takes in with what it says of suppliers."""

from finance.banking.others import Maker, register
from payroll.selectors.returns import payments_in_file, payments_known
from payroll.services.returns import take_back_answered

NET_PAY = register(Maker("Net pay", payments_known, payments_in_file, take_back_answered))

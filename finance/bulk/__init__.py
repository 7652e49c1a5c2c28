"""Whole files at once: rows, suppliers, codings, invoices, postings and payments, set by set.

Private to the app: `finance.kinds` calls it inside the transaction of a chunk.
"""

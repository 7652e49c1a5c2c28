"""A pay group worked out from the inputs of its people, whoever holds them: tables or a payslip."""

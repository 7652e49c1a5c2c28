-- Only what is joined and filtered: inputs of payslips and sealed accounts took nine tenths of the time.
CREATE OR REPLACE FUNCTION ctx.analyse_payroll() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  ANALYZE hr_employment (organisation_id, id, from_on, to_on),
    hr_assignment (organisation_id, id, employment_id, number),
    hr_placement (organisation_id, assignment_id, from_on, to_on, recorded_at, superseded_at),
    hr_costshare (organisation_id, placement_id),
    hr_privatedetails (organisation_id, employment_id, from_on, to_on, recorded_at, superseded_at),
    payroll_paymember (organisation_id, employment_id, pay_group_id),
    payroll_payslip (organisation_id, id, pay_run_id, employment_id, pays_on, basic_of_id),
    payroll_payslipline (organisation_id, payslip_id, kind),
    payroll_paycost (organisation_id, payslip_id);
END $$;

-- After a load the planner knows nothing of the new rows until autovacuum comes by, about a minute
-- later. ANALYZE needs MAINTAIN, which the application role must not have: this function lends it.
GRANT MAINTAIN ON finance_supplier, finance_invoice, finance_invoiceline, finance_payment,
  finance_allocation, finance_sourcerow, finance_coding TO app_maint;
CREATE OR REPLACE FUNCTION ctx.analyse_payables() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  ANALYZE finance_supplier, finance_invoice, finance_invoiceline, finance_payment,
    finance_allocation, finance_sourcerow, finance_coding;
END $$;
ALTER FUNCTION ctx.analyse_payables() OWNER TO app_maint;
REVOKE ALL ON FUNCTION ctx.analyse_payables() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ctx.analyse_payables() TO app_rw;

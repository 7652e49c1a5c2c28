-- A statement's entries lead from its opening to its closing balance, and their figures stay.
-- Asked when entries come in, which is by one statement, and at commit for a statement without any.
CREATE FUNCTION ctx.statement_adds_up() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE v_bad bigint;
BEGIN
  IF tg_level = 'ROW' THEN
    SELECT NEW.number INTO v_bad WHERE (NEW.entries, NEW.closing_pence - NEW.opening_pence) <>
      (SELECT count(*), coalesce(sum(l.amount_pence), 0) FROM finance_statementline l
        WHERE l.organisation_id = NEW.organisation_id AND l.statement_id = NEW.id);
  ELSE
    SELECT s.number INTO v_bad
      FROM (SELECT DISTINCT organisation_id, statement_id FROM new_rows) d
      JOIN finance_bankstatement s ON s.organisation_id = d.organisation_id AND s.id = d.statement_id
     WHERE (s.entries, s.closing_pence - s.opening_pence) <>
      (SELECT count(*), sum(l.amount_pence) FROM finance_statementline l
        WHERE l.organisation_id = s.organisation_id AND l.statement_id = s.id)
     LIMIT 1;
  END IF;
  IF v_bad IS NOT NULL THEN
    RAISE EXCEPTION 'The entries of statement % do not lead to its balance', v_bad
      USING errcode = '23514', constraint = 'statement_adds_up';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER adds_up AFTER INSERT ON finance_bankstatement
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ctx.statement_adds_up();
CREATE TRIGGER adds_up AFTER INSERT ON finance_statementline REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION ctx.statement_adds_up();

CREATE FUNCTION ctx.statement_figures_stay() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$
BEGIN
  RAISE EXCEPTION 'The figures of a statement are those of the bank and stay as they came'
    USING errcode = '42501';
END $$;
CREATE TRIGGER figures_stay BEFORE UPDATE ON finance_statementline FOR EACH ROW
  WHEN ((OLD.statement_id, OLD.bank_account_id, OLD.line_no, OLD.booked_on, OLD.amount_pence)
        IS DISTINCT FROM
        (NEW.statement_id, NEW.bank_account_id, NEW.line_no, NEW.booked_on, NEW.amount_pence))
  EXECUTE FUNCTION ctx.statement_figures_stay();

-- A signed sheet is what was signed: only its signature can be taken back.
CREATE FUNCTION ctx.signed_sheet_stays() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$
BEGIN
  RAISE EXCEPTION 'A signed reconciliation is frozen: take the signature back first'
    USING errcode = '42501';
END $$;
CREATE TRIGGER signed_stays BEFORE UPDATE ON finance_bankreconciliation FOR EACH ROW
  WHEN (OLD.state <> 'prepared' AND (OLD.sheet, OLD.statement_pence, OLD.ledger_pence,
        OLD.unmatched_pence, OLD.unticked_pence, OLD.period, OLD.bank_account_id, OLD.signed_by_id)
        IS DISTINCT FROM (NEW.sheet, NEW.statement_pence, NEW.ledger_pence,
        NEW.unmatched_pence, NEW.unticked_pence, NEW.period, NEW.bank_account_id, NEW.signed_by_id))
  EXECUTE FUNCTION ctx.signed_sheet_stays();

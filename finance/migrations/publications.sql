-- What was put up for approval is what is published: only the decision is added, and that once.
CREATE FUNCTION ctx.publications_stay() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.state <> 'proposed' OR (NEW.month, NEW.version, NEW.threshold_pence,
      NEW.reason, NEW.content, NEW.sha256, NEW.published_rows, NEW.published_pence,
      NEW.redacted_rows, NEW.redacted_pence, NEW.below_rows, NEW.below_pence, NEW.paid_pence,
      NEW.made_by_id, NEW.made_by_name, NEW.made_at)
    IS DISTINCT FROM (OLD.month, OLD.version, OLD.threshold_pence,
      OLD.reason, OLD.content, OLD.sha256, OLD.published_rows, OLD.published_pence,
      OLD.redacted_rows, OLD.redacted_pence, OLD.below_rows, OLD.below_pence, OLD.paid_pence,
      OLD.made_by_id, OLD.made_by_name, OLD.made_at) THEN
    RAISE EXCEPTION 'A publication stays as it was put up and decided'
      USING errcode = '23514', constraint = 'publications_stay';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER publications_stay BEFORE UPDATE OR DELETE ON finance_spendpublication
  FOR EACH ROW EXECUTE FUNCTION ctx.publications_stay();

-- A rule of redaction is ended and never changed otherwise.
CREATE FUNCTION ctx.redactions_stay() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.until_on IS NOT NULL
    OR (NEW.kind, NEW.value, NEW.legal_reason, NEW.from_on, NEW.made_by_id, NEW.made_by_name)
    IS DISTINCT FROM
       (OLD.kind, OLD.value, OLD.legal_reason, OLD.from_on, OLD.made_by_id, OLD.made_by_name) THEN
    RAISE EXCEPTION 'A rule of redaction is ended, not changed'
      USING errcode = '23514', constraint = 'redactions_stay';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER redactions_stay BEFORE UPDATE OR DELETE ON finance_redactionrule
  FOR EACH ROW EXECUTE FUNCTION ctx.redactions_stay();

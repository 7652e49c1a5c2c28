-- The promises of the ledger, held by the database for every writer:
--  1 a journal balances                      2 its header agrees with its lines
--  3 nothing is changed or removed           4 nothing joins a batch after its own transaction
--  5 posting into open periods only          6 only postable codings of the same organisation
--  7 document numbers have no gaps           8 a source and key post once
--  9 balances equal the lines               10 batches form a chain of hashes per organisation
-- One batch = one organisation, one period, one transaction. Pence; debit > 0, credit < 0.

ALTER TABLE finance_batch ADD COLUMN created_xid xid8 NOT NULL DEFAULT pg_current_xact_id();
ALTER TABLE finance_period ADD CONSTRAINT period_is_its_month CHECK (
  span = daterange(make_date(period / 100, period % 100, 1),
                   (make_date(period / 100, period % 100, 1) + interval '1 month')::date));

CREATE TABLE finance_journal (
  organisation_id int NOT NULL, period int NOT NULL, batch_id bigint NOT NULL, id bigint NOT NULL,
  document_no bigint NOT NULL, posting_date date NOT NULL,
  line_count int NOT NULL CHECK (line_count >= 2),
  total_debit_pence bigint NOT NULL CHECK (total_debit_pence >= 0),
  year int NOT NULL, series varchar(10) NOT NULL,
  narrative text NOT NULL DEFAULT '', subject_key varchar(60) NOT NULL DEFAULT '', subject_id bigint,
  PRIMARY KEY (organisation_id, period, batch_id, id)
) PARTITION BY RANGE (period);
CREATE TABLE finance_journalline (
  organisation_id int NOT NULL, period int NOT NULL, batch_id bigint NOT NULL,
  journal_id bigint NOT NULL, coding_id bigint NOT NULL, amount_pence bigint NOT NULL,
  line_no int NOT NULL, description text NOT NULL DEFAULT '',
  PRIMARY KEY (organisation_id, period, batch_id, journal_id, line_no)
) PARTITION BY RANGE (period);
-- Drill-down from a balance. Entries of one coding are equal, so they are kept as short lists; a
-- coding belongs to one organisation, whose column would only make each entry longer.
CREATE INDEX journalline_coding ON finance_journalline (coding_id, period);
ALTER TABLE finance_reversal
  ADD CONSTRAINT reversal_of_a_journal FOREIGN KEY (organisation_id, period, batch_id, journal_id)
    REFERENCES finance_journal (organisation_id, period, batch_id, id),
  ADD CONSTRAINT reversal_by_a_journal FOREIGN KEY (organisation_id, by_period, by_batch_id, by_journal_id)
    REFERENCES finance_journal (organisation_id, period, batch_id, id);

-- 3
CREATE FUNCTION ctx.ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$
BEGIN
  RAISE EXCEPTION 'The ledger is append-only: % of % is refused', tg_op, tg_table_name
    USING errcode = '42501', table = tg_table_name;
END $$;

-- 4
CREATE FUNCTION ctx.ledger_rows_in_own_batch() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_bad bigint;
BEGIN
  SELECT d.batch_id INTO v_bad
    FROM (SELECT organisation_id, period, batch_id FROM new_rows
           GROUP BY organisation_id, period, batch_id) d
    LEFT JOIN finance_batch b ON b.organisation_id = d.organisation_id AND b.id = d.batch_id
    LEFT JOIN finance_ledgerseal s ON s.organisation_id = d.organisation_id AND s.batch_id = d.batch_id
   WHERE b.id IS NULL OR b.created_xid <> pg_current_xact_id() OR b.period <> d.period OR s.id IS NOT NULL
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'Batch % is absent, sealed or of another transaction', v_bad
      USING errcode = '23514', constraint = 'rows_in_own_batch';
  END IF;
  RETURN NULL;
END $$;

DO $$ DECLARE t text; BEGIN
  FOREACH t IN ARRAY ARRAY['finance_batch', 'finance_journal', 'finance_journalline',
                           'finance_ledgerseal', 'finance_reversal'] LOOP
    EXECUTE format('CREATE TRIGGER a_no_change BEFORE UPDATE OR DELETE ON %I FOR EACH ROW
                    EXECUTE FUNCTION ctx.ledger_is_append_only()', t);
    EXECUTE format('CREATE TRIGGER a_no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT
                    EXECUTE FUNCTION ctx.ledger_is_append_only()', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['finance_journal', 'finance_journalline'] LOOP
    EXECUTE format('CREATE TRIGGER b_own_batch AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION ctx.ledger_rows_in_own_batch()', t);
  END LOOP;
END $$;

-- One partition per calendar year. Made beside the table and attached, which does not stop posting.
-- Statement triggers of the parent stay silent for statements that name a partition, so each
-- partition has its own.
CREATE FUNCTION ctx.open_ledger_year(p_year int) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE t text; n text;
BEGIN
  IF p_year NOT BETWEEN 1990 AND 2100 THEN
    RAISE EXCEPTION 'No ledger is kept for the year %', p_year USING errcode = '22003';
  END IF;
  IF to_regclass(format('public.finance_journalline_%s', p_year)) IS NOT NULL THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(7305002);
  IF to_regclass(format('public.finance_journalline_%s', p_year)) IS NOT NULL THEN RETURN; END IF;
  FOREACH t IN ARRAY ARRAY['finance_journal', 'finance_journalline'] LOOP
    n := format('%s_%s', t, p_year);
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)', n, t);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', n);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', n);
    EXECUTE format('GRANT SELECT ON %I TO app_dump, app_maint, app_bench', n);
    EXECUTE format('CREATE TRIGGER p_no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT
                    EXECUTE FUNCTION ctx.ledger_is_append_only()', n);
    EXECUTE format('CREATE TRIGGER p_own_batch AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION ctx.ledger_rows_in_own_batch()', n);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
                   t, n, p_year * 100, (p_year + 1) * 100);
  END LOOP;
END $$;

-- 10: everything a batch says, column by column, as numbers of fixed width and texts with their
-- lengths. A hash per batch costs a third of a hash per line (measured on 1,000,000 lines).
CREATE FUNCTION ctx.ledger_batch_digest(p_org int, p_period int, p_batch bigint) RETURNS bytea
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET plan_cache_mode = force_custom_plan SET enable_seqscan = off SET enable_bitmapscan = off
SET max_parallel_workers_per_gather = 0 SET jit = off SET work_mem = '256MB' AS $$
DECLARE v_head bytea; v_journals bytea; v_lines bytea;
BEGIN
  SELECT array_send(ARRAY[b.source, b.key, b.series, b.made_by_name, b.year::text, b.first_no::text,
                          encode(b.request_hash, 'hex'), extract(epoch FROM b.made_at)::text])
    INTO v_head FROM finance_batch b WHERE b.organisation_id = p_org AND b.id = p_batch;
  SELECT array_send(array_agg(j.id)) || array_send(array_agg(j.document_no))
         || array_send(array_agg(j.posting_date)) || array_send(array_agg(j.line_count))
         || array_send(array_agg(j.total_debit_pence)) || array_send(array_agg(j.narrative))
         || array_send(array_agg(j.subject_key::text)) || array_send(array_agg(j.subject_id))
    INTO v_journals
    FROM (SELECT * FROM finance_journal WHERE organisation_id = p_org AND period = p_period
             AND batch_id = p_batch ORDER BY id) j;
  SELECT sha256(string_agg(int8send(l.journal_id), '')) || sha256(string_agg(int4send(l.line_no), ''))
         || sha256(string_agg(int8send(l.coding_id), '')) || sha256(string_agg(int8send(l.amount_pence), ''))
         || sha256(string_agg(int4send(octet_length(l.description)), ''))
         || sha256(convert_to(string_agg(l.description, ''), 'UTF8'))
    INTO v_lines
    FROM (SELECT * FROM finance_journalline WHERE organisation_id = p_org AND period = p_period
             AND batch_id = p_batch ORDER BY journal_id, line_no) l;
  RETURN sha256(v_head || sha256(v_journals) || v_lines);
END $$;

-- 1 2 7: what is wrong with a batch in one word and its journal, or nothing.
CREATE FUNCTION ctx.ledger_batch_fault(b finance_batch, p_span daterange,
    OUT fault text, OUT journal bigint, OUT lines bigint, OUT debit bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET plan_cache_mode = force_custom_plan SET enable_seqscan = off SET enable_bitmapscan = off
SET max_parallel_workers_per_gather = 0 SET jit = off SET work_mem = '256MB' AS $$
DECLARE r record;
BEGIN
  SELECT count(h.id) AS journals, coalesce(sum(a.n), 0)::bigint AS n, coalesce(sum(a.d), 0)::bigint AS d,
         min(coalesce(h.id, a.journal_id)) FILTER (WHERE a.s <> 0) AS unbalanced,
         min(coalesce(h.id, a.journal_id)) FILTER (WHERE h.id IS NULL OR a.journal_id IS NULL
           OR h.line_count <> a.n OR h.total_debit_pence <> a.d) AS disagrees,
         min(h.id) FILTER (WHERE h.id NOT BETWEEN 1 AND b.journals OR h.series <> b.series
           OR h.year <> b.year OR h.document_no <> b.first_no + h.id - 1) AS misnumbered,
         min(h.id) FILTER (WHERE h.posting_date < lower(p_span) OR h.posting_date >= upper(p_span)) AS misdated
    INTO r
    FROM (SELECT id, line_count, total_debit_pence, series, year, document_no, posting_date
            FROM finance_journal
           WHERE organisation_id = b.organisation_id AND period = b.period AND batch_id = b.id) h
    FULL JOIN (SELECT journal_id, sum(amount_pence)::bigint AS s, count(*) AS n,
                      (coalesce(sum(amount_pence) FILTER (WHERE amount_pence > 0), 0))::bigint AS d
                 FROM finance_journalline
                WHERE organisation_id = b.organisation_id AND period = b.period AND batch_id = b.id
                GROUP BY journal_id) a ON a.journal_id = h.id;
  lines := r.n; debit := r.d;
  fault := CASE WHEN r.unbalanced IS NOT NULL THEN 'journal_balances'
                WHEN r.disagrees IS NOT NULL THEN 'journal_control_total'
                WHEN r.misnumbered IS NOT NULL OR r.journals <> b.journals THEN 'journal_numbers'
                WHEN r.misdated IS NOT NULL THEN 'date_in_period' END;
  journal := coalesce(r.unbalanced, r.disagrees, r.misnumbered, r.misdated);
END $$;

-- 6 9: adds a batch to the balances; the first coding that may not be posted to, or nothing.
CREATE FUNCTION ctx.ledger_add_balances(b finance_batch, p_span daterange) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET plan_cache_mode = force_custom_plan SET enable_seqscan = off SET enable_bitmapscan = off
SET max_parallel_workers_per_gather = 0 SET jit = off SET work_mem = '256MB' AS $$
DECLARE v_bad bigint;
BEGIN
  WITH sums AS MATERIALIZED (
    SELECT coding_id, count(*) AS n,
           coalesce(sum(amount_pence) FILTER (WHERE amount_pence > 0), 0)::bigint AS dr,
           coalesce(-sum(amount_pence) FILTER (WHERE amount_pence < 0), 0)::bigint AS cr
      FROM finance_journalline
     WHERE organisation_id = b.organisation_id AND period = b.period AND batch_id = b.id
     GROUP BY coding_id),
  added AS (
    INSERT INTO finance_balance AS o (organisation_id, period, coding_id, debit_pence, credit_pence, lines)
    SELECT b.organisation_id, b.period, coding_id, dr, cr, n FROM sums ORDER BY coding_id
    ON CONFLICT (organisation_id, period, coding_id) DO UPDATE
      SET debit_pence = o.debit_pence + excluded.debit_pence,
          credit_pence = o.credit_pence + excluded.credit_pence, lines = o.lines + excluded.lines)
  SELECT s.coding_id INTO v_bad
    FROM sums s
    LEFT JOIN finance_coding c ON c.organisation_id = b.organisation_id AND c.id = s.coding_id
   WHERE c.id IS NULL OR NOT c.postable OR NOT c.valid && p_span
   LIMIT 1;
  RETURN v_bad;
END $$;

-- Once per batch at commit, or earlier at SET CONSTRAINTS, after which 4 refuses further rows.
CREATE FUNCTION ctx.seal_batch() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_period finance_period; v_head finance_chainhead; v_batch finance_batch; f record; v_bad bigint; v_hash bytea;
BEGIN
  SELECT * INTO v_batch FROM finance_batch WHERE organisation_id = new.organisation_id AND id = new.id;
  -- Waits for whoever is closing the period, or makes them wait for this transaction.
  SELECT * INTO v_period FROM finance_period
   WHERE organisation_id = new.organisation_id AND period = new.period FOR SHARE;
  IF v_period.status IS NULL OR NOT (v_period.status = 'open' OR v_period.status = 'soft' AND new.adjusting) THEN
    RAISE EXCEPTION 'Period % is not open', new.period USING errcode = '23514', constraint = 'period_open';
  END IF;
  SELECT * INTO f FROM ctx.ledger_batch_fault(v_batch, v_period.span);
  IF f.fault IS NOT NULL THEN
    RAISE EXCEPTION 'Batch %, journal %: %', new.id, f.journal, f.fault
      USING errcode = '23514', constraint = f.fault;
  END IF;
  v_bad := ctx.ledger_add_balances(v_batch, v_period.span);
  IF v_bad IS NOT NULL THEN
    RAISE EXCEPTION 'Coding % cannot be posted to in period %', v_bad, new.period
      USING errcode = '23503', constraint = 'coding_postable';
  END IF;
  SELECT * INTO v_head FROM finance_chainhead WHERE organisation_id = new.organisation_id FOR UPDATE;
  v_hash := sha256(v_head.head || int8send(v_head.number + 1) || int8send(new.id)
                   || ctx.ledger_batch_digest(new.organisation_id, new.period, new.id));
  INSERT INTO finance_ledgerseal (organisation_id, number, batch_id, journals, lines, total_debit_pence,
                                  previous, hash, sealed_at)
  VALUES (new.organisation_id, v_head.number + 1, new.id, new.journals, f.lines, f.debit,
          v_head.head, v_hash, clock_timestamp());
  UPDATE finance_chainhead SET number = v_head.number + 1, head = v_hash
   WHERE organisation_id = new.organisation_id;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER z_seal AFTER INSERT ON finance_batch DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION ctx.seal_batch();

-- 7 8: the one way to begin a batch. The row lock of the chain lets one transaction at a time post
-- for an organisation, so no order of periods, series or balances can end in a deadlock, and a
-- duplicate in flight waits for the first and then gets its answer.
CREATE FUNCTION ctx.open_batch(p_period int, p_source text, p_key text, p_hash bytea, p_series text,
    p_journals bigint, p_adjusting boolean, p_person bigint, p_name text,
    OUT batch_id bigint, OUT first_no bigint, OUT replay boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_org int := ctx.acting(); v_old finance_batch; v_year int;
BEGIN
  IF v_org IS NULL OR p_journals < 1 THEN
    RAISE EXCEPTION 'A batch needs an organisation that is acted for and journals' USING errcode = '42501';
  END IF;
  INSERT INTO finance_chainhead (organisation_id, number, head) VALUES (v_org, 0, '\x00')
    ON CONFLICT (organisation_id) DO NOTHING;
  PERFORM 1 FROM finance_chainhead WHERE organisation_id = v_org FOR UPDATE;
  IF EXISTS (SELECT FROM finance_batch b WHERE b.organisation_id = v_org AND b.source = p_source
                AND b.key = p_key AND b.request_hash <> p_hash) THEN
    RAISE EXCEPTION 'The key % of % was used for another request', p_key, p_source
      USING errcode = '23505', constraint = 'batch_once';
  END IF;
  SELECT * INTO v_old FROM finance_batch b WHERE b.organisation_id = v_org AND b.source = p_source
     AND b.key = p_key AND b.period = p_period;
  IF FOUND THEN
    batch_id := v_old.id; first_no := v_old.first_no; replay := true; RETURN;
  END IF;
  SELECT p.year INTO v_year FROM finance_period p WHERE p.organisation_id = v_org AND p.period = p_period;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'Period % is not open', p_period USING errcode = '23514', constraint = 'period_open';
  END IF;
  INSERT INTO finance_series AS s (organisation_id, code, year, next_no)
  VALUES (v_org, p_series, v_year, 1 + p_journals)
    ON CONFLICT (organisation_id, code, year) DO UPDATE SET next_no = s.next_no + p_journals
    RETURNING s.next_no - p_journals INTO first_no;
  INSERT INTO finance_batch (organisation_id, period, source, key, request_hash, series, year, first_no,
                             journals, adjusting, made_by_id, made_by_name, made_at)
  VALUES (v_org, p_period, p_source, p_key, p_hash, p_series, v_year, first_no, p_journals, p_adjusting,
          p_person, p_name, clock_timestamp())
  RETURNING id INTO batch_id;
  replay := false;
END $$;

CREATE FUNCTION ctx.verify_ledger(p_org int) RETURNS TABLE (number bigint, problem text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE s record; v_previous bytea := '\x00'; v_next bigint := 1;
BEGIN
  IF p_org <> ALL (coalesce(ctx.tenants(), '{}')) THEN RETURN; END IF;
  FOR s IN SELECT l.*, b.period FROM finance_ledgerseal l
             JOIN finance_batch b ON b.organisation_id = l.organisation_id AND b.id = l.batch_id
            WHERE l.organisation_id = p_org ORDER BY l.number LOOP
    number := s.number;
    IF s.number <> v_next OR s.previous <> v_previous THEN
      problem := 'a link of the chain is missing'; RETURN NEXT;
    END IF;
    IF s.hash <> sha256(s.previous || int8send(s.number) || int8send(s.batch_id)
                        || ctx.ledger_batch_digest(p_org, s.period, s.batch_id)) THEN
      problem := 'entries were changed, removed or added'; RETURN NEXT;
    END IF;
    v_previous := s.hash; v_next := s.number + 1;
  END LOOP;
  IF EXISTS (SELECT FROM finance_chainhead h WHERE h.organisation_id = p_org
               AND (h.number <> v_next - 1 OR h.head <> v_previous)) THEN
    number := v_next - 1; problem := 'the head of the chain is not its last link'; RETURN NEXT;
  END IF;
  IF EXISTS (SELECT FROM finance_batch b WHERE b.organisation_id = p_org AND NOT EXISTS (
               SELECT FROM finance_ledgerseal l WHERE l.organisation_id = p_org AND l.batch_id = b.id)) THEN
    number := v_next; problem := 'a batch has no seal'; RETURN NEXT;
  END IF;
END $$;

-- A period keeps its place and goes forwards; back only by a second person.
CREATE FUNCTION ctx.period_moves() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF (new.organisation_id, new.period, new.year, new.number, new.span)
     IS DISTINCT FROM (old.organisation_id, old.period, old.year, old.number, old.span) THEN
    RAISE EXCEPTION 'A period cannot be moved' USING errcode = '23514', constraint = 'period_stays';
  END IF;
  IF new.status <> old.status AND (old.status, new.status) NOT IN (('future', 'open'), ('open', 'soft'),
     ('soft', 'closed'), ('soft', 'open'), ('closed', 'soft')) THEN
    RAISE EXCEPTION 'A period cannot go from % to %', old.status, new.status
      USING errcode = '23514', constraint = 'period_goes_forwards';
  END IF;
  IF (old.status, new.status) IN (('soft', 'open'), ('closed', 'soft'))
     AND (new.moved_by_id IS NULL OR new.moved_by_id IS NOT DISTINCT FROM old.moved_by_id) THEN
    RAISE EXCEPTION 'A second person has to reopen a period'
      USING errcode = '23514', constraint = 'reopened_by_a_second_person';
  END IF;
  RETURN new;
END $$;
CREATE TRIGGER period_moves BEFORE UPDATE ON finance_period FOR EACH ROW EXECUTE FUNCTION ctx.period_moves();

CREATE FUNCTION ctx.coding_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF (new.organisation_id, new.id, new.account_id, new.unit_id, new.activity, new.project)
     IS DISTINCT FROM (old.organisation_id, old.id, old.account_id, old.unit_id, old.activity, old.project) THEN
    RAISE EXCEPTION 'A coding cannot be pointed elsewhere' USING errcode = '23514', constraint = 'coding_stays';
  END IF;
  RETURN new;
END $$;
CREATE TRIGGER coding_stays BEFORE UPDATE ON finance_coding FOR EACH ROW EXECUTE FUNCTION ctx.coding_stays();

ALTER FUNCTION ctx.ledger_rows_in_own_batch() OWNER TO app_maint;
ALTER FUNCTION ctx.ledger_batch_digest(int, int, bigint) OWNER TO app_maint;
ALTER FUNCTION ctx.ledger_batch_fault(finance_batch, daterange) OWNER TO app_maint;
ALTER FUNCTION ctx.ledger_add_balances(finance_batch, daterange) OWNER TO app_maint;
ALTER FUNCTION ctx.seal_batch() OWNER TO app_maint;
ALTER FUNCTION ctx.open_batch(int, text, text, bytea, text, bigint, boolean, bigint, text) OWNER TO app_maint;
ALTER FUNCTION ctx.verify_ledger(int) OWNER TO app_maint;
REVOKE ALL ON FUNCTION ctx.open_ledger_year(int), ctx.ledger_rows_in_own_batch(), ctx.seal_batch(),
  ctx.ledger_batch_digest(int, int, bigint), ctx.ledger_batch_fault(finance_batch, daterange),
  ctx.ledger_add_balances(finance_batch, daterange), ctx.verify_ledger(int),
  ctx.open_batch(int, text, text, bytea, text, bigint, boolean, bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ctx.open_ledger_year(int), ctx.verify_ledger(int),
  ctx.open_batch(int, text, text, bytea, text, bigint, boolean, bigint, text) TO app_rw;

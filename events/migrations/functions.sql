-- The transaction that wrote an event, so that only finished transactions are sealed. A server counts
-- its transactions from the start, so a database restored into another one would repeat numbers:
-- ctx.note_server() lets them go on where the old server stopped. The comment of ctx.transaction_no
-- names the server that it was made for.
CREATE FUNCTION ctx.transaction_no(p_xid xid8) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN p_xid::text::bigint;
ALTER TABLE events_event
  ADD COLUMN transaction_no bigint NOT NULL DEFAULT ctx.transaction_no(pg_current_xact_id());
CREATE INDEX event_transaction ON events_event (organisation_id, transaction_no, id);

CREATE FUNCTION ctx.server_is_noted() RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  SELECT obj_description('ctx.transaction_no(xid8)'::regprocedure, 'pg_proc')
         IS NOT DISTINCT FROM system_identifier::text FROM pg_control_system()
$$;

CREATE FUNCTION ctx.last_transaction_no() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT greatest(0, (SELECT max(transaction_no) FROM events_event),
                  (SELECT max(to_transaction) FROM events_seal))
$$;

-- Called after each migration by the owner of the tables, who alone may replace the function.
CREATE FUNCTION ctx.note_server() RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF ctx.server_is_noted() THEN RETURN; END IF;
  EXECUTE format('CREATE OR REPLACE FUNCTION ctx.transaction_no(p_xid xid8) RETURNS bigint'
                 ' LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN p_xid::text::bigint + %s',
                 ctx.last_transaction_no());
  EXECUTE format('COMMENT ON FUNCTION ctx.transaction_no(xid8) IS %L',
                 (SELECT system_identifier FROM pg_control_system()));
END $$;

CREATE OR REPLACE FUNCTION ctx.due_deliveries(p_limit int)
RETURNS TABLE (organisation_id int, delivery_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT d.organisation_id, d.id FROM events_delivery d
  WHERE d.state = 'waiting' AND d.run_at <= clock_timestamp()
    AND NOT ctx.has_left(d.organisation_id) ORDER BY d.event_id LIMIT p_limit
$$;

CREATE OR REPLACE FUNCTION ctx.event_hash(p_previous bytea, p_org int, p_from bigint, p_to bigint)
RETURNS bytea LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT sha256(p_previous || coalesce(string_agg(
           sha256(int8send(e.id) || convert_to(
             e.verb || chr(31) || e.subject_key || chr(31) || e.subject_id || chr(31) || e.thread || chr(31)
             || coalesce(e.person_id::text, '') || chr(31) || e.person_name || chr(31)
             || (extract(epoch FROM e.at) * 1000000)::bigint || chr(31) || e.data::text, 'UTF8')),
           ''::bytea ORDER BY e.transaction_no, e.id), ''::bytea))
  FROM events_event e
  WHERE e.organisation_id = p_org AND e.transaction_no >= p_from AND e.transaction_no < p_to
$$;

CREATE OR REPLACE FUNCTION ctx.seal_events() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE o record; v_to bigint := ctx.transaction_no(pg_snapshot_xmin(pg_current_snapshot()));
        v_from bigint; v_last record; v_count int; v_made int := 0; v_prev bytea;
BEGIN
  IF NOT ctx.server_is_noted() THEN
    RAISE EXCEPTION 'This database was restored into another server: run manage.py migrate';
  END IF;
  IF NOT pg_try_advisory_xact_lock(7305001) THEN RETURN 0; END IF;
  FOR o IN SELECT id FROM tenants_organisation ORDER BY id LOOP
    SELECT * INTO v_last FROM events_seal s WHERE s.organisation_id = o.id ORDER BY number DESC LIMIT 1;
    v_from := coalesce(v_last.to_transaction, 0);
    v_prev := coalesce(v_last.hash, '\x00'::bytea);
    SELECT count(*) INTO v_count FROM events_event e
     WHERE e.organisation_id = o.id AND e.transaction_no >= v_from AND e.transaction_no < v_to;
    IF v_count > 0 THEN
      INSERT INTO events_seal (organisation_id, number, from_transaction, to_transaction, events, previous, hash,
                               sealed_at)
      VALUES (o.id, coalesce(v_last.number, 0) + 1, v_from, v_to, v_count, v_prev,
              ctx.event_hash(v_prev, o.id::int, v_from, v_to), clock_timestamp());
      v_made := v_made + 1;
    END IF;
  END LOOP;
  RETURN v_made;
END $$;

CREATE OR REPLACE FUNCTION ctx.verify_events(p_org int)
RETURNS TABLE (number bigint, problem text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE s record; v_prev bytea := '\x00'::bytea; v_next bigint := 1; v_edge bigint := 0;
BEGIN
  IF p_org <> ALL (coalesce(ctx.tenants(), '{}')) THEN RETURN; END IF;
  FOR s IN SELECT * FROM events_seal e WHERE e.organisation_id = p_org ORDER BY e.number LOOP
    number := s.number;
    IF s.number <> v_next OR s.previous <> v_prev OR s.from_transaction <> v_edge THEN
      problem := 'a link of the chain is missing'; RETURN NEXT;
    END IF;
    IF s.hash <> ctx.event_hash(s.previous, p_org, s.from_transaction, s.to_transaction) THEN
      problem := 'events were changed, removed or added'; RETURN NEXT;
    END IF;
    v_prev := s.hash; v_next := s.number + 1; v_edge := s.to_transaction;
  END LOOP;
END $$;

ALTER FUNCTION ctx.due_deliveries(int) OWNER TO app_maint;
ALTER FUNCTION ctx.event_hash(bytea, int, bigint, bigint) OWNER TO app_maint;
ALTER FUNCTION ctx.last_transaction_no() OWNER TO app_maint;
ALTER FUNCTION ctx.seal_events() OWNER TO app_maint;
ALTER FUNCTION ctx.verify_events(int) OWNER TO app_maint;
REVOKE ALL ON FUNCTION ctx.due_deliveries(int), ctx.event_hash(bytea, int, bigint, bigint),
  ctx.last_transaction_no(), ctx.note_server(), ctx.seal_events(), ctx.verify_events(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ctx.due_deliveries(int), ctx.seal_events(), ctx.verify_events(int) TO app_rw;

-- The transaction that wrote an event, so that only finished transactions are sealed.
ALTER TABLE events_event ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX event_xid ON events_event (organisation_id, xid, id);

CREATE OR REPLACE FUNCTION ctx.due_deliveries(p_limit int)
RETURNS TABLE (organisation_id int, delivery_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT d.organisation_id, d.id FROM events_delivery d
  WHERE d.state = 'waiting' AND d.run_at <= clock_timestamp() ORDER BY d.event_id LIMIT p_limit
$$;

CREATE OR REPLACE FUNCTION ctx.event_hash(p_previous bytea, p_org int, p_from xid8, p_to xid8)
RETURNS bytea LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT sha256(p_previous || coalesce(string_agg(
           sha256(int8send(e.id) || convert_to(
             e.verb || chr(31) || e.subject_key || chr(31) || e.subject_id || chr(31) || e.thread || chr(31)
             || coalesce(e.person_id::text, '') || chr(31) || e.person_name || chr(31)
             || (extract(epoch FROM e.at) * 1000000)::bigint || chr(31) || e.data::text, 'UTF8')),
           ''::bytea ORDER BY e.xid, e.id), ''::bytea))
  FROM events_event e
  WHERE e.organisation_id = p_org AND e.xid >= p_from AND e.xid < p_to
$$;

CREATE OR REPLACE FUNCTION ctx.seal_events() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE o record; v_to xid8 := pg_snapshot_xmin(pg_current_snapshot()); v_from xid8; v_last record;
        v_count int; v_made int := 0; v_prev bytea;
BEGIN
  IF NOT pg_try_advisory_xact_lock(7305001) THEN RETURN 0; END IF;
  FOR o IN SELECT id FROM tenants_organisation ORDER BY id LOOP
    SELECT * INTO v_last FROM events_seal s WHERE s.organisation_id = o.id ORDER BY number DESC LIMIT 1;
    v_from := coalesce(v_last.to_xid, 0)::text::xid8;
    v_prev := coalesce(v_last.hash, '\x00'::bytea);
    SELECT count(*) INTO v_count FROM events_event e
     WHERE e.organisation_id = o.id AND e.xid >= v_from AND e.xid < v_to;
    IF v_count > 0 THEN
      INSERT INTO events_seal (organisation_id, number, from_xid, to_xid, events, previous, hash, sealed_at)
      VALUES (o.id, coalesce(v_last.number, 0) + 1, v_from::text::bigint, v_to::text::bigint, v_count, v_prev,
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
    IF s.number <> v_next OR s.previous <> v_prev OR s.from_xid <> v_edge THEN
      problem := 'a link of the chain is missing'; RETURN NEXT;
    END IF;
    IF s.hash <> ctx.event_hash(s.previous, p_org, s.from_xid::text::xid8, s.to_xid::text::xid8) THEN
      problem := 'events were changed, removed or added'; RETURN NEXT;
    END IF;
    v_prev := s.hash; v_next := s.number + 1; v_edge := s.to_xid;
  END LOOP;
END $$;

ALTER FUNCTION ctx.due_deliveries(int) OWNER TO app_maint;
ALTER FUNCTION ctx.event_hash(bytea, int, xid8, xid8) OWNER TO app_maint;
ALTER FUNCTION ctx.seal_events() OWNER TO app_maint;
ALTER FUNCTION ctx.verify_events(int) OWNER TO app_maint;
REVOKE ALL ON FUNCTION ctx.due_deliveries(int), ctx.event_hash(bytea, int, xid8, xid8),
  ctx.seal_events(), ctx.verify_events(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ctx.due_deliveries(int), ctx.seal_events(), ctx.verify_events(int) TO app_rw;

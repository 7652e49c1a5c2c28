-- What an organisation may know of the people whom others second to it: name, post, days and what it
-- bears of the cost. Nobody else is told, and an employer that only rehearses seconds nobody.
CREATE FUNCTION ctx.seconded_in(p_host int, p_on date)
RETURNS TABLE (employer text, name text, title text, from_on date, to_on date, borne int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.short_name::text, e.name::text, q.title::text, l.from_on, l.to_on, s.ten_thousandths
  FROM hr_placement l
  JOIN tenants_organisation o ON o.id = l.organisation_id AND o.status <> 'rehearsal'
  JOIN hr_assignment a ON a.organisation_id = l.organisation_id AND a.id = l.assignment_id
  JOIN hr_employment e ON e.organisation_id = l.organisation_id AND e.id = a.employment_id
  JOIN hr_position q ON q.organisation_id = l.organisation_id AND q.id = l.position_id
  JOIN hr_costshare s ON s.organisation_id = l.organisation_id AND s.placement_id = l.id
   AND s.other_id = l.host_id
  WHERE l.host_id = p_host AND p_host = ANY (ctx.tenants()) AND l.superseded_at IS NULL
    AND l.to_on > p_on
  ORDER BY e.name_norm, l.from_on, l.organisation_id, l.id
$$;
ALTER FUNCTION ctx.seconded_in(int, date) OWNER TO app_maint;
REVOKE ALL ON FUNCTION ctx.seconded_in(int, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ctx.seconded_in(int, date) TO app_rw;

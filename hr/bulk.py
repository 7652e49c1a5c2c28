"""A file of staff into the tables: checked and inserted by statements over all rows at once."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from hr.models import GRADE_ON

TABLES = """
DROP TABLE IF EXISTS new_staff, new_share, new_allowance, new_staff_error;
CREATE TEMP TABLE new_staff (row_no int, employee bigint, name text, name_norm text, email text,
  employed_from date, employed_to date, leaving_reason text, job int, from_on date, to_on date,
  post text, point text, minutes int, ni_number text, born_on date, tax_code text,
  tax_basis boolean, sort_code text,
  account_number text, account_name text, gender text, address text, postcode text,
  passport text, starter_declaration text, given_names text, family_name text,
  position_id bigint, pay_point_id bigint, person_id bigint, employment_id bigint,
  assignment_id bigint,
  placement_id bigint NOT NULL DEFAULT nextval('hr_placement_id_seq')) ON COMMIT DROP;
CREATE TEMP TABLE new_share (row_no int, code text, size int) ON COMMIT DROP;
CREATE TEMP TABLE new_allowance (row_no int, code text) ON COMMIT DROP;
CREATE TEMP TABLE new_staff_error (row_no int, text text) ON COMMIT DROP
"""
# What HMRC is told besides.
REPORTED = (
    *("gender", "address", "postcode", "passport", "starter_declaration"),
    *("given_names", "family_name"),
)
STAFF = (
    *("row_no", "employee", "name", "name_norm", "email", "employed_from", "employed_to"),
    *("leaving_reason", "job", "from_on", "post", "point", "minutes", "ni_number", "born_on"),
    *("tax_code", "tax_basis", "sort_code", "account_number", "account_name", *REPORTED),
)
PREPARE = f"""
UPDATE new_staff s SET position_id = p.id, pay_point_id = v.id
  FROM hr_position p LEFT JOIN hr_paypoint v ON true
 WHERE p.organisation_id = %(here)s AND p.code = s.post AND v.organisation_id = %(here)s
   AND v.scale_id = p.scale_id AND v.point = s.point
   AND v.grade = {GRADE_ON.format(post="p", day="s.from_on")};
UPDATE new_staff s SET to_on = n.to_on FROM (
  SELECT row_no, coalesce(lead(from_on) OVER (PARTITION BY employee, job ORDER BY from_on),
         employed_to + 1) AS to_on FROM new_staff) n WHERE n.row_no = s.row_no;
UPDATE new_staff s SET leaving_reason = left(c.name, 80) FROM hr_standardcode c
 WHERE c.organisation_id = %(here)s AND c.of = 'leaving_reason' AND c.code = s.leaving_reason
   AND c.from_on <= s.employed_to AND (c.to_on IS NULL OR c.to_on > s.employed_to)
"""  # noqa: S608 (no words of people)
# Each finds the rows with one thing wrong, and says it.
CHECKS = """
INSERT INTO new_staff_error
SELECT row_no, 'post: there is no post «' || left(post, 40) || '» here' FROM new_staff s
 WHERE NOT EXISTS (SELECT FROM hr_position p
                    WHERE p.organisation_id = %(here)s AND p.code = s.post)
UNION ALL
SELECT s.row_no, 'point: «' || left(s.point, 40) || '» is not a point of the grade of this post'
  FROM new_staff s
 WHERE s.position_id IS NULL AND EXISTS (
   SELECT FROM hr_position p WHERE p.organisation_id = %(here)s AND p.code = s.post)
UNION ALL
SELECT row_no, 'employee: the number ' || employee || ' is taken already' FROM new_staff s
 WHERE EXISTS (SELECT FROM hr_employment e
                WHERE e.organisation_id = %(here)s AND e.number = s.employee)
UNION ALL
SELECT row_no, 'email: this person is employed here already' FROM new_staff s
 WHERE EXISTS (SELECT FROM hr_employment e JOIN tenants_person p ON p.id = e.person_id
                WHERE e.organisation_id = %(here)s AND p.email = s.email
                  AND daterange(e.from_on, e.to_on)
                      && daterange(s.employed_from, s.employed_to, '[]'))
UNION ALL
SELECT row_no, 'from: this job has two rows from the same day' FROM (
  SELECT row_no, count(*) OVER (PARTITION BY employee, job, from_on) AS c FROM new_staff) d
 WHERE c > 1
UNION ALL
SELECT row_no, 'from: lies outside the employment' FROM new_staff
 WHERE from_on < employed_from OR from_on > employed_to
UNION ALL
SELECT row_no, 'employed_to: lies before employed_from' FROM new_staff
 WHERE employed_to < employed_from
UNION ALL
SELECT row_no, 'leaving_reason: only leavers have one; fill in employed_to' FROM new_staff
 WHERE employed_to IS NULL AND leaving_reason IS NOT NULL
UNION ALL
SELECT row_no, 'leaving_reason: «' || left(leaving_reason, 40)
       || '» is no code and no name of your list of leaving reasons on the last day of work'
  FROM new_staff s WHERE leaving_reason IS NOT NULL AND EXISTS (
   SELECT FROM hr_standardcode c WHERE c.organisation_id = %(here)s AND c.of = 'leaving_reason'
      AND c.from_on <= s.employed_to AND (c.to_on IS NULL OR c.to_on > s.employed_to))
   AND NOT EXISTS (
   SELECT FROM hr_standardcode c WHERE c.organisation_id = %(here)s AND c.of = 'leaving_reason'
      AND c.from_on <= s.employed_to AND (c.to_on IS NULL OR c.to_on > s.employed_to)
      AND s.leaving_reason = left(c.name, 80))
UNION ALL
SELECT row_no, 'job: the first job of a person has number 1, and the numbers follow each other'
  FROM (SELECT row_no, job, dense_rank() OVER (PARTITION BY employee ORDER BY job) AS n
          FROM new_staff) d WHERE job <> n
UNION ALL
SELECT s.row_no, 'employee: the facts of the person differ from those of row ' || f.row_no
  FROM new_staff s JOIN (SELECT DISTINCT ON (employee) * FROM new_staff
                          ORDER BY employee, row_no) f USING (employee)
 WHERE (s.name, s.email, s.employed_from, s.employed_to, s.leaving_reason, s.ni_number, s.born_on,
        s.tax_code, s.tax_basis, s.sort_code, s.account_number, s.account_name, s.gender, s.address,
        s.postcode, s.passport, s.starter_declaration, s.given_names, s.family_name)
   IS DISTINCT FROM (f.name, f.email, f.employed_from, f.employed_to, f.leaving_reason,
        f.ni_number, f.born_on, f.tax_code, f.tax_basis, f.sort_code, f.account_number,
        f.account_name, f.gender, f.address, f.postcode, f.passport, f.starter_declaration,
        f.given_names, f.family_name)
UNION ALL
SELECT s.row_no, 'email: another employee of this file has the same address' FROM new_staff s
 WHERE EXISTS (SELECT FROM (SELECT email FROM new_staff GROUP BY email
                            HAVING min(employee) <> max(employee)) d WHERE d.email = s.email)
UNION ALL
SELECT c.row_no, 'cost_centres: there is no cost centre «' || left(c.code, 40) || '» here'
  FROM new_share c WHERE NOT EXISTS (
   SELECT FROM tenants_unit u WHERE u.organisation_id = %(here)s AND u.code = c.code)
   AND NOT EXISTS (SELECT FROM ctx.organisations() o WHERE o.slug = c.code AND o.id <> %(here)s)
UNION ALL
SELECT g.row_no, CASE WHEN w.id IS NULL
         THEN 'allowances: the terms know no «' || left(g.code, 40) || '» on that day'
         ELSE 'allowances: «' || g.code || '» is paid for hours or sessions, which are claimed' END
  FROM new_allowance g JOIN new_staff s USING (row_no)
  LEFT JOIN hr_allowance w ON w.organisation_id = %(here)s AND w.code = g.code
   AND w.superseded_at IS NULL
   AND w.from_on <= s.from_on AND (w.to_on IS NULL OR w.to_on > s.from_on)
 WHERE w.id IS NULL OR w.paid <> 'year'
"""
INSERTS = """
INSERT INTO hr_employment (organisation_id, person_id, number, name, name_norm, from_on, to_on,
  leaving_reason, version)
SELECT %(here)s, p.id, s.employee, s.name, s.name_norm, s.employed_from, s.employed_to + 1,
       coalesce(s.leaving_reason, ''), 1
  FROM (SELECT DISTINCT ON (employee) * FROM new_staff ORDER BY employee, row_no) s
  JOIN tenants_person p ON p.email = s.email;
UPDATE new_staff s SET employment_id = e.id, person_id = e.person_id FROM hr_employment e
 WHERE e.organisation_id = %(here)s AND e.number = s.employee;
INSERT INTO hr_assignment (organisation_id, employment_id, number)
SELECT DISTINCT %(here)s, employment_id, job FROM new_staff;
UPDATE new_staff s SET assignment_id = a.id FROM hr_assignment a
 WHERE a.organisation_id = %(here)s AND a.employment_id = s.employment_id AND a.number = s.job;
INSERT INTO hr_placement (organisation_id, id, assignment_id, position_id, pay_point_id,
  weekly_minutes, from_on, to_on, recorded_at)
SELECT %(here)s, placement_id, assignment_id, position_id, pay_point_id, minutes, from_on, to_on,
       %(at)s FROM new_staff;
INSERT INTO hr_costshare (organisation_id, placement_id, unit_id, other_id, ten_thousandths)
SELECT %(here)s, s.placement_id, u.id, CASE WHEN u.id IS NULL THEN o.id END, c.size
  FROM new_share c JOIN new_staff s USING (row_no)
  LEFT JOIN tenants_unit u ON u.organisation_id = %(here)s AND u.code = c.code
  LEFT JOIN ctx.organisations() o ON o.slug = c.code
UNION ALL
SELECT %(here)s, s.placement_id, p.unit_id, NULL, 10000
  FROM new_staff s JOIN hr_position p ON p.organisation_id = %(here)s AND p.id = s.position_id
 WHERE NOT EXISTS (SELECT FROM new_share c WHERE c.row_no = s.row_no);
INSERT INTO hr_heldallowance (organisation_id, assignment_id, code, from_on, to_on, recorded_at)
SELECT %(here)s, s.assignment_id, g.code, s.from_on, s.to_on, %(at)s
  FROM new_allowance g JOIN new_staff s USING (row_no)
"""
PRIVATE = """
SELECT nextval('hr_privatedetails_id_seq'), employment_id, employed_from, coalesce(ni_number, ''),
       born_on, coalesce(tax_code, ''), coalesce(tax_basis, false), coalesce(sort_code, ''),
       coalesce(account_number, ''), coalesce(account_name, ''), coalesce(gender, ''),
       coalesce(address, ''), coalesce(postcode, ''), coalesce(passport, ''),
       coalesce(starter_declaration, ''), '', coalesce(given_names, ''), coalesce(family_name, '')
  FROM (SELECT DISTINCT ON (employee) * FROM new_staff ORDER BY employee, row_no) s
 WHERE coalesce(ni_number, tax_code, sort_code, gender, address, passport,
       starter_declaration, given_names) IS NOT NULL OR born_on IS NOT NULL
"""


def stage(
    rows: Iterable[Mapping[str, Any]],
    shares: Iterable[tuple[int, str, int]],
    allowances: Iterable[tuple[int, str]],
) -> None:
    """The typed rows into temporary tables, with the ends of their days and their keys."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        _copy(cursor, "new_staff", STAFF, ([row[name] for name in STAFF] for row in rows))
        _copy(cursor, "new_share", ("row_no", "code", "size"), shares)
        _copy(cursor, "new_allowance", ("row_no", "code"), allowances)


def _copy(cursor: Any, table: str, columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    text = io.StringIO()
    # A value is never an empty text: nothing stands for what is not there.
    csv.writer(text, lineterminator="\n").writerows(rows)
    text.seek(0)
    cursor.cursor.copy_expert(
        f"COPY {table} ({', '.join(columns)}) FROM STDIN WITH (FORMAT csv, NULL '')", text
    )
    cursor.execute(f"ANALYZE {table}")


def check(organisation_id: int) -> list[tuple[int, str]]:
    """What is wrong with the staged rows, by row."""
    with connection.cursor() as cursor:
        given: dict[str, Any] = {"here": organisation_id}
        cursor.execute(PREPARE + ";" + CHECKS, given)
        cursor.execute("SELECT row_no, text FROM new_staff_error ORDER BY row_no, text")
        return list(cursor.fetchall())


def private_rows() -> list[tuple[Any, ...]]:
    """After `insert`: id to come, employment, first day and private details of each person."""
    with connection.cursor() as cursor:
        cursor.execute(PRIVATE)
        return list(cursor.fetchall())


def insert(organisation_id: int, at: datetime) -> list[tuple[Any, ...]]:
    """The staged rows become staff; returns (person, first day, day after the last) of each.

    Private details are sealed one by one: who calls writes those of `private_rows`.
    """
    with connection.cursor() as cursor:
        cursor.execute(INSERTS, {"here": organisation_id, "at": at})
        cursor.execute("SELECT DISTINCT person_id, employed_from, employed_to + 1 FROM new_staff")
        return list(cursor.fetchall())

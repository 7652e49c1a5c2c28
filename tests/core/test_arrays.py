"""Arrays as the database takes them."""

from django.db import connection

from core.db.arrays import number_array


def test_numbers_arrive_as_they_are(db: None) -> None:
    for numbers in ([], [7], [3, -(2**63), 2**63 - 1, 3]):
        with connection.cursor() as cursor:
            given = number_array(numbers)
            cursor.execute("SELECT %s::bigint[], 3::bigint = ANY (%s)", [given, given])
            assert cursor.fetchone() == (numbers, 3 in numbers)
            # One constant, whatever their count: it is this that makes long ones cheap.
            assert cursor.mogrify("%s", [given]).count(b"'") == 2

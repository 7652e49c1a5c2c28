from django.urls import path

from payroll import views

urlpatterns = [
    path("payroll/what-if/", views.what_if, name="what_if"),
    path("payroll/what-if/test-row/", views.test_row, name="what_if_test_row"),
]

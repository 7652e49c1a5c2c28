from django.urls import path

from payroll.views import (
    board,
    claims,
    exceptions,
    orders,
    payslips,
    recovery,
    references,
    runs,
    sign_off,
    what_if,
    years,
)

OWN, PERSON = "payroll/my-pay/", "payroll/people/<int:number>/"
YEAR = "<int:number>/years/<int:year>"
RUN = "payroll/runs/<int:number>/"

urlpatterns = [
    path("payroll/what-if/", what_if.what_if, name="what_if"),
    path("payroll/what-if/test-row/", what_if.test_row, name="what_if_test_row"),
    path(OWN, payslips.my_payslips, name="my_payslips"),
    path(f"{OWN}<int:run>/", payslips.my_payslip, name="my_payslip"),
    path(f"{OWN}<int:run>.pdf", payslips.my_payslip_pdf, name="my_payslip_pdf"),
    path(PERSON, payslips.pay_history, name="pay_history"),
    path(f"{PERSON}<int:run>/", payslips.payslip, name="payslip"),
    path(f"{PERSON}<int:run>.pdf", payslips.payslip_pdf, name="payslip_pdf"),
    path(f"{OWN}{YEAR}/", years.my_tax_year, name="my_tax_year"),
    path(f"{OWN}{YEAR}.pdf", years.my_tax_year_pdf, name="my_tax_year_pdf"),
    path(f"{PERSON}years/<int:year>/", years.person_tax_year, name="person_tax_year"),
    path(f"{PERSON}years/<int:year>.pdf", years.person_tax_year_pdf, name="person_tax_year_pdf"),
    path("payroll/", board.pay_board, name="pay_board"),
    path("payroll/groups/new/", board.pay_group_new, name="pay_group_new"),
    path("payroll/references/", references.pay_references, name="pay_references"),
    path("payroll/periods/<int:period>/start/", board.pay_start, name="pay_start"),
    path("claims/elements/", claims.pay_elements, name="pay_elements"),
    path("claims/", claims.pay_claims, name="pay_claims"),
    path("claims/new/", claims.pay_claim_new, name="pay_claim_new"),
    path("claims/file/", claims.pay_claim_file, name="pay_claim_file"),
    path("claims/template.csv", claims.pay_claim_template, name="pay_claim_template"),
    path("claims/<int:number>/", claims.pay_claim, name="pay_claim"),
    path("payroll/orders/", orders.pay_orders, name="pay_orders"),
    path("payroll/orders/new/", orders.pay_order_new, name="pay_order_new"),
    path("payroll/orders/<int:number>/", orders.pay_order, name="pay_order"),
    path("payroll/orders/<int:number>/end/", orders.pay_order_end, name="pay_order_end"),
    path("payroll/recovery/", recovery.recovery_plans, name="recovery_plans"),
    path("payroll/recovery/new/", recovery.recovery_plan_new, name="recovery_plan_new"),
    path("payroll/recovery/<int:number>/", recovery.recovery_plan, name="recovery_plan"),
    path(
        "payroll/recovery/<int:number>/end/", recovery.recovery_plan_end, name="recovery_plan_end"
    ),
    path("my-claims/", claims.my_claims, name="my_claims"),
    path("my-claims/new/", claims.my_claim_new, name="my_claim_new"),
    path("my-claims/<int:number>/", claims.my_claim, name="my_claim"),
    path(RUN, runs.pay_run, name="pay_run"),
    path("payroll/runs/<int:number>.pdf", sign_off.pay_sign_off, name="pay_sign_off"),
    path(f"{RUN}progress/", runs.pay_progress, name="pay_progress"),
    path(f"{RUN}recalculate/", runs.pay_recalculate, name="pay_recalculate"),
    path(f"{RUN}submit/", runs.pay_submit, name="pay_submit"),
    path(f"{RUN}approve/", runs.pay_approve, name="pay_approve"),
    path(f"{RUN}send-back/", runs.pay_send_back, name="pay_send_back"),
    path(f"{RUN}pay/", runs.pay_out, name="pay_out"),
    path(f"{RUN}files/<slug:format>/", runs.pay_file, name="pay_file"),
    path(f"{RUN}people/", runs.pay_people, name="pay_people"),
    path(f"{RUN}exceptions/<slug:cause>/", exceptions.pay_exceptions, name="pay_exceptions"),
    path(f"{RUN}exceptions/<slug:cause>/settle/", exceptions.pay_settle, name="pay_settle"),
]

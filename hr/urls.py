"""Addresses of the staff record, under /<organisation>/."""

from django.urls import path

from hr.views import absences, allowances, awards, lists, person, regrading, seconding

JOB = "staff/<int:number>/jobs/<int:job>/"
urlpatterns = [
    path("staff/", lists.staff, name="staff"),
    path("staff/starter/", person.starter, name="starter"),
    path("staff/files/", lists.files, name="staff_files"),
    path("staff/files/template/", lists.template, name="staff_template"),
    path("staff/files/<int:number>/", lists.file, name="staff_file"),
    path("staff/seconded/", seconding.out, name="seconded_out"),
    path("staff/seconded/here/", seconding.to_us, name="seconded_in"),
    path("staff/<int:number>/", person.person, name="staff_person"),
    path("staff/<int:number>/private/", person.private, name="staff_private"),
    path("staff/<int:number>/private/change/", person.private_change, name="staff_private_change"),
    path(JOB + "change/", person.change, name="staff_change"),
    path(JOB + "transfer/", person.transfer, name="staff_transfer"),
    path(JOB + "cost-split/", seconding.cost_split, name="staff_cost_split"),
    path(JOB + "secondment/", seconding.secondment, name="staff_secondment"),
    path(JOB + "joint-post/", seconding.joint_post, name="staff_joint_post"),
    path(JOB + "allowance/", allowances.allowance, name="staff_allowance"),
    path(JOB + "allowance/end/", allowances.allowance_end, name="staff_allowance_end"),
    path(JOB + "leaver/", person.leaver, name="staff_leaver"),
    path("staff/<int:number>/absences/new/", absences.absence_new, name="absence_new"),
    path("absences/", absences.absences, name="absences"),
    path("absences/file/", absences.absence_file, name="absence_file"),
    path("absences/file/template/", absences.absence_template, name="absence_template"),
    path("absences/<int:number>/", absences.absence, name="absence"),
    path("absences/<int:number>/change/", absences.absence_change, name="absence_change"),
    path("absences/<int:number>/withdraw/", absences.absence_withdraw, name="absence_withdraw"),
    path("absences/<int:number>/reason/", absences.absence_reason, name="absence_reason"),
    path("my-absences/", absences.my_absences, name="my_absences"),
    path("my-absences/<int:number>/reason/", absences.my_absence_reason, name="my_absence_reason"),
    path("terms/away/", absences.pay_while_away, name="pay_while_away"),
    path("my-record/", person.my_record, name="my_record"),
    path("my-record/private/", person.my_private, name="my_private"),
    path("establishment/", lists.establishment, name="establishment"),
    path("establishment/new/", lists.position_new, name="position_new"),
    path("terms/awards/", awards.awards, name="pay_awards"),
    path("terms/awards/new/", awards.award_new, name="pay_award_new"),
    path("terms/awards/regrading/", regrading.regrading_new, name="regrading_new"),
    path("terms/awards/<int:number>/", awards.award, name="pay_award"),
    path("terms/", lists.terms, name="terms"),
]
